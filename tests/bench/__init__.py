"""What `make bench` measures: ratios, in one run, byte-compiled."""
