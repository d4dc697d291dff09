"""A twin for each file of tests, and how every test on it begins and ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.drill.twin import PRIMARY, STANDBY, Twin, deployed


@pytest.fixture(scope="module")
def twin(postgres: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    with deployed(tmp_path_factory.mktemp("twin")) as running:
        yield running


@pytest.fixture
def well(twin: Twin) -> Iterator[None]:
    """Both regions are well before a test and after it, and the configuration is as it was."""
    before = twin.configuration()
    yield
    for region in (PRIMARY, STANDBY):
        twin.clear(region)
    twin.lag(1.0)
    if twin.open_drill() is not None:
        twin.command("failover-drill", "abort", "dev")
    assert twin.configuration() == before
