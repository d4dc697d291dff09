"""A drill's page in a browser: its drawings are clear, it prints, and it can be read in any light."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from scripts.drill import report
from scripts.drill.page import comparison
from scripts.drill.report.compare import compare
from tests.browser import samples
from tests.browser.chromium import OVERFLOW, Page
from tests.unit.drill.report import examples
from tests.unit.drill.report.observed import PRIMARY

#: CSS pixels of A4 within the margins of the page's own @page rule: 297 - 2 * 14 by 210 - 2 * 12 mm.
A4_HIGH, A4_WIDE = 1016, 703

#: The least contrast between each text and what is behind it, and the text that has it.
CONTRAST = """(() => {
  const channel = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const rgba = said => said.match(/[\\d.]+/g).map(Number);
  const behind = one => {
    for (; one; one = one.parentElement) {
      const back = rgba(getComputedStyle(one).backgroundColor);
      if (back.length === 3 || back[3] === 1) return back;
    }
    return [255, 255, 255];
  };
  let least = [99, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !one.checkVisibility()) continue;
    const [a, b] = [light(rgba(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least[0]) least = [ratio, walk.currentNode.data];
  }
  return least;
})()"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return samples.drill(tmp_path)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_names_of_the_marks_do_not_cover_one_another(
    browser: Page, file: Path, width: int
) -> None:
    browser.show(file, width, mobile=width < 640)
    covered = browser.value(
        """[...document.querySelectorAll('.heads')].flatMap(heads => {
          const boxes = [...heads.children].map(one => one.getBoundingClientRect());
          return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
            a.left < b.right && b.left < a.right && a.top + 1 < b.bottom && b.top + 1 < a.bottom));
        }).length"""
    )

    assert browser.value("document.querySelectorAll('.heads span').length") >= 12
    assert covered == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_any_light(browser: Page, file: Path, scheme: str) -> None:
    browser.emulate(prefers_color_scheme=scheme)
    browser.show(file, 1280)
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")

    ratio, words = browser.value(CONTRAST)
    browser.emulate()

    assert ratio >= 4.5, words


def test_on_a4_every_drawing_is_whole_on_its_sheet(browser: Page, file: Path) -> None:
    browser.emulate("print")
    browser.show(file, A4_WIDE)
    figures = browser.value(
        """[...document.querySelectorAll('.timeline')].filter(one => one.checkVisibility())
        .map(one => [one.getBoundingClientRect().height, getComputedStyle(one).breakInside])"""
    )
    overflow = browser.value(OVERFLOW)
    browser.emulate()
    told = browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    pdf = base64.b64decode(told["data"])

    assert len(figures) >= 3
    assert all(height <= A4_HIGH and breaks == "avoid" for height, breaks in figures), figures
    assert overflow == 0
    boxes = {
        tuple(round(float(edge)) for edge in box.split())
        for box in re.findall(rb"/MediaBox ?\[([^\]]*)\]", pdf)
    }
    assert boxes == {(0, 0, 595, 842)}


def test_the_keyboard_opens_the_table(browser: Page, file: Path) -> None:
    browser.show(file, 1280)

    browser.press("Tab")
    browser.press("Tab")
    assert browser.value("document.activeElement.textContent") == "The timeline as a table"
    browser.press("Enter")
    assert browser.value("document.activeElement.parentElement.open") is True


def test_two_drills_side_by_side_fit_on_a_telephone(browser: Page, tmp_path: Path) -> None:
    compared = compare(report.document(examples.good()), report.document(examples.missed()))
    path = report.render(tmp_path / "compared.html", comparison(compared))
    browser.show(path, 390, mobile=True)

    assert browser.value(OVERFLOW) == 0
    assert PRIMARY not in browser.value("document.title")
