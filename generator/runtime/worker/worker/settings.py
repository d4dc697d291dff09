"""What the worker is told: the environment file that the first boot wrote."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


class SettingMissing(Exception):
    """The environment lacks what the worker cannot do without, or has it in another shape."""


@dataclass(frozen=True)
class Place:
    """A bucket, and the prefix in it, that ends in a slash."""

    bucket: str
    prefix: str

    @classmethod
    def at(cls, address: str) -> Place:
        """Of `s3://bucket/prefix/`."""
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        return cls(bucket, prefix)


@dataclass(frozen=True)
class Settings:
    """Names, addresses, and seconds; no secret."""

    region: str
    queue: str
    catalogue_table: str
    #: How far a worker is with a job, what a job found, what it made for others, and the pictures.
    checkpoints: Place
    reports: Place
    feeds: Place
    images: Place
    #: For which a job is this worker's; it asks for more while it goes on.
    job_seconds: float
    #: How often SQS hands a job out before it goes to the dead-letter queue.
    attempts: int
    #: From a notice to the end of the instance.
    notice_seconds: float
    lifecycle_hook: str
    metrics_namespace: str
    #: After which a job's length is said to be unusual.
    limit_seconds: float
    #: How long one long poll waits for a job, and the instance's metadata are left alone.
    receive_seconds: int
    poll_seconds: float
    #: About how long a job that failed once is left alone; then twice as long.
    retry_seconds: float


#: Variables without a default.
NEEDED = (
    "AWS_DEFAULT_REGION",
    "JOBS_QUEUE",
    "CATALOGUE_TABLE",
    "CHECKPOINTS",
    "REPORTS",
    "FEEDS",
    "IMAGES",
    "JOB_SECONDS",
    "JOB_ATTEMPTS",
    "NOTICE_SECONDS",
)


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises SettingMissing, naming what is not there or is no number."""
    missing = [variable for variable in NEEDED if not environment.get(variable)]
    if missing:
        raise SettingMissing(f"the worker's environment lacks {', '.join(missing)}")

    def number(variable: str, default: str = "") -> float:
        try:
            return float(environment.get(variable) or default)
        except ValueError:
            raise SettingMissing(f"{variable} is no number") from None

    return Settings(
        region=environment["AWS_DEFAULT_REGION"],
        queue=environment["JOBS_QUEUE"],
        catalogue_table=environment["CATALOGUE_TABLE"],
        checkpoints=Place.at(environment["CHECKPOINTS"]),
        reports=Place.at(environment["REPORTS"]),
        feeds=Place.at(environment["FEEDS"]),
        images=Place.at(environment["IMAGES"]),
        job_seconds=number("JOB_SECONDS"),
        attempts=int(number("JOB_ATTEMPTS")),
        notice_seconds=number("NOTICE_SECONDS"),
        lifecycle_hook=environment.get("LIFECYCLE_HOOK", ""),
        metrics_namespace=environment.get("METRICS_NAMESPACE", ""),
        limit_seconds=number("JOB_LIMIT_SECONDS", "3600"),
        receive_seconds=int(number("RECEIVE_SECONDS", "20")),
        poll_seconds=number("POLL_SECONDS", "5"),
        retry_seconds=number("RETRY_SECONDS", "15"),
    )
