"""What must be so before a region is left on purpose. Read-only."""
