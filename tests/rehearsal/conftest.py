"""A sandbox of the tests' own: in a directory that goes away, on a port that was free."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts import sandbox_pages
from scripts.sandbox import process
from scripts.sandbox.postgres import programs

ACCOUNT = "111111111111"


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox, clients of it, and its own pages."""

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

    def page(self, method: str, page: str, said: object = None) -> Any:
        """What one of its own pages answers. Raises as `sandbox_pages.ask` does."""
        return sandbox_pages.ask(self.endpoint, method, page, said)

    def engine(self, host: str, port: int) -> tuple[str, int]:
        """Where the engine behind a database's endpoint listens; it is started if need be."""
        told = self.page("GET", f"databases?host={host}&port={port}")
        return told["host"], told["port"]


def free_port() -> int:
    """A loopback port that nothing had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres() -> None:
    """Databases of the sandbox have an engine on this machine."""
    if programs() is None:
        pytest.skip("no PostgreSQL on this machine; on Debian: apt-get install postgresql")


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    running = process.start(home, free_port())
    yield Sandbox(home, running.url)
    process.stop(home)
