"""Config in, CloudFormation out. Pure: reads its own files, reaches no network, prints nothing."""
