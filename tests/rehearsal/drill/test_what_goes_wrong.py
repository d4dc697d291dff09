"""Drills on the twin that go wrong: each ends with one clear sentence, an honest report and all as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.drill.twin import PRIMARY, STANDBY, Twin
from tests.rehearsal.runtime.platform import CATALOGUE

pytestmark = [pytest.mark.usefixtures("well"), pytest.mark.alone]


@contextmanager
def sold_out(twin: Twin) -> Iterator[None]:
    """The standby's own catalogue has nothing in stock: no health check looks for that."""
    dynamodb = twin.client("dynamodb", STANDBY)
    products: list[dict[str, Any]] = dynamodb.scan(TableName=CATALOGUE)["Items"]
    twin.fault(STANDBY, replication_pause=True)
    for product in products:
        dynamodb.put_item(TableName=CATALOGUE, Item={**product, "stock": {"N": "0"}})
    try:
        yield
    finally:
        for product in products:
            dynamodb.put_item(TableName=CATALOGUE, Item=product)
        twin.clear(STANDBY)


def test_a_standby_that_looks_well_and_sells_nothing_is_left_again(twin: Twin) -> None:
    """DNS goes there, for every health check is content; no order is taken, so nothing has recovered."""
    with ExitStack() as shelves:
        ended = twin.drill(
            *("--speed", "30", "--max-duration", "300"),
            cues=[("ARMED", lambda _: shelves.enter_context(sold_out(twin)))],
        )
    assert (ended.code, ended.document["verdict"]) == (3, "aborted"), ended.told
    times = ended.document["figures"]["times"]
    assert times["t2"] is not None
    assert (times["t4"], times["t5"]) == (None, None)
    assert ended.document["figures"]["orders"]["lost"] == 0


def test_a_call_on_the_region_that_is_left_fails_the_drill(twin: Twin) -> None:
    ended = twin.drill("--speed", "30", planted="a_call_home")
    assert (ended.code, ended.document["verdict"]) == (1, "missed"), ended.told
    said = f"dynamodb:ListTables in {PRIMARY} was called, and no step declares it."
    assert ended.report["wire"] == [said]
    assert said in [one["what"] for one in ended.report["findings"]]
    assert "Calls outside the proof 1, at most 0" in ended.report["verdict_words"]


def test_a_call_on_the_region_that_is_left_fails_the_proof(twin: Twin) -> None:
    explain = ("failover-drill", "plan", "dev", "--explain", "--json")
    assert twin.command(*explain).code == 0
    told = twin.command(*explain, planted="a_declared_call_home")
    assert told.code == 1
    assert [one["operation"] for one in told.document["calls"] if one["objection"]] == [
        "ListTables"
    ]
    assert f"answered in {PRIMARY}, the region that is left" in told.told


def test_credentials_that_expire_leave_it_to_a_person_who_signs_in_again(twin: Twin) -> None:
    before = twin.configuration()
    ended = twin.drill(planted="credentials_expire")
    assert (ended.code, ended.document["state"]) == (4, "NEEDS_OPERATOR"), ended.told
    assert "AWS does not accept these credentials" in ended.document["why"]
    assert "Traceback" not in ended.told
    resumed = twin.command("failover-drill", "resume", "dev", "--json")
    assert resumed.document["state"] == "REPORTED", resumed.told
    verified = twin.command("failover-drill", "verify-journal", "dev", "--json")
    assert verified.document["whole"] is True
    assert twin.configuration() == before


def test_a_report_that_cannot_be_written_is_written_later(twin: Twin) -> None:
    before = twin.configuration()
    taken: list[Path] = []

    def take_its_place(_: subprocess.Popen[str]) -> None:
        folder = max((twin.project / ".tradewind/drills/dev").iterdir())
        taken.append(folder / "report.html")
        taken[0].mkdir()

    ended = twin.drill("--speed", "30", cues=[("made takeover", take_its_place)])
    assert ended.code == 1, ended.told
    assert "All is as it was before the drill, and its report cannot be written" in ended.told
    assert twin.configuration() == before
    taken[0].rmdir()
    resumed = twin.command("failover-drill", "resume", "dev", "--json")
    assert resumed.document["state"] == "REPORTED", resumed.told
    assert taken[0].read_text().startswith("<!doctype html>")


def test_where_the_standby_is_lost_too_nothing_is_called_recovered(twin: Twin) -> None:
    """The last of this file: CloudWatch remembers for a quarter of an hour how late copies were meanwhile."""
    ended = twin.drill(
        *("--trigger", "outage", "--speed", "30"),
        planted="both_regions_go",
        cues=[("going back", lambda _: twin.clear(STANDBY))],
    )
    assert (ended.code, ended.document["verdict"]) == (3, "aborted"), ended.told
    assert "checkers find the standby well" in ended.document["why"]
    figures = ended.document["figures"]
    assert (figures["times"]["t4"], figures["times"]["t5"], figures["rto_s"]) == (None, None, None)
    assert figures["reasons"]["rto"]
    assert figures["requests"]["failed"] > 0
