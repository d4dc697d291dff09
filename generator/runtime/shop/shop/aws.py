"""The AWS clients of the shop: short timeouts, few retries. A customer waits; a queue must not form behind.

They are made before gunicorn forks, so that workers share their memory; none has a connection by then.
"""

from __future__ import annotations

import boto3
from botocore.config import Config

#: Seconds. DynamoDB answers in milliseconds; who has waited for two seconds gets nothing by waiting on.
CONNECT, READ = 0.5, 2.0

#: What a page can do without is not waited for.
SOON = 0.5

#: Connections that a worker keeps: more than it has threads.
CONNECTIONS = 40


def config(
    connect: float = CONNECT, read: float = READ, attempts: int = 3, connections: int = CONNECTIONS
) -> Config:
    """Retries in botocore's standard mode: with full jitter, and a quota that a broken service exhausts.

    https://docs.aws.amazon.com/boto3/latest/guide/retries.html
    """
    return Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=connections,
        tcp_keepalive=True,
    )


class Clients:
    """One client of each service, made when it is first asked for."""

    def __init__(self, region: str) -> None:
        self.session = boto3.session.Session(region_name=region)
        if self.session.get_credentials() is None:
            # A client without credentials stays without: better to be started again.
            raise RuntimeError("no AWS credentials: neither an instance profile nor an environment")

    def dynamodb(self):
        """What customers wait for."""
        return self.session.client("dynamodb", config=config())

    def dynamodb_probe(self):
        """What a health check waits for: one try."""
        return self.session.client("dynamodb", config=config(SOON, SOON, attempts=1, connections=3))

    def events(self):
        """In the background."""
        return self.session.client("events", config=config(1, 5, connections=1))

    def cloudwatch(self):
        """In the background."""
        return self.session.client("cloudwatch", config=config(1, 5, connections=1))

    def secrets(self):
        """In the background, or once after a rotation."""
        return self.session.client("secretsmanager", config=config(1, 2, connections=2))

    def recommendations(self):
        """What a page can do without."""
        return self.session.client("personalize-runtime", config=config(SOON, SOON, attempts=1))
