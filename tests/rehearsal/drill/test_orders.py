"""Orders of a region that is lost, one by one: as shoppers were told, as tables have them, as reported."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from scripts.drill import notebook
from scripts.drill.observations import Ordered
from tests.rehearsal.drill.twin import PRIMARY, STANDBY, Ended, Twin, deployed
from tests.rehearsal.runtime.platform import INTAKE
from tests.rehearsal.sandbox.running import until

pytestmark = [pytest.mark.usefixtures("well"), pytest.mark.alone]

#: Drill seconds that a write takes to the other region here, and by which an objective allows for that.
LAG, OBJECTIVE = 60.0, 90

#: Drill seconds between the moment to which what was due had crossed and that from which the region is away.
MOMENT = 10.0


@pytest.fixture(scope="module", params=["eventual", pytest.param("strong", marks=pytest.mark.slow)])
def consistency(request: pytest.FixtureRequest) -> str:
    said: str = request.param
    return said


@pytest.fixture(scope="module")
def twin(
    postgres: None, consistency: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Twin]:
    settings = {
        "recovery_point_objective_seconds": OBJECTIVE,
        "order_intake_consistency": consistency,
        "witness_region": "us-east-2",
    }
    with deployed(tmp_path_factory.mktemp("twin"), **settings) as running:
        yield running


@dataclass
class Tables:
    """order-intake as it is in each region, by consistent scans of a test's own."""

    twin: Twin
    away: set[str] = field(default_factory=set)

    def look_away(self, _: subprocess.Popen[str]) -> None:
        """What the standby has while the primary is gone: nothing arrives there meanwhile."""
        self.away = self.of(STANDBY)

    def of(self, region: str) -> set[str]:
        pages = (
            self.twin.client("dynamodb", region)
            .get_paginator("scan")
            .paginate(TableName=INTAKE, ConsistentRead=True)
        )
        return {item["order_id"]["S"] for page in pages for item in page["Items"]}


def told(ended: Ended) -> Mapping[str, Ordered]:
    """Order -> the answer by which a shopper knows that the primary has taken it."""
    return {
        one.order: one
        for one in notebook.read(ended.folder / "observations.jsonl")
        if isinstance(one, Ordered) and one.acknowledged and one.region == PRIMARY
    }


def fault(ended: Ended) -> float:
    at: float = ended.document["figures"]["times"]["t0"]
    return at


def strays(ended: Ended) -> dict[str, str]:
    """Order -> its fate, where the report says that it was not in the standby, or is nowhere."""
    entries: list[dict[str, Any]] = ended.report["orders"]["strays"]
    return {one["order"]: one["fate"] for one in entries if one["acknowledged_by"]}


@pytest.mark.slow
@pytest.mark.parametrize("consistency", ["eventual"], indirect=True, scope="module")
def test_a_region_is_destroyed_that_had_sent_nothing_for_a_while(twin: Twin) -> None:
    """What it took meanwhile is lost, and nothing else: each of these orders is named."""
    tables = Tables(twin)
    before, paused = tables.of(STANDBY), [0.0]

    def pause(_: subprocess.Popen[str]) -> None:
        until(lambda: tables.of(STANDBY) > before)  # one has left it, and the next ones will not
        twin.fault(PRIMARY, replication_pause=True)
        paused.append(float(twin.sandbox.page("GET", f"faults/{PRIMARY}")["since"]))

    held = twin.drill(
        *("--trigger", "outage", "--hold", "--speed", "30"),
        planted="a_longer_baseline",
        cues=[("ARMED", pause), ("made outage", tables.look_away)],
    )
    assert held.document["state"] == "VERIFIED", held.told
    twin.run("sandbox", "fault", PRIMARY, "--destroy", "--yes")
    ended = twin.command("failover-drill", "failback", "dev", "--speed", "30", "--json")
    promised, at = told(ended), fault(ended)
    taken = {order for order, one in promised.items() if one.at < at}
    lost = taken - tables.away
    assert set() < lost < taken, ended.told
    assert lost >= {order for order in taken if promised[order].at > paused[-1]}
    assert strays(ended) == dict.fromkeys(lost, "lost"), ended.told
    assert ended.document["figures"]["orders"]["lost"] == len(lost)
    assert (ended.code, ended.document["verdict"]) == (1, "missed"), ended.told
    assert not lost & (tables.of(PRIMARY) | tables.of(STANDBY))
    assert promised.keys() - lost <= tables.of(PRIMARY) & tables.of(STANDBY)


def test_a_region_is_lost(twin: Twin, consistency: str) -> None:
    """What had not left it is stranded, and back with it; with strong consistency all had."""
    tables = Tables(twin)
    twin.lag(LAG)
    ended = twin.drill(
        *("--trigger", "outage", "--speed", "30"),
        planted="a_longer_baseline",
        cues=[("made outage", tables.look_away)],
    )
    assert ended.document["state"] == "REPORTED", ended.told
    promised, at = told(ended), fault(ended)
    taken = {order for order, one in promised.items() if one.at < at}
    late = {order for order in taken if promised[order].at > at - LAG}
    early = {order for order in taken if promised[order].at < at - LAG - MOMENT}
    assert late, ended.told
    assert early, ended.told
    stranded = taken - tables.away
    if consistency == "strong":
        assert stranded == set()
    else:
        assert late <= stranded <= taken - early
    assert strays(ended) == dict.fromkeys(stranded, "stranded"), ended.told
    assert promised.keys() <= tables.of(PRIMARY) & tables.of(STANDBY)
    orders = ended.document["figures"]["orders"]
    assert (orders["stranded"], orders["lost"], orders["unsettled"]) == (len(stranded), 0, 0)
