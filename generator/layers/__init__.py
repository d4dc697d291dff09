"""One module a nested stack."""
