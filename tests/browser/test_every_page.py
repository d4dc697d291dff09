"""Every page in a browser: nothing is fetched, nothing runs that is not its own, and it fits any window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser import samples
from tests.browser.chromium import OVERFLOW, Page


@dataclass(frozen=True)
class Kind:
    """A page, and what of it needs room: so many pixels in a wide window, and on a telephone."""

    write: Callable[[Path], Path]
    title: str
    skip: str
    drawn: str
    wide: int
    narrow: int


KINDS = {
    "drill": Kind(
        samples.drill, "Failover drill of dev", "Skip to the report", "svg", wide=800, narrow=250
    ),
    "plan": Kind(
        samples.plan, "Plan of prod", "Skip to the plan", "td .value", wide=120, narrow=200
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def file(kind: Kind, tmp_path: Path) -> Path:
    return kind.write(tmp_path)


def test_nothing_is_requested_but_the_page_itself(browser: Page, file: Path) -> None:
    browser.asked.clear()
    browser.said.clear()
    browser.show(file, 1280)

    assert browser.asked == [file.as_uri()]
    assert browser.said == []


def test_what_got_in_nonetheless_neither_runs_nor_fetches(
    browser: Page, file: Path, kind: Kind
) -> None:
    sly = file.read_text().replace("<main", "<script>document.title='owned'</script><main")
    file.write_text(sly.replace("<h1>", '<h1 onclick="1"><img src="http://example.com/x">'))
    browser.said.clear()
    browser.show(file, 1280)

    assert browser.value("document.title").startswith(kind.title)
    assert browser.value("document.images[0].naturalWidth") == 0
    blocked = "\n".join(said for said in browser.said if "Content Security Policy" in said)
    for what in ("Executing inline script", "Executing inline event handler", "Loading the image"):
        assert what in blocked


@pytest.mark.parametrize(("width", "mobile"), [(1280, False), (390, True)])
def test_everything_fits_though_all_of_it_be_open(
    browser: Page, file: Path, kind: Kind, width: int, mobile: bool
) -> None:
    browser.show(file, width, mobile=mobile)
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert browser.value("innerWidth") == width
    assert browser.value(OVERFLOW) == 0
    assert browser.value("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    widths = f"[...document.querySelectorAll('{kind.drawn}')].map(one => one.clientWidth)"
    assert browser.value(f"Math.min(...{widths})") >= (kind.narrow if mobile else kind.wide)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_dark_for_whoever_wants_it_dark(browser: Page, file: Path, scheme: str) -> None:
    browser.emulate(prefers_color_scheme=scheme)
    browser.show(file, 1280)

    paper = browser.value("getComputedStyle(document.body).backgroundColor")
    browser.emulate()

    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]


def test_the_first_key_leads_past_the_head(browser: Page, file: Path, kind: Kind) -> None:
    browser.show(file, 1280)
    browser.press("Tab")

    assert browser.value("document.activeElement.textContent.trim()") == kind.skip
