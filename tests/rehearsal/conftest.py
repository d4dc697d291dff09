"""A sandbox of the tests' own: in a directory that goes away, on a port that was free."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox import process

ACCOUNT = "111111111111"


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox, and clients of it."""

    home: Path
    endpoint: str

    def client(self, service: str, region: str = "eu-west-1", account: str = ACCOUNT) -> Any:
        """A boto3 client; the access key is the account, as the emulator takes it."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=account,
            aws_secret_access_key="none",
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )


def free_port() -> int:
    """A loopback port that nothing had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    running = process.start(home, free_port())
    yield Sandbox(home, running.url)
    process.stop(home)
