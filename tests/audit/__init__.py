"""`make audit`: what public suites find in the templates, as they lie and as they would stand in prod."""
