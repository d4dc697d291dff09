"""The worker, part by part; tests/rehearsal/worker has it whole."""
