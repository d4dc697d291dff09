"""A drill from its plan to its report: what it changes, when it ends early, and who may go on with it."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck as Health
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.commands.failover_drill import left, staging
from scripts.drill import engine, journal, mirror, notebook, open_drill, story
from scripts.drill.closing import ReportUnwritten
from scripts.drill.engine import NotBegun
from scripts.drill.events import Aborted, HandedOver, Seen
from scripts.drill.folder import Folder, latest
from scripts.drill.journal import Kind
from scripts.drill.observations import Alarmed, Fetched, Observation, Probed, Unread
from scripts.drill.open_drill import DrillOpen, OpenDrill
from scripts.drill.plan import Plan
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.errors import Refused, UsageError
from scripts.lease import DEPLOY, Leases
from tests.unit.drill.tables import Item, refusal
from tests.unit.drill.world import (
    LEASES,
    PLAN,
    STANDBY,
    SWITCH,
    World,
    again,
    begun,
    company,
    held_together,
    lagging,
    lines,
    parts,
    stage,
    state_of,
    with_data,
)

Shows = Callable[[float], Iterable[Observation]]


@pytest.fixture
def world() -> World:
    return World()


def states(folder: Folder) -> list[str]:
    return [line.said["state"] for line in lines(folder) if line.kind is Kind.STATE]


class TestTheWholeOfIt:
    def test_it_leaves_and_comes_back_and_all_is_as_it_was(
        self, world: World, tmp_path: Path
    ) -> None:
        before = world.configuration()
        outcome = begun(world, tmp_path)
        assert outcome.verdict is Verdict.MET
        assert outcome.figures is not None
        assert outcome.figures.times.rto == pytest.approx(24, abs=6)
        assert world.mutations == ["takeover", "switch"]
        held_together(world, outcome.folder, before)
        assert states(outcome.folder) == [
            *("ARMED", "FAILING", "FAILED_OVER", "VERIFIED"),
            *("FAILING_BACK", "RESTORED", "REPORTED"),
        ]

    def test_the_mirror_has_every_line(self, world: World, tmp_path: Path) -> None:
        folder = begun(world, tmp_path).folder
        *texts, observed, report = [body.decode() for _, body in sorted(world.objects.items())]
        assert texts == [line.text for line in lines(folder)]
        assert folder.observations.read_text().startswith(observed)
        assert report == folder.report.read_text() == "met"

    def test_before_the_region_is_left_everybody_could_undo_it(
        self, world: World, tmp_path: Path
    ) -> None:
        """The intent on disk and in the mirror, the undo script, the lock: at the very call."""

        def look(operation: str, said: Mapping[str, Any]) -> None:
            if operation == "put_object":
                time.sleep(0.02)  # so that the mirror is behind, unless it is waited for
            if operation != "put_item" or said["TableName"] != SWITCH:
                return
            folder = latest(tmp_path, "dev")
            last = lines(folder)[-1]
            assert last.kind is Kind.INTENT
            assert last.text.encode() in world.objects.values()
            assert stat.S_IMODE(folder.undo.stat().st_mode) == 0o700
            assert all(command in folder.undo.read_text() for command in last.said["by_hand"])
            assert subprocess.run(["sh", "-n", folder.undo], check=False).returncode == 0
            standing = open_drill.read(stage(world).aws, STANDBY)
            assert standing is not None
            assert standing.id == folder.id
            looked.append(True)

        looked: list[bool] = []
        world.refuses = look
        begun(world, tmp_path)
        assert looked == [True]

    def test_while_it_is_open_nothing_else_changes_the_environment(
        self, world: World, tmp_path: Path
    ) -> None:
        held = begun(world, tmp_path, replace(PLAN, hold=True))
        assert held.verdict is None
        with pytest.raises(DrillOpen, match=held.folder.id):
            open_drill.refuse_if_open(stage(world).aws, STANDBY)
        before = world.configuration()
        with pytest.raises(NotBegun, match=held.folder.id) as refused:
            begun(world, tmp_path / "other")
        assert refused.value.exit_code == 2
        assert world.configuration() == before
        with pytest.raises(UsageError, match="There is no drill of dev"):
            latest(tmp_path / "other", "dev")
        assert again(world, held.folder, "failback").verdict is Verdict.MET
        open_drill.refuse_if_open(stage(world).aws, STANDBY)

    def test_while_a_deploy_holds_its_lease_no_drill_is_armed(
        self, world: World, tmp_path: Path
    ) -> None:
        """It may have begun after the preflight looked, while somebody read the plan."""
        with (
            Leases(stage(world).aws, PLAN.theatre.primary.name).hold(
                DEPLOY, "tradewind deploy dev"
            ),
            pytest.raises(NotBegun, match="is being changed by"),
        ):
            begun(world, tmp_path)
        assert world.mutations == []
        open_drill.refuse_if_open(stage(world).aws, STANDBY)

    def test_a_drill_of_the_sandbox_is_not_gone_on_with_on_aws(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drill = story.read(begun(world, tmp_path).folder)
        rehearsal = stage(world).rehearsal
        monkeypatch.setattr(staging, "rehearsed", lambda: rehearsal)
        left.refuse_another_stage(drill)
        monkeypatch.setattr(staging, "rehearsed", lambda: not rehearsal)
        with pytest.raises(UsageError, match="is a drill"):
            left.refuse_another_stage(drill)

    def test_of_two_that_begin_at_once_one_does(self, world: World, tmp_path: Path) -> None:
        """The other's item comes after this one has looked, and before it writes its own."""
        theirs = replace(THEIRS, id="theirs")

        def come_first(operation: str, said: Mapping[str, Any]) -> None:
            if operation == "put_item" and "lease" in said["Item"]:
                world.refuses = lambda operation, said: None
                open_drill.put(stage(world).aws, STANDBY, theirs)

        world.refuses = come_first
        with pytest.raises(NotBegun, match="theirs"):
            begun(world, tmp_path)
        assert open_drill.read(stage(world).aws, STANDBY) == theirs
        assert state_of(latest(tmp_path, "dev")) is State.PLANNED
        assert world.mutations == []

    def test_one_whose_lock_another_has_taken_is_not_gone_on_with(
        self, world: World, tmp_path: Path
    ) -> None:
        held = begun(world, tmp_path, replace(PLAN, hold=True))
        world.tables.items[LEASES].pop("lease=open-drill")
        open_drill.put(stage(world).aws, STANDBY, replace(THEIRS, id="theirs"))
        with pytest.raises(NotBegun, match="theirs"):
            again(world, held.folder, "failback")
        assert world.mutations == ["takeover"]

    def test_two_processes_do_not_work_on_one_drill(self, world: World, tmp_path: Path) -> None:
        def second(operation: str, said: Mapping[str, Any]) -> None:
            if operation == "put_item" and said["TableName"] == SWITCH:
                world.refuses = lambda operation, said: None
                with pytest.raises(NotBegun, match="is being changed by"):
                    again(world, latest(tmp_path, "dev"), "abort")
                tried.append(True)

        tried: list[bool] = []
        world.refuses = second
        assert begun(world, tmp_path).verdict is Verdict.MET
        assert tried == [True]


