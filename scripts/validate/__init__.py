"""What is wrong with the templates, found before AWS is asked."""
