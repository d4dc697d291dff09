"""Pictures of the architecture, drawn from the templates and from nothing else."""
