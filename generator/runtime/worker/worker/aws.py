"""How the worker calls AWS. Nobody waits for a worker, so it tries often."""

from __future__ import annotations

from botocore.config import Config

#: Seconds that an answer may take beyond what it was asked to wait for.
READ = 10


def config(*, waits: int = 0, attempts: int = 6) -> Config:
    """Retries in botocore's standard mode: with full jitter, and a quota that a broken service exhausts.

    https://docs.aws.amazon.com/boto3/latest/guide/retries.html
    """
    return Config(
        connect_timeout=3,
        read_timeout=waits + READ,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )


def code(error: Exception) -> str:
    """AWS's word for what went wrong, or Python's."""
    answer = getattr(error, "response", {})
    return answer.get("Error", {}).get("Code") or type(error).__name__
