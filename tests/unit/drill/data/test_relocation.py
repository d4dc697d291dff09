"""The data there and back: every step read, made, undone, and told apart after a crash at any call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from scripts.drill.data.relocation import Act, Relocation, refuse, relocation
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.drill.steps import Standing, Step, Token
from scripts.errors import Refused, TradewindError, UsageError
from tests.unit.drill.data.cloud import GROUP, PRIMARY, STANDBY, Cloud, Killed, theatre

TOKEN = Token("2026-11-23T16-49-29Z-ab12", 7)

Snapshots = Mapping[str, Mapping[str, Any]]


def prepared(cloud: Cloud) -> tuple[Relocation, Snapshots]:
    """The steps, and what stands before any of them."""
    steps = relocation(cloud.aws, theatre())
    return steps, {step.name: step.snapshot() for step in steps.steps}


def rested(step: Step, before: Mapping[str, Any]) -> Standing:
    """What became of a step, once nothing is under way."""
    while (standing := step.standing(before, TOKEN)) is Standing.UNDER_WAY:
        continue
    return standing


def perform(acts: tuple[Act, ...], befores: Snapshots) -> None:
    """As the engine does."""
    for act in acts:
        before = befores[act.step.name]
        if act.undo:
            act.step.undo(before, TOKEN)
            rested(act.step, before)
            assert act.step.restored(before) == ()
        else:
            act.step.make(TOKEN)
            assert rested(act.step, before) is Standing.MADE


def mutations(cloud: Cloud) -> list[str]:
    return [call for call in cloud.calls if not call.startswith(("describe", "get"))]


def test_the_data_move_while_nothing_is_committed_and_come_back_the_same_way() -> None:
    cloud = Cloud()
    steps, befores = prepared(cloud)
    untouched = cloud.standing()

    perform(steps.there, befores)

    assert mutations(cloud) == [
        f"cancel_rotate_secret {PRIMARY}",
        f"put_function_concurrency {PRIMARY}",
        f"put_function_concurrency {STANDBY}",
        f"switchover_global_cluster {PRIMARY}",
        f"put_function_concurrency {PRIMARY}",
        f"put_function_concurrency {STANDBY}",
    ]
    assert cloud.standing() == (STANDBY, {PRIMARY: 20, STANDBY: 20}, False, untouched[-1])
    cloud.calls.clear()

    perform(steps.back, befores)

    assert mutations(cloud) == [
        f"put_function_concurrency {PRIMARY}",
        f"put_function_concurrency {STANDBY}",
        f"switchover_global_cluster {STANDBY}",
        f"put_function_concurrency {PRIMARY}",
        f"put_function_concurrency {STANDBY}",
        f"rotate_secret {PRIMARY}",
    ]
    assert cloud.standing() == untouched


def test_no_order_is_committed_while_the_writer_moves() -> None:
    cloud = Cloud()
    steps, befores = prepared(cloud)
    open_meanwhile: list[str] = []

    def look(call: str) -> None:
        if cloud.towards and any(cloud.concurrency.values()):
            open_meanwhile.append(call)

    cloud.before = cloud.after = look
    perform(steps.there, befores)
    perform(steps.back, befores)

    assert not open_meanwhile


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("way", ["there", "back"])
def test_after_a_crash_at_any_call_reading_tells_what_is_so_and_undoing_all_restores_it(
    moment: str, way: str
) -> None:
    """Whatever the line, the steps undone from the last to the first leave what stood before."""
    survived = 0
    while True:
        cloud = Cloud()
        steps, befores = prepared(cloud)
        untouched = cloud.standing()
        if way == "back":
            perform(steps.there, befores)
        setattr(cloud, moment, dying_at(survived))
        try:
            perform(getattr(steps, way), befores)
        except Killed:
            setattr(cloud, moment, lambda _: None)
        else:
            break
        moving = cloud.towards
        calls = mutations(cloud)
        standings = {step.name: rested(step, befores[step.name]) for step in steps.steps}
        assert mutations(cloud) == calls, "reading changed something"
        assert Standing.ANOTHERS not in standings.values()
        assert (standings["data.switchover"] is Standing.MADE) == (cloud.writer == STANDBY)
        assert not moving or cloud.writer == moving

        for step in reversed(steps.steps):
            step.undo(befores[step.name], TOKEN)
            rested(step, befores[step.name])
        assert cloud.standing() == untouched
        assert [line for step in steps.steps for line in step.restored(befores[step.name])] == []
        survived += 1
    assert survived > 10


def dying_at(number: int) -> Callable[[str], None]:
    left = [number]

    def die(_call: str) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    return die


def test_undoing_what_is_as_it_was_changes_nothing() -> None:
    cloud = Cloud()
    steps, befores = prepared(cloud)

    for step in reversed(steps.steps):
        step.undo(befores[step.name], TOKEN)

    assert mutations(cloud) == []


def test_a_way_back_that_is_under_way_is_not_begun_again() -> None:
    cloud = Cloud(looks=100)
    steps, befores = prepared(cloud)
    switchover = steps.steps[-1]
    switchover.make(TOKEN)
    cloud.writer, cloud.towards = STANDBY, PRIMARY

    switchover.undo(befores[switchover.name], TOKEN)

    assert mutations(cloud) == [f"switchover_global_cluster {PRIMARY}"]


def test_what_moves_already_is_not_told_to_move() -> None:
    cloud = Cloud(towards=STANDBY, looks=100, _left=100)
    switchover = relocation(cloud.aws, theatre()).steps[-1]
    with pytest.raises(Refused, match="is switching-over: its writer cannot be moved"):
        switchover.make(TOKEN)
    with_back = relocation(cloud.aws, theatre()).steps[-1]
    with pytest.raises(Refused):
        with_back.undo({"writer": "another", "readers": []}, TOKEN)
    assert mutations(cloud) == []


def test_a_rotation_under_way_is_not_cut_off() -> None:
    cloud = Cloud(pending=True)
    rotation = relocation(cloud.aws, theatre()).steps[0]

    with pytest.raises(Refused, match="is being rotated in eu-west-1"):
        rotation.make(TOKEN)

    assert cloud.rotates


def test_a_secret_that_did_not_rotate_does_not_begin_to() -> None:
    cloud = Cloud(rotates=False)
    steps, befores = prepared(cloud)
    perform(steps.there, befores)
    perform(steps.back, befores)
    assert not [call for call in mutations(cloud) if "rotate" in call]


def test_rules_that_were_changed_meanwhile_are_put_back() -> None:
    cloud = Cloud()
    steps, befores = prepared(cloud)
    rotation = steps.steps[0]
    rotation.make(TOKEN)
    cloud.rules = {"AutomaticallyAfterDays": 1}
    assert rotation.restored(befores[rotation.name]) == (
        "The rotation of the orders secret has enabled False, and had True.",
        "The rotation of the orders secret has rules {'AutomaticallyAfterDays': 1}, and had "
        "{'AutomaticallyAfterDays': 30}.",
    )
    rotation.undo(befores[rotation.name], TOKEN)
    assert cloud.rules == {"AutomaticallyAfterDays": 30}


def test_a_concurrency_that_somebody_else_set_is_not_ours_to_undo() -> None:
    cloud = Cloud()
    steps, befores = prepared(cloud)
    fence = steps.steps[1]
    fence.make(TOKEN)
    cloud.concurrency[PRIMARY] = 3

    assert fence.standing(befores[fence.name], TOKEN) is Standing.ANOTHERS
    fence.undo(befores[fence.name], TOKEN)

    assert cloud.concurrency[PRIMARY] == 3
    assert fence.restored(befores[fence.name]) == (
        "tradewind-dev-order-commit-eu-west-1 has a concurrency of 3 in eu-west-1, and had 20.",
    )


def test_a_function_without_a_reservation_has_none_afterwards() -> None:
    cloud = Cloud(concurrency={PRIMARY: None, STANDBY: 20})
    steps, befores = prepared(cloud)
    perform(steps.there, befores)
    assert cloud.concurrency == {PRIMARY: None, STANDBY: 20}
    assert (
        "aws lambda delete-function-concurrency" in steps.steps[1].by_hand({"concurrency": None})[0]
    )


def test_no_step_of_the_data_is_on_the_way_out() -> None:
    steps = relocation(Cloud().aws, theatre()).steps
    assert steps
    assert not [call for step in steps for call in step.calls if call.needed]


def test_every_call_that_a_step_makes_is_declared() -> None:
    from botocore import xform_name

    cloud = Cloud()
    steps = relocation(cloud.aws, theatre())
    befores = {step.name: step.snapshot() for step in steps.steps}
    for act in steps.there:
        cloud.calls.clear()
        before = befores[act.step.name]
        if act.undo:
            act.step.undo(before, TOKEN)
        else:
            act.step.make(TOKEN)
        rested(act.step, before)
        declared = {xform_name(call.operation) for call in act.step.calls}
        assert {call.partition(" ")[0] for call in cloud.calls} <= declared


def plan(
    trigger: Trigger = Trigger.TAKEOVER, global_cluster: str = GROUP, data: bool = True
) -> Plan:
    return Plan(
        environment="dev",
        trigger=trigger,
        data=data,
        hold=False,
        objectives=Objectives(300, 5, 1.0),
        pace=Pace(),
        theatre=theatre(global_cluster),
    )


def test_data_move_with_a_trigger_that_latches_and_a_global_database_only() -> None:
    refuse(plan())
    refuse(plan(Trigger.INVERT, "", data=False))
    for trigger in (Trigger.INVERT, Trigger.APP_HEALTH, Trigger.OUTAGE):
        with pytest.raises(UsageError, match=f"latches, and {trigger} does not"):
            refuse(plan(trigger))
    with pytest.raises(UsageError, match="dev runs on RDS") as refusal:
        refuse(plan(global_cluster=""))
    assert isinstance(refusal.value, TradewindError)
    assert "orders_engine: aurora-global" in refusal.value.fix


def test_the_fence_of_the_way_back_is_not_that_of_the_way_there() -> None:
    """A step is made once in a drill: its name is what the journal knows of it."""
    steps = relocation(Cloud().aws, theatre())
    made = [act.step.name for act in (*steps.there, *steps.back) if not act.undo]
    assert len(made) == len(set(made))
    assert {step.name for step in steps.steps} == set(made)


def test_without_a_writer_of_ours_a_switchover_is_somebody_elses() -> None:
    cloud = Cloud()
    switchover = relocation(cloud.aws, replace(theatre())).steps[-1]
    before = {"writer": "arn:aws:rds:us-east-1:222222222222:cluster:third", "readers": []}
    assert switchover.standing(before, TOKEN) is Standing.ANOTHERS
