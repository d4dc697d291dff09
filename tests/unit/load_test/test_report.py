"""A report says what was measured and what was not, as JSON that is documented and on a page that is safe."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from scripts.load_test import report
from scripts.load_test.figures import Figures
from scripts.load_test.load import Load, LoadPlan
from scripts.load_test.page import page
from scripts.load_test.plots import ceiling, clock, number
from scripts.load_test.report import Report
from scripts.load_test.samples import Sample
from scripts.load_test.verdict import Thresholds, judge

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{}"
PLAN = LoadPlan(
    "dev", "eu-central-1", "https://shop.example.com", Load(5, 10, 60, 5), 4, "ab", "5.6"
)


def figures(**said: Any) -> Figures:
    made = Figures()
    for second in range(60):
        made.add(
            Sample(1_795_434_788_000 + 1000 * second, 40 + second, "Home", "200", True, 5, ""),
            "one",
        )
    made.add(
        Sample(
            1_795_434_790_000, 900, said.get("label", "Cart"), said.get("code", "503"), False, 5, ""
        ),
        "one",
    )
    return made


def document(made: Figures, *missing: str, thresholds: Thresholds | None = None) -> dict[str, Any]:
    verdict = judge(made, thresholds or Thresholds(failed_percent=5), missing)
    return Report(
        "20261127T000000Z-ab12", PLAN, "on CodeBuild in eu-central-1", made, verdict
    ).document()


class Page(HTMLParser):
    """What a browser would make of it."""

    VOID = {"meta", "br", "img"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


def test_the_document_has_the_keys_that_are_documented() -> None:
    said = document(figures(), "one generator")
    documented = set(re.findall(r"^    (\w+)  ", report.__doc__ or "", re.MULTILINE))

    assert documented | {"course_step_s", "environment"} == set(said)
    assert said["schema"] == report.SCHEMA
    assert json.loads(json.dumps(said)) == said


def test_it_says_what_was_measured() -> None:
    said = document(figures())

    assert said["figures"]["requests"] == 61
    assert said["figures"]["failed"] == 1
    assert said["figures"]["started"] == "2026-11-23T11:53:08+00:00"
    assert said["figures"]["seconds"] == 60
    assert said["kinds"][0]["name"] == "Home"
    assert said["causes"] == [{"cause": "503", "requests": 1}]
    assert sum(moment["requests"] for moment in said["course"]) == 61


@pytest.mark.parametrize(
    ("thresholds", "missing", "outcome"),
    [
        (Thresholds(failed_percent=5), (), "held"),
        (Thresholds(failed_percent=1), (), "missed"),
        (Thresholds(failed_percent=5, p95_ms=50), (), "missed"),
        (Thresholds(failed_percent=5, p99_ms=800), (), "missed"),
        (Thresholds(failed_percent=5), ("generator_2",), "incomplete"),
        (Thresholds(failed_percent=1), ("generator_2",), "missed"),
    ],
)
def test_the_verdict_is_that_of_the_thresholds(
    thresholds: Thresholds, missing: tuple[str, ...], outcome: str
) -> None:
    assert judge(figures(), thresholds, missing).outcome == outcome


def test_where_nothing_was_measured_nothing_is_known() -> None:
    said = document(Figures(), "it brought nothing")

    assert said["verdict"]["outcome"] == "incomplete"
    assert "not known" in Page(page(said)).said


def test_the_page_needs_nothing_else() -> None:
    shown = Page(page(document(figures())))

    assert not {"script", "link", "iframe", "img", "object"} & {tag for tag, _ in shown.tags}
    assert not {key for _, given in shown.tags for key in given if key.startswith("on")}
    assert not [given for _, given in shown.tags if {"src", "href"} & given.keys()]
    assert "url(" not in page(document(figures()))


def test_the_page_says_where_it_ran_what_it_found_and_draws_it() -> None:
    shown = Page(page(document(figures(), "generator_2 ended as FAILED")))

    assert "on CodeBuild in eu-central-1" in shown.said
    assert "generator_2 ended as FAILED" in shown.said
    assert [given["aria-label"] for tag, given in shown.tags if tag == "svg"] == [
        "Throughput, requests a second: requests from 1 to 2",
        "Response time, ms: p50 from 40 to 99; p95 from 40 to 900; p99 from 40 to 900",
        "Errors, a second: failed from 0 to 1",
        "Active users, at once: users from 5 to 5",
    ]


def test_names_that_would_be_markup_are_text() -> None:
    said = document(figures(label=HOSTILE, code=HOSTILE), HOSTILE)
    shown = Page(page({**said, "environment": HOSTILE}))

    assert shown.said.count(HOSTILE) == 5  # title, heading, missing, kind, cause
    assert "img" not in {tag for tag, _ in shown.tags}


def test_a_report_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: Any) -> None:
    report.save(tmp_path, document(figures()))
    before = (tmp_path / "report.json").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        report.save(tmp_path, document(Figures()))

    assert (tmp_path / "report.json").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "report.html"}


@pytest.mark.parametrize(
    ("values", "top"),
    [([], 1), ([0.2], 1), ([1.5], 2), ([2], 2), ([3], 5), ([99], 100), ([1001], 2000)],
)
def test_a_scale_ends_at_a_round_number(values: list[float], top: float) -> None:
    assert ceiling(values) == top


def test_numbers_and_times_read_as_people_write_them() -> None:
    assert [number(one) for one in (None, 0, 0.25, 9.0, 1234567.4)] == [
        "-",
        "0",
        "0.25",
        "9",
        "1\u202f234\u202f567",
    ]
    assert [clock(one) for one in (0, 45.2, 600)] == ["0 s", "46 s", "10:00 min"]
