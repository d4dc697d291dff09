from __future__ import annotations

from typing import Any

import pytest

from tests.unit.runtime.shop.world import Aws, Browser, sell, shop


@pytest.fixture
def aws() -> Aws:
    """Two products: a lamp, and the last chair."""
    world = Aws()
    sell(world, "lamp", 2500, 5, description="It gives light.", category="Light")
    sell(world, "chair", 9900, 1)
    return world


@pytest.fixture
def open_shop(aws: Aws) -> Any:
    return shop(aws)


@pytest.fixture
def browser(open_shop: Any) -> Browser:
    return Browser(open_shop)
