"""The plan's page in a browser: the keyboard is enough, and nothing of it is hidden on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import samples
from tests.browser.chromium import Page


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return samples.plan(tmp_path)


def test_the_keyboard_is_enough(browser: Page, file: Path) -> None:
    browser.show(file, 1280)

    browser.press("Tab")
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
