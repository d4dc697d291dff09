"""The way out is proven from what its steps declare: what needs the region that is left, is objected to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.drill import path
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.plan import Trigger
from scripts.drill.proof import judged
from tests.unit.drill.report.observed import PLAN, PRIMARY, STANDBY, THEATRE

HARMLESS = Call("dynamodb", "PutItem", Where.STANDBY, Plane.DATA, "asks the standby")
PLANTED = Call("dynamodb", "GetItem", Where.IMPAIRED, Plane.DATA, "planted by the test")


def objections(*calls: Call, trigger: Trigger = Trigger.TAKEOVER) -> list[str]:
    return [one.objection for one in judged(calls, THEATRE, trigger) if one.objection]


def test_what_the_standby_answers_by_itself_is_no_objection() -> None:
    assert objections(HARMLESS) == []


def test_a_call_of_the_region_that_is_left_is_objected_to() -> None:
    assert objections(HARMLESS, PLANTED) == [
        f"it is answered in {PRIMARY}, the region that is left"
    ]


def test_so_is_a_global_one_where_its_control_plane_is_in_that_region() -> None:
    lost = replace(THEATRE, primary=replace(THEATRE.primary, name=str(Where.GLOBAL)))
    inverting = Call("route53", "UpdateHealthCheck", Where.GLOBAL, Plane.CONTROL, "inverts")
    (one,) = judged([inverting], lost, Trigger.INVERT)
    assert one.objection == "it is answered in us-east-1, the region that is left"
    (one,) = judged([inverting], THEATRE, Trigger.INVERT)
    assert not one.objection


def test_a_takeover_must_not_need_a_control_plane_anywhere() -> None:
    made = Call("dynamodb", "CreateTable", Where.STANDBY, Plane.CONTROL, "makes a table")
    assert objections(made) == ["it is of a control plane, which a takeover must not need"]
    assert objections(made, trigger=Trigger.INVERT) == []


def test_what_only_watches_may_be_anywhere() -> None:
    assert objections(replace(PLANTED, needed=False)) == []


def test_a_call_is_judged_once() -> None:
    assert len(judged([HARMLESS, HARMLESS], THEATRE, Trigger.TAKEOVER)) == 1


@pytest.mark.parametrize("trigger", [Trigger.TAKEOVER, Trigger.APP_HEALTH, Trigger.OUTAGE])
def test_the_way_out_of_a_drill_needs_nothing_of_the_region_that_is_left(trigger: Trigger) -> None:
    found = judged(path.calls(replace(PLAN, trigger=trigger)), THEATRE, trigger)
    assert {one.region for one in found if one.call.needed} == {STANDBY}
    assert [one for one in found if one.objection] == []
