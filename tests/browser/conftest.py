"""One browser for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Page, browsing, executable


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if executable() is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
