"""Whether the standby is what the primary is: what differs and nothing explains would show in a failover."""
