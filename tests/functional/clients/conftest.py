"""A sandbox for the clients, and where each of them is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.sandbox import process
from tests.functional.clients.shop import PROJECT
from tests.rehearsal.conftest import Sandbox, free_port


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    running = process.start(home, free_port())
    yield Sandbox(home, running.url)
    process.stop(home)


@pytest.fixture(scope="session")
def awscli() -> Path:
    """Where `aws` is."""
    return programs("awscli")


@pytest.fixture(scope="session")
def sceptre() -> Path:
    """Where `sceptre` is."""
    return programs("sceptre")


def programs(client: str) -> Path:
    """The programs of a client's own environment, as the Makefile makes it."""
    environment = PROJECT / ".tradewind" / client
    if not (environment / "installed").is_file():
        pytest.skip(f"{client} is not installed; make clients does that, and runs this")
    return environment / "bin"