THEIRS = OpenDrill("", "ARMED", "bob", "elsewhere", 1.0, 9, "bucket")


def unhealthy(at: float) -> list[Observation]:
    """Fourteen of Route 53's checkers find the standby unwell; three others do not."""
    return [
        Probed(at, "standby-endpoint", str(one), at, success=False, status="") for one in range(14)
    ]


def failing(at: float) -> list[Observation]:
    return [Fetched(at, "another", STANDBY, 503, 0.1, good=False)]


def goes_off(at: float) -> list[Observation]:
    return [Alarmed(at, STANDBY, f"tradewind-dev-no-healthy-instance-{STANDBY}", "ALARM")]


class TestItEndsEarly:
    @pytest.mark.parametrize(
        ("shows", "why"),
        [
            (unhealthy, "of Route 53's checkers find the standby well"),
            (failing, "The standby failed"),
            (lagging(6.0), "The copy of order-intake in the standby is 6 seconds behind"),
            (goes_off, "no-healthy-instance"),
        ],
        ids=["standby unhealthy", "standby's errors", "lag", "alarm"],
    )
    @pytest.mark.parametrize("from_", [0.0, 8.0, 30.0], ids=["at once", "failing", "moving"])
    def test_by_what_is_observed(
        self, world: World, tmp_path: Path, shows: Shows, why: str, from_: float
    ) -> None:
        before, began = world.configuration(), world.time
        world.shows = lambda at: shows(at) if at > began + from_ else ()
        outcome = begun(world, tmp_path)
        assert (outcome.verdict, outcome.state) == (Verdict.ABORTED, State.REPORTED)
        assert why in outcome.why
        assert world.pulled == (1 if from_ else 0) or shows is failing
        held_together(world, outcome.folder, before)

    def test_not_by_what_every_failover_sets_off(self, world: World, tmp_path: Path) -> None:
        world.shows = lambda at: [
            Alarmed(at, STANDBY, f"tradewind-dev-unusual-traffic-{STANDBY}", "ALARM"),
            Alarmed(at, STANDBY, f"tradewind-dev-region-{STANDBY}", "ALARM"),
            Alarmed(at, "us-east-1", "tradewind-dev-anything", "ALARM"),
        ]
        assert begun(world, tmp_path).verdict is Verdict.MET

    def test_when_it_takes_too_long(self, world: World, tmp_path: Path) -> None:
        before = world.configuration()
        world.shows = lambda at: [Fetched(at, "stuck", "us-east-1", 200, 0.1, good=True)]
        outcome = begun(world, tmp_path, _short(PLAN))
        assert outcome.verdict is Verdict.ABORTED
        assert "longer than the 90 seconds" in outcome.why
        held_together(world, outcome.folder, before)

    def test_what_is_seen_on_the_way_back_is_not_of_the_failure(
        self, world: World, tmp_path: Path
    ) -> None:
        began = world.time
        world.shows = lambda at: unhealthy(at) if at > began + 8 else ()
        outcome = begun(world, tmp_path)
        assert outcome.verdict is Verdict.ABORTED
        assert outcome.figures is not None
        assert outcome.figures.failback is not None
        marks = story.Story.of(lines(outcome.folder)).marks
        fetched = [
            one for one in notebook.read(outcome.folder.observations) if isinstance(one, Fetched)
        ]
        of_the_failure = [one for one in fetched if marks["t0"] <= one.at <= marks["back"]]
        assert outcome.figures.requests.total == len(of_the_failure) < len(fetched)

    def test_when_somebody_changes_a_health_check(self, world: World, tmp_path: Path) -> None:
        began = world.time

        def changes(at: float) -> tuple[Observation, ...]:
            if at > began + 10:
                world.versions["standby-endpoint"] = 4
            return ()

        world.shows = changes
        outcome = begun(world, tmp_path)
        assert outcome.verdict is Verdict.ABORTED
        assert "health check standby-endpoint: it is at version 4" in outcome.why

    @pytest.mark.parametrize("after", [2.0, 8.0, 40.0], ids=["baseline", "failing", "verified"])
    def test_when_it_is_interrupted(self, world: World, tmp_path: Path, after: float) -> None:
        before, interrupted, began = world.configuration(), threading.Event(), world.time

        def press(at: float) -> tuple[Observation, ...]:
            if at > began + after:
                interrupted.set()
            return ()

        world.shows = press
        outcome = begun(world, tmp_path, interrupted=interrupted)
        assert outcome.verdict is Verdict.ABORTED
        assert outcome.why.startswith("It was interrupted.")
        held_together(world, outcome.folder, before)

    def test_when_the_standby_does_not_sell(self, world: World, tmp_path: Path) -> None:
        before = world.configuration()
        world.sells = False
        outcome = begun(world, tmp_path)
        assert outcome.verdict is Verdict.ABORTED
        assert "does not sell as it should: nobody answers." in outcome.why
        held_together(world, outcome.folder, before)

    def test_by_a_bug_of_ours_that_is_raised_once_all_is_back(
        self, world: World, tmp_path: Path
    ) -> None:
        before, began = world.configuration(), world.time

        def bug(at: float) -> tuple[Observation, ...]:
            if at == began + 20:
                raise ZeroDivisionError
            return ()

        world.shows = bug
        with pytest.raises(ZeroDivisionError):
            begun(world, tmp_path)
        held_together(world, latest(tmp_path, "dev"), before)
        assert "RESTORED" in states(latest(tmp_path, "dev"))


