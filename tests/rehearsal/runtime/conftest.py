from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.sandbox.postgres import programs
from tests.rehearsal.runtime.platform import Platform, deployed


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One for all tests of a module; each has products of its own."""
    if programs() is None:
        pytest.skip("no PostgreSQL on this machine; on Debian: apt-get install postgresql")
    with deployed(tmp_path_factory.mktemp("platform")) as running:
        yield running
