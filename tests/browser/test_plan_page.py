"""The plan's page in a browser: nothing is fetched, it fits, and the keyboard is enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.deploy.explanations import PropertyChange
from scripts.plan_page import Unplanned, page
from scripts.plan_reading import Reading
from tests.browser.chromium import Page, browsing, executable
from tests.unit.plan_page.samples import PASSED, explained, nested, of, reading

pytestmark = pytest.mark.skipif(
    executable() is None, reason="Chromium is not installed: apt-get install chromium"
)

LONG = explained(
    "Deep/Deeper/Deepest/Queue",
    "AWS::ElasticLoadBalancingV2::TrustStoreRevocationConfiguration",
    replacement=None,
    properties=(PropertyChange("Policy", {"Statement": ["x" * 900]}, "y" * 900, why=("z" * 300,)),),
    line="generator/layers/a_layer_with_a_name_that_does_not_end.py:1057",
)
DEEP = of(nested("Deep"), nested("Deep/Deeper"), nested("Deep/Deeper/Deepest"), LONG)

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A page with a wave of each kind."""
    path = tmp_path / "plan.html"
    waves: list[Reading | Unplanned] = [
        reading(),
        Unplanned("edge in us-east-1", "no changes"),
        PASSED,
        DEEP,
    ]
    path.write_text(page("prod", waves), encoding="utf-8")
    return path


def test_nothing_is_requested_but_the_page_itself(browser: Page, file: Path) -> None:
    browser.asked.clear()
    browser.said.clear()
    browser.show(file, 1280)

    assert browser.asked == [file.as_uri()]
    assert browser.said == []


def test_a_script_that_got_in_nonetheless_would_not_run(browser: Page, file: Path) -> None:
    sly = file.read_text().replace("<main", "<script>document.title='owned'</script><main")
    file.write_text(sly.replace("<h1>", '<h1 onclick="1"><img src="http://example.com/x">'))
    browser.said.clear()
    browser.show(file, 1280)

    assert browser.value("document.title") == "Plan of prod"
    assert browser.value("document.images[0].naturalWidth") == 0
    blocked = "\n".join(said for said in browser.said if "Content Security Policy" in said)
    for what in ("Executing inline script", "Executing inline event handler", "Loading the image"):
        assert what in blocked


@pytest.mark.parametrize(("width", "mobile"), [(1280, False), (390, True)])
def test_everything_fits_though_all_of_it_be_open(
    browser: Page, file: Path, width: int, mobile: bool
) -> None:
    browser.show(file, width, mobile=mobile)
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")

    assert browser.value("innerWidth") == width
    assert browser.value(OVERFLOW) == 0
    assert browser.value("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    narrowest = browser.value(
        "Math.min(...[...document.querySelectorAll('td .value')].map(one => one.clientWidth))"
    )
    assert narrowest >= (200 if mobile else 120)


def test_the_keyboard_is_enough(browser: Page, file: Path) -> None:
    browser.show(file, 1280)
    focused = "document.activeElement.textContent.trim()"

    browser.press("Tab")
    assert browser.value(focused) == "Skip to the plan"
    assert browser.value("document.activeElement.getBoundingClientRect().left") >= 0
    browser.press("Enter")
    assert browser.value("location.hash") == "#plan"
    for _ in range(60):
        browser.press("Tab")
        if browser.value("document.activeElement.textContent").startswith("Alerts"):
            break
    assert browser.value("document.activeElement.tagName") == "SUMMARY"
    assert browser.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    opened = "document.activeElement.parentElement.open"
    assert browser.value(opened) is False
    browser.press("Enter")
    assert browser.value(opened) is True


def test_what_is_merely_added_can_be_hidden_without_a_script(browser: Page, file: Path) -> None:
    browser.show(file, 1280)
    shown = "[...document.querySelectorAll('details.added')].filter(one => one.checkVisibility()).length"

    assert browser.value(shown) > 0
    browser.value("document.querySelector('.calm input').focus()")
    browser.press(" ")

    assert browser.value(shown) == 0
    assert browser.value("document.querySelector('details.data').checkVisibility()") is True


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_dark_for_whoever_wants_it_dark(browser: Page, file: Path, scheme: str) -> None:
    browser.emulate(prefers_color_scheme=scheme)
    browser.show(file, 1280)

    paper = browser.value("getComputedStyle(document.body).backgroundColor")
    browser.emulate()

    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}[scheme]


def test_on_paper_nothing_stays_folded(browser: Page, file: Path) -> None:
    browser.show(file, 1280)
    folded = (
        "[...document.querySelectorAll('details:not([open])>.within')]"
        ".filter(one => !one.checkVisibility()).length"
    )
    assert browser.value(folded) > 0

    browser.emulate("print")
    left = browser.value(folded)
    browser.emulate()

    assert left == 0
