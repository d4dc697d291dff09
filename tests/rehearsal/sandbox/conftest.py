from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.stacks import Account


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    """An account that this test has for itself."""
    return Account(sandbox)


@pytest.fixture
def fast(sandbox: Sandbox) -> Iterator[None]:
    """Waits of workflows pass as fast as can be; those of the tests that follow do not."""
    sandbox.page("PUT", "clock", {"speed": 10_000})
    yield
    sandbox.page("PUT", "clock", {"speed": 1})
