from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.runtime.platform import Platform, deployed


@pytest.fixture(scope="module")
def platform(postgres: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One for all tests of a module; each has products of its own."""
    with deployed(tmp_path_factory.mktemp("platform")) as running:
        yield running
