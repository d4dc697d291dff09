"""The report on disk: whole or not at all, readable by another run, the same for the same drill."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.drill import report
from scripts.drill.journal import Kind
from scripts.drill.observations import Alarmed, Lagged
from scripts.errors import Failed, UsageError
from tests.unit.drill.report import examples
from tests.unit.drill.report.observed import STANDBY, T0


def test_both_files_are_there_and_say_the_same(tmp_path: Path) -> None:
    written = report.write(tmp_path / "drill", examples.good())

    said = report.read(written.json)
    assert written.verdict is report.Verdict.MET
    assert said == json.loads(json.dumps(written.document))
    assert said["report"] == str(written.page)
    assert "The objectives were met" in written.page.read_text(encoding="utf-8")
    assert sorted(file.name for file in (tmp_path / "drill").iterdir()) == [
        "report.html",
        "report.json",
    ]


def test_the_same_evidence_gives_the_same_bytes(tmp_path: Path) -> None:
    first = report.write(tmp_path, examples.missed())
    bytes_of = [path.read_bytes() for path in (first.json, first.page)]

    again = report.write(tmp_path, examples.missed())

    assert [path.read_bytes() for path in (again.json, again.page)] == bytes_of


def test_a_directory_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "drill").write_text("a file is in the way")

    with pytest.raises(Failed, match=r"report\.html cannot be written: "):
        report.write(tmp_path / "drill", examples.good())


def test_a_disk_that_fills_up_leaves_the_old_report_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = report.write(tmp_path, examples.good())
    before = written.json.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scripts.whole_files.os.fsync", full)
    with pytest.raises(Failed, match="No space left on device"):
        report.write(tmp_path, examples.missed())

    assert written.json.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is no JSON"),
        ("[]", "is no report of a drill"),
        ('{"schema": "tradewind/failover-drill/999"}', "is no report of a drill"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(UsageError, match=said):
        report.read(path)


def test_the_headline_is_at_the_top(tmp_path: Path) -> None:
    said = report.document(examples.stranded(), "report.html")

    assert {
        name: said[name]
        for name in (
            "verdict",
            "rto_s",
            "rpo",
            "orders_acknowledged",
            "orders_stranded",
            "orders_lost",
            "rehearsal",
        )
    } == {
        "verdict": "missed",
        "rto_s": 150.0,
        "rpo": 2.4,
        "orders_acknowledged": 34,
        "orders_stranded": 3,
        "orders_lost": 1,
        "rehearsal": True,
    }
    assert said["rehearsal_words"].startswith("This was a rehearsal")
    assert report.document(examples.good())["rehearsal_words"] == ""


def test_every_order_that_did_not_arrive_is_named() -> None:
    strays = report.document(examples.stranded())["orders"]["strays"]

    assert [(one["order"], one["fate"], one["s"]) for one in strays] == [
        ("o-0004", "stranded", -2.4),
        ("o-0005", "stranded", -1.1),
        ("o-0006", "stranded", -0.7),
        ("o-0007", "lost", -0.2),
    ]


def test_the_course_is_read_from_the_journal_and_a_change_settled_by_reading_is_a_deviation() -> (
    None
):
    said = report.document(examples.data())

    changes = {one["step"]: one for one in said["timeline"]["changes"]}
    assert [*changes] == ["takeover", "data.rotation", "data.fence", "data.switchover"]
    assert (changes["takeover"]["made_s"], changes["takeover"]["undone_s"]) == (0.0, 571.0)
    assert [one["state"] for one in said["timeline"]["states"]][-2:] == ["FAILING_BACK", "RESTORED"]
    assert ["data.switchover" in one for one in said["deviations"]] == [True]


def test_a_change_whose_answer_never_came_was_made_when_that_was_read() -> None:
    one = examples.good()
    cut_off = examples.journal(
        (-1, Kind.STATE, {"state": "FAILING"}),
        (0, Kind.INTENT, {"step": "takeover", "way": "there"}),
        (9, Kind.SETTLED, {"step": "takeover", "standing": "made"}),
        (40, Kind.INTENT, {"step": "takeover", "way": "back"}),
        (41, Kind.UNDONE, {"step": "takeover"}),
    )

    (change,) = report.document(replace(one, journal=cut_off))["timeline"]["changes"]

    assert change == {"step": "takeover", "intended_s": 0.0, "made_s": 9.0, "undone_s": 41.0}


def test_an_abort_and_its_reason_are_a_deviation() -> None:
    said = report.document(examples.aborted())

    assert said["deviations"] == [f"It did not run its course: {said['reason']}"]
    assert report.document(examples.good())["deviations"] == []


def test_what_nobody_measured_is_named_with_its_reason() -> None:
    said = report.document(examples.stranded())

    assert said["unmeasured"] == {
        "ElastiCache": "The sandbox does not imitate its replication.",
        "search index": "It is made anew from the catalogue.",
    }
    assert "AWS itself: this was a rehearsal." in said["scope"]["excluded"]


def test_what_cloudwatch_has_of_another_time_does_not_stretch_the_drill() -> None:
    one = examples.good()
    told = (
        Lagged(T0 - 5000, "carts", 1.0),
        Alarmed(T0 + 9000, STANDBY, "5xx", "OK"),
        Lagged(T0 + 9000, "carts", 1.0),
    )

    said = report.document(replace(one, observations=(*one.observations, *told)))

    assert (said["lanes"]["from_s"], said["lanes"]["to_s"]) == (-62.0, 341.0)
    assert said["lanes"]["alarms"] == []


def test_the_error_budget_is_failed_over_total() -> None:
    requests = report.document(examples.good())["requests"]

    assert requests["failed_percent"] == round(100 * requests["failed"] / requests["total"], 3)
    assert sum(requests["outcomes"]["nobody"].values()) == requests["failed"]


def test_a_drill_of_which_only_the_journal_is_left_has_a_report() -> None:
    said = report.document(
        replace(examples.aborted(), figures=None, observations=(), configurations=(), checks=())
    )

    assert (said["rto_s"], said["rpo"], said["valid"]) == (None, None, False)
    assert said["timeline"]["states"][0]["s"] == 1.0
    assert said["timeline"]["reasons"]["t0"] == "nothing was measured"
