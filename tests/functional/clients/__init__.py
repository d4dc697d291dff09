"""Other clients of CloudFormation, as docs/other-clients.md has them: its commands, on the sandbox."""
