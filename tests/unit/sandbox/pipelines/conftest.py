from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.sandbox.pipelines import actions, providers
from scripts.sandbox.pipelines.store import STORE
from tests.unit.sandbox.pipelines.stand import WORKER, Worker


def the_worker() -> Worker:
    return WORKER


@pytest.fixture(autouse=True)
def worker() -> Iterator[Worker]:
    """The fake provider, idle; and an engine without pipelines."""
    actions.install()
    providers.register("Source", "CodeCommit", the_worker)
    providers.register("Invoke", "StepFunctions", the_worker)
    WORKER.__init__()  # type: ignore[misc]
    yield WORKER
    STORE.reset()
