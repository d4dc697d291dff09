"""What must be so before a region is left on purpose. Read-only.

A family of checks is a module with its questions; `table.run` asks them all.
"""
