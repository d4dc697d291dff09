"""`make audit`: the templates, the policies, the tree and its pins, each judged by who knows most of it."""
