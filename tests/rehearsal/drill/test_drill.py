"""Drills of dev on the twin, by the commands: what they measure, and how they end."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from scripts import failpoints
from tests.rehearsal.drill.spread import Run, runs
from tests.rehearsal.drill.twin import PRIMARY, STANDBY, Twin

pytestmark = [pytest.mark.usefixtures("well"), pytest.mark.alone]

#: Route 53's control plane is in us-east-1, which dev leaves: an inversion is no way out of there.
BY_ROUTE_53 = [
    f"route53:UpdateHealthCheck in {PRIMARY} was called: it is answered in {PRIMARY}, the region "
    "that is left."
]


@pytest.mark.parametrize(
    "trigger",
    ["takeover", *(pytest.param(one, marks=pytest.mark.slow) for one in ("invert", "app-health"))],
)
def test_a_drill_leaves_the_primary_and_comes_back(twin: Twin, trigger: str) -> None:
    before = twin.configuration()
    ended = twin.drill("--trigger", trigger, "--speed", "30")
    assert ended.document["state"] == "REPORTED", ended.told
    assert twin.configuration() == before
    assert Path(ended.document["page"]).read_text().startswith("<!doctype html>")
    verified = twin.command("failover-drill", "verify-journal", "dev", "--json")
    assert verified.document["whole"] is True
    planned = twin.command("plan", "dev", "--json")
    assert {one["outcome"] for one in planned.document["waves"]} == {"unchanged"}, planned.told
    figures = ended.document["figures"]
    assert figures["orders"]["lost"] == 0
    assert ended.report["wire"] == (BY_ROUTE_53 if trigger == "invert" else []), ended.told
    if figures["valid"]:  # else the machine was too slow for this to say anything
        assert ended.document["verdict"] in ("met", "missed"), ended.told
        assert figures["orders"]["acknowledged"] > 0
        assert Run(0, "", figures, 0).within or trigger == "app-health", ended.told


@pytest.mark.parametrize(
    ("failpoint", "going_on"),
    [
        pytest.param("drill.armed", "abort", marks=pytest.mark.slow),
        ("drill.intended", "resume"),
        ("drill.pulled", "resume"),
        pytest.param("drill.failed-over", "abort", marks=pytest.mark.slow),
        pytest.param("drill.returned", "resume", marks=pytest.mark.slow),
    ],
)
def test_a_drill_that_is_killed_is_restored_by_whoever_goes_on(
    twin: Twin, failpoint: str, going_on: str
) -> None:
    before = twin.configuration()
    twin.left(failpoint)
    status = twin.command("failover-drill", "status", "dev", "--json")
    assert status.document["state"] not in ("RESTORED", "REPORTED")
    ended = twin.command("failover-drill", going_on, "dev", "--json")
    assert ended.document["state"] == "REPORTED", ended.told
    assert twin.configuration() == before
    assert twin.command("failover-drill", "verify-journal", "dev").code == 0


def test_while_one_is_open_neither_a_second_drill_nor_a_deploy_begins(twin: Twin) -> None:
    twin.left(failpoints.DRILL[0])
    second = twin.drill_once()
    assert second.code == 2, second.told
    assert "no open drill" in second.told
    for words in (
        ("deploy", "dev", "--direct", "--yes", "--root", "edge"),
        ("destroy", "dev", "--yes"),
    ):
        refused = twin.command(*words)
        assert refused.code == 3, refused.told
        assert "drill" in refused.told
    assert twin.command("failover-drill", "abort", "dev").code == 3


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_an_interrupted_drill_goes_back(twin: Twin, number: signal.Signals) -> None:
    interrupt = ("made takeover", lambda drill: drill.send_signal(number))
    ended = twin.drill("--speed", "30", cues=[interrupt])
    assert ended.code == 3, ended.told


def test_what_was_approved_is_what_is_done(twin: Twin) -> None:
    wrong = twin.command("failover-drill", "run", "dev", "--approve", "0123456789abcdef")
    assert wrong.code == 3
    assert "which was not approved" in wrong.told
    right = twin.command("failover-drill", "plan", "dev", "--json").document["hash"]
    dry = twin.command("failover-drill", "run", "dev", "--approve", right, "--dry-run")
    assert dry.code == 0, dry.told
    assert "aws dynamodb delete-item" in dry.told


def test_the_calls_of_the_way_out_are_listed(twin: Twin) -> None:
    told = twin.command("failover-drill", "plan", "dev", "--explain", "--json")
    calls: list[dict[str, Any]] = told.document["calls"]
    assert told.code == 0, told.told
    assert {one["region"] for one in calls if one["needed"]} == {STANDBY}
    assert {one["plane"] for one in calls if one["needed"]} == {"data"}


@pytest.mark.slow
def test_a_standby_that_is_not_well_is_no_place_to_go(twin: Twin) -> None:
    twin.fault(STANDBY, errors=1.0)
    time.sleep(1)
    ended = twin.drill_once()
    assert ended.code == 2, ended.told
    assert "standby is healthy" in ended.document["refused"]


@pytest.mark.slow
def test_a_page_of_two_drills(twin: Twin, tmp_path: Path) -> None:
    for _ in range(2):
        assert twin.drill().document["state"] == "REPORTED"
    drills = sorted((twin.project / ".tradewind/drills/dev").iterdir())
    page = tmp_path / "two.html"
    told = twin.command(
        *("failover-drill", "report", "dev", "--compare", drills[-2].name),
        *("--html", str(page), "--json"),
    )
    assert told.code == 0, told.told
    assert page.exists()


@pytest.mark.slow
@pytest.mark.parametrize(("speed", "seeds"), [(60, 20), (30, 5), (120, 5), (1, 1)])
def test_detection_and_the_last_client_lie_within_the_bound(
    twin: Twin, speed: int, seeds: int
) -> None:
    """Invalid runs say nothing; `make spread` counts them."""
    done = list(runs(twin, speed, range(1, seeds + 1)))
    valid = [run for run in done if isinstance(run, Run) and run.valid]
    assert valid, "no run was valid: " + "; ".join(map(str, done))
    assert [str(run) for run in valid if not run.within] == []
