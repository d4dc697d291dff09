"""`tradewind lifecycle`, over the project's own templates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import cli

Captured = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parents[3]

#: python3.13 is deprecated on 2029-06-30.
LAST, AFTER = "2029-06-30", "2029-07-01"


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def test_says_what_ends_by_its_date(capsys: Captured) -> None:
    assert cli.main(["lifecycle", "--on", "2026-11-24"]) == 0

    shown = capsys.readouterr()
    head, *lines = shown.out.splitlines()
    assert head.split()[:3] == ["ENDS", "WHAT", "VERSION"]
    dates = [line.split()[0] for line in lines if line[:2] == "20"]
    assert dates == sorted(dates)
    assert "not announced" not in shown.out
    assert "0 unknown" in shown.err


def test_says_on_request_what_has_no_end(capsys: Captured) -> None:
    assert cli.main(["lifecycle", "--on", "2026-11-24", "--all"]) == 0

    assert "not announced  service" in capsys.readouterr().out


def test_fails_after_the_day_of_deprecation_and_leads_to_the_line(capsys: Captured) -> None:
    assert cli.main(["lifecycle", "--on", AFTER, "--json"]) == 1

    said = json.loads(capsys.readouterr().out)
    runtime = next(entry for entry in said["entries"] if entry["kind"] == "Lambda runtime")
    assert (runtime["verdict"], runtime["ends"]) == ("ended", LAST)
    finding = next(
        finding for finding in said["findings"] if "Lambda runtime" in finding["message"]
    )
    assert finding["template"].endswith(".json")
    assert finding["resource"]
    assert finding["layer"]
    assert finding["made_at"].startswith("generator/")
    assert said["to_read_again"], "the pages were read years before that day"


def test_on_the_last_day_of_the_runtime_it_only_warns(capsys: Captured) -> None:
    cli.main(["lifecycle", "--on", LAST, "--json"])

    said = json.loads(capsys.readouterr().out)
    runtime = next(entry for entry in said["entries"] if entry["kind"] == "Lambda runtime")
    assert runtime["verdict"] == "ending"


def test_refuses_what_is_no_day(capsys: Captured) -> None:
    assert cli.main(["lifecycle", "--on", "tomorrow"]) == 2

    assert "--on" in capsys.readouterr().err


def test_asks_for_templates_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "defaults.yaml").touch()
    monkeypatch.chdir(tmp_path)

    assert cli.main(["lifecycle"]) == 2

    assert "tradewind build" in capsys.readouterr().err
