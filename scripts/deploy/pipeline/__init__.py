"""Deploying through CodePipeline: what is shipped is started here, read back, approved and followed."""
