"""A drill whose calls fail, whose answers are lost, or whose place somebody else takes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck as Health
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.drill.engine import NotBegun
from scripts.drill.events import HandedOver, Seen, Shared
from scripts.drill.journal import Kind
from scripts.drill.observations import Observation, Unread
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from tests.unit.drill.drills import again, begun, held_together, lines, states
from tests.unit.drill.tables import Item, refusal
from tests.unit.drill.world import BUCKET, LEASES, SWITCH, World


def test_an_answer_that_was_lost_is_not_asked_for_again(world: World, tmp_path: Path) -> None:
    """The call was made, and its answer never came: reading says so."""

    def lose(operation: str, said: Mapping[str, Any]) -> None:
        if operation == "put_item" and said["TableName"] == SWITCH:
            world.refuses = lambda operation, said: None
            world.tables.put(SWITCH, said["Item"], {})
            world.mutations.append("takeover")
            raise refusal("PutItem", "RequestTimeout")

    world.refuses = lose
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.MET
    assert world.pulled == 1
    assert any(line.kind is Kind.SETTLED for line in lines(outcome.folder))


def test_a_switch_that_somebody_else_has_set_is_left_to_them(world: World, tmp_path: Path) -> None:
    theirs: Item = {"Switch": {"S": "takeover"}, "Requested": {"BOOL": True}}
    began = world.time

    def set_it(at: float) -> tuple[Observation, ...]:
        if at == began + 3:
            world.tables.put(SWITCH, theirs, {})
        return ()

    world.shows = set_it
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.NEEDS_OPERATOR
    assert "Somebody else has changed" in outcome.why
    assert world.time < began + 60, "what is another's is not waited for"
    assert world.tables.get(SWITCH, {"Switch": {"S": "takeover"}}) == theirs
    assert world.mutations == []


def test_what_somebody_changes_after_it_was_undone_is_not_called_restored(
    world: World, tmp_path: Path
) -> None:
    theirs: Item = {"Switch": {"S": "takeover"}, "Note": {"S": "bob was here"}}

    def change(at: float) -> tuple[Observation, ...]:
        if "switch" in world.mutations:
            world.tables.put(SWITCH, theirs, {})
        return ()

    world.shows = change
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.NEEDS_OPERATOR
    assert "bob was here" in outcome.why


def test_credentials_that_expire_are_waited_for_on_the_way_back(
    world: World, tmp_path: Path
) -> None:
    before, expired = world.configuration(), world.time + 30

    def refuse(operation: str, said: Mapping[str, Any]) -> None:
        if expired < world.time < expired + 400:
            raise refusal(operation, "ExpiredTokenException")

    world.refuses = refuse
    outcome = begun(world, tmp_path)
    assert outcome.state is State.REPORTED
    held_together(world, outcome.folder, before)
    unread = [one.observation for one in world.told if isinstance(one, Seen)]
    assert any(isinstance(one, Unread) and "aws sso login" in one.why for one in unread)


@pytest.mark.parametrize("by_hand", [True, False])
def test_without_credentials_a_person_is_told_the_commands(
    world: World, tmp_path: Path, by_hand: bool
) -> None:
    before, expired = world.configuration(), world.time + 30

    def refuse(operation: str, said: Mapping[str, Any]) -> None:
        if world.time > expired:
            raise refusal(operation, "ExpiredTokenException")

    world.refuses = refuse
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.NEEDS_OPERATOR
    (handed,) = [one for one in world.told if isinstance(one, HandedOver)]
    assert handed.commands[0].startswith("aws dynamodb delete-item --region us-west-2")
    # The person runs the command, and says so; or signs in again, and leaves it to the drill.
    world.refuses = lambda operation, said: None
    if by_hand:
        world.tables.items[SWITCH].clear()
    world.reboot()
    outcome = again(world, outcome.folder, "resume")
    assert outcome.state is State.REPORTED
    held_together(world, outcome.folder, before)


@pytest.mark.parametrize("refused", [False, True])
def test_a_report_is_said_to_be_kept_besides_where_it_is(
    world: World, tmp_path: Path, *, refused: bool
) -> None:
    def refuse(operation: str, said: Mapping[str, Any]) -> None:
        if refused and operation == "put_object" and said["Key"].endswith("report.json"):
            raise refusal(operation, "AccessDenied", "You may not.")

    world.refuses = refuse
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.MET
    shared = [one.place for one in world.told if isinstance(one, Shared)]
    assert shared == ([] if refused else [f"s3://{BUCKET}/drills/{outcome.folder.id}/"])


def test_whoever_lost_the_lease_changes_nothing_more(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.lease.HEARTBEAT", 0.001)
    began = world.time

    def take_over(at: float) -> tuple[Observation, ...]:
        if at == began + 25:
            world.tables.items[LEASES]["lease=drill"]["token"] = {"N": "77"}
            (heart,) = [one for one in threading.enumerate() if one.name == "lease-heartbeat"]
            heart.join(60)  # it stops as soon as it sees that
        return ()

    world.shows = take_over
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.NEEDS_OPERATOR
    assert "somebody else has taken it over" in outcome.why
    assert world.mutations == ["takeover"]
    assert states(outcome.folder)[-1] == "FAILING"
    assert len(world.objects) == len(lines(outcome.folder))


@pytest.mark.parametrize(("state", "changed"), [("FAILING", []), ("FAILING_BACK", ["takeover"])])
def test_nor_does_it_where_that_shows_only_at_the_last_moment(
    world: World, tmp_path: Path, state: str, changed: list[str]
) -> None:
    def take_over(operation: str, said: Mapping[str, Any]) -> None:
        if operation == "put_item" and said["Item"].get("state") == {"S": state}:
            world.tables.items[LEASES]["lease=drill"]["token"] = {"N": "77"}

    world.refuses = take_over
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.NEEDS_OPERATOR
    assert world.mutations == changed


@settings(max_examples=60, deadline=None, suppress_health_check=[Health.function_scoped_fixture])
@given(
    failures=st.dictionaries(
        st.integers(0, 80),
        st.sampled_from(["ThrottlingException", "InternalServerError", "AccessDenied", ""]),
        max_size=6,
    ),
    outage=st.tuples(st.integers(0, 120), st.integers(0, 300)),
)
def test_whatever_fails_it_moves_as_the_table_has_it(
    tmp_path_factory: pytest.TempPathFactory,
    failures: dict[int, str],
    outage: tuple[int, int],
) -> None:
    """Single calls that fail before or after they are made, and AWS silent for a while."""
    world = World()
    before, began, calls = world.configuration(), world.time, iter(range(10_000))

    def refuse(operation: str, said: Mapping[str, Any]) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        code = failures.get(next(calls))
        silent = outage[0] <= world.time - began < outage[0] + outage[1]
        if code is not None or (silent and outage[0]):
            raise refusal(operation, code or "ServiceUnavailable")

    world.refuses = refuse
    project = tmp_path_factory.mktemp("drill")
    try:
        outcome = begun(world, project)
    except NotBegun:
        assert world.mutations == []
        return
    assert outcome.state in (State.REPORTED, State.RESTORED)
    held_together(world, outcome.folder, before)