class TestAwsSaysNo:
    def test_an_answer_that_was_lost_is_not_asked_for_again(
        self, world: World, tmp_path: Path
    ) -> None:
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

    def test_a_switch_that_somebody_else_has_set_is_left_to_them(
        self, world: World, tmp_path: Path
    ) -> None:
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
        self, world: World, tmp_path: Path
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
        self, world: World, tmp_path: Path
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
        self, world: World, tmp_path: Path, by_hand: bool
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

    def test_whoever_lost_the_lease_changes_nothing_more(
        self, world: World, tmp_path: Path
    ) -> None:
        began = world.time

        def take_over(at: float) -> tuple[Observation, ...]:
            if at == began + 25:
                lease = world.tables.items[LEASES]["lease=drill"]
                lease["token"] = {"N": "77"}
            return ()

        world.shows = take_over
        outcome = begun(world, tmp_path)
        assert outcome.verdict is Verdict.NEEDS_OPERATOR
        assert "somebody else has taken it over" in outcome.why
        assert world.mutations == ["takeover"]
        assert states(outcome.folder)[-1] == "FAILING"
        assert len(world.objects) == len(lines(outcome.folder))

    @pytest.mark.parametrize(
        ("state", "changed"), [("FAILING", []), ("FAILING_BACK", ["takeover"])]
    )
    def test_nor_does_it_where_that_shows_only_at_the_last_moment(
        self, world: World, tmp_path: Path, state: str, changed: list[str]
    ) -> None:
        def take_over(operation: str, said: Mapping[str, Any]) -> None:
            if operation == "put_item" and said["Item"].get("state") == {"S": state}:
                world.tables.items[LEASES]["lease=drill"]["token"] = {"N": "77"}

        world.refuses = take_over
        outcome = begun(world, tmp_path)
        assert outcome.verdict is Verdict.NEEDS_OPERATOR
        assert world.mutations == changed

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[Health.function_scoped_fixture]
    )
    @given(
        failures=st.dictionaries(
            st.integers(0, 80),
            st.sampled_from(["ThrottlingException", "InternalServerError", "AccessDenied", ""]),
            max_size=6,
        ),
        outage=st.tuples(st.integers(0, 120), st.integers(0, 300)),
    )
    def test_whatever_fails_it_moves_as_the_table_has_it(
        self,
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


class TestTheData:
    def test_they_move_there_and_back(self, world: World, tmp_path: Path) -> None:
        before = world.configuration()
        outcome = begun(world, tmp_path, with_data())
        assert outcome.verdict is Verdict.MET
        assert [one for one in world.mutations if one != "switch"] == [
            *("takeover", "fence-there", "switchover", "fence-there"),
            *("fence-back", "switchover", "fence-back"),
        ]
        assert world.mutations[-1] == "switch", "traffic comes back last"
        held_together(world, outcome.folder, before)

    def test_what_was_so_before_is_nothing_to_undo(self, world: World, tmp_path: Path) -> None:
        """A step that has nothing to change says that it is made, and that all is as it was."""
        world.config["switchover"] = "there"
        before = world.configuration()
        outcome = begun(world, tmp_path, with_data())
        assert outcome.verdict is Verdict.MET
        held_together(world, outcome.folder, before)

    def test_without_approval_traffic_comes_back(self, world: World, tmp_path: Path) -> None:
        def refuse() -> AbstractContextManager[Callable[[], bool]]:
            raise Refused("ada said no.")

        before = world.configuration()
        outcome = begun(world, tmp_path, with_data(), approve_data=refuse)
        assert outcome.verdict is Verdict.ABORTED
        assert outcome.why.startswith("ada said no.")
        held_together(world, outcome.folder, before)

    @pytest.mark.parametrize("nth", [1, 2, 3])
    def test_what_fails_in_the_middle_is_not_reversed(
        self, world: World, tmp_path: Path, nth: int
    ) -> None:
        before, tried = world.configuration(), iter(range(1, 100))

        def refuse(operation: str, said: Mapping[str, Any]) -> None:
            if operation in ("fence-there", "switchover") and next(tried) == nth:
                raise Refused("RDS says no.")

        world.refuses = refuse
        outcome = begun(world, tmp_path, with_data())
        if nth == 3:  # undoing the fence is tried again
            assert outcome.verdict is Verdict.MET
            return
        assert outcome.verdict is Verdict.NEEDS_OPERATOR
        made = ["fence-there", "switchover"][: nth - 1]
        assert sorted(world.config) == made
        assert world.asked(), "traffic stays where it is, too"
        assert [one for one in world.told if isinstance(one, Aborted)] == []
        with pytest.raises(Refused):
            open_drill.refuse_if_open(stage(world).aws, STANDBY)
        # `abort` does not reverse them either; `failback` is a person's.
        assert again(world, outcome.folder, "abort").state is (
            State.NEEDS_OPERATOR if made else State.REPORTED
        )
        if made:
            assert again(world, outcome.folder, "failback").state is State.REPORTED
        held_together(world, outcome.folder, before)

    def test_on_purpose_they_may_stay(self, world: World, tmp_path: Path) -> None:
        held = begun(world, tmp_path, with_data(hold=True))
        assert held.state is State.DATA_MOVED
        events = engine.failback(
            stage(world), held.folder, company(), traffic_only=True, parts=parts(world)
        )
        for _ in events:
            pass
        assert state_of(held.folder) is State.REPORTED
        assert world.config == {"switchover": "there"}
        assert not world.asked()


class TestFullDisks:
    def test_at_whatever_line_all_is_restored(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, ends = world.configuration(), set[Verdict | None]()
        for line in range(1, 30):
            left = iter(range(line))

            def write(handle: int, data: bytes, left: Any = left) -> int:
                if next(left, None) is None:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return os.write(handle, data)

            monkeypatch.setattr(journal, "write", write)
            world.mutations.clear()
            if line < 3:
                with pytest.raises(NotBegun, match="No space left on device"):
                    begun(world, tmp_path / str(line))
                assert world.pulled == 0
            else:
                outcome = begun(world, tmp_path / str(line))
                assert "No space" in outcome.why or "no room" in outcome.why or line == 29
                ends.add(outcome.verdict)
                held_together(world, outcome.folder, before)
            assert world.configuration() == before
        assert ends == {Verdict.ABORTED, Verdict.MET}

    def test_observations_that_cannot_be_kept_end_it(self, world: World, tmp_path: Path) -> None:
        before, began = world.configuration(), world.time

        def fill(at: float) -> tuple[Observation, ...]:
            if at == began + 15:
                (there := latest(tmp_path, "dev").observations).unlink()
                there.mkdir()
            return ()

        world.shows = fill
        outcome = begun(world, tmp_path)
        assert outcome.verdict is Verdict.ABORTED
        assert "observations.jsonl cannot be written" in outcome.why
        assert world.configuration() == before

    def test_a_report_that_cannot_be_written_may_be_written_later(
        self, world: World, tmp_path: Path
    ) -> None:
        before, began = world.configuration(), world.time

        def block(at: float) -> tuple[Observation, ...]:
            if at == began + 15:
                latest(tmp_path, "dev").report.mkdir()
            return ()

        world.shows = block
        with pytest.raises(ReportUnwritten, match="All is as it was before the drill") as raised:
            begun(world, tmp_path)
        assert raised.value.exit_code == 1
        assert world.configuration() == before
        folder = latest(tmp_path, "dev")
        folder.report.rmdir()
        assert again(world, folder, "resume").verdict is Verdict.MET
        assert folder.report.exists()


class TestTheMirror:
    def test_in_prod_nothing_begins_without_it(self, world: World, tmp_path: Path) -> None:
        world.refuses = _no_bucket
        with pytest.raises(NotBegun, match="mirror"):
            begun(world, tmp_path, prod=True)
        assert world.mutations == []

    def test_elsewhere_its_failing_is_said(self, world: World, tmp_path: Path) -> None:
        world.refuses = _no_bucket
        assert begun(world, tmp_path).verdict is Verdict.MET
        unread = [one.observation for one in world.told if isinstance(one, Seen)]
        assert any(isinstance(one, Unread) and "mirror" in one.what for one in unread)

    def test_another_machine_goes_on_by_it(self, world: World, tmp_path: Path) -> None:
        before = world.configuration()
        held = begun(world, tmp_path / "here", replace(PLAN, hold=True))
        folder = mirror.fetched(stage(world).aws, STANDBY, tmp_path / "there")
        assert [one.text for one in lines(folder)] == [one.text for one in lines(held.folder)]
        assert again(world, folder, "failback").state is State.REPORTED
        held_together(world, folder, before)

    def test_a_line_of_somebody_else_is_not_overwritten(self, world: World, tmp_path: Path) -> None:
        held = begun(world, tmp_path / "here", replace(PLAN, hold=True))
        folder = mirror.fetched(stage(world).aws, STANDBY, tmp_path / "there")
        again(world, folder, "failback")
        mirrored = dict(world.objects)
        world.reboot()
        outcome = again(world, held.folder, "abort")
        assert outcome.verdict is Verdict.MET, "this machine has learnt what the other did"
        assert lines(held.folder) == lines(folder)
        assert world.objects == mirrored


def _no_bucket(operation: str, said: Mapping[str, Any]) -> None:
    if operation == "put_object":
        raise refusal("PutObject", "NoSuchBucket")


def _short(plan: Plan) -> Plan:
    return replace(plan, pace=replace(plan.pace, longest=90))
