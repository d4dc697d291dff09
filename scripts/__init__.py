"""The click tool, `tradewind`."""
