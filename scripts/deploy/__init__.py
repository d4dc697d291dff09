"""Taking a release to AWS: waves, plans, nested change sets, and following them to their end."""
