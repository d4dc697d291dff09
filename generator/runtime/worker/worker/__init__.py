"""The worker: takes jobs that can wait from a queue, and hands back what it cannot finish."""
