from __future__ import annotations

import pytest

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.stacks import Account


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    """An account that this test has for itself."""
    return Account(sandbox)
