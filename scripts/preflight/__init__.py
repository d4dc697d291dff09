"""What of an account would stop a deploy half-way, asked before it begins. Read-only.

A family of checks is a module with its questions; `table.run` asks them all. What would be deployed is handed
in, resolved: nothing here knows templates.
"""
