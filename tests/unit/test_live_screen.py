from __future__ import annotations

import io
from datetime import datetime, timedelta

from rich.console import Console

from scripts.changes import NESTED_STACK
from scripts.deploy.pipeline.durations import Durations
from scripts.deploy.pipeline.state import Action, Execution, Stage
from scripts.events import StackEventSeen
from scripts.live_screen import BAR, EVENTS, Screen
from tests.unit.deploy.pipeline.told import START, at

LEARNT = Durations({("ChangePrimary", "Execute"): 100.0})
RUNNING = Execution(
    "1",
    "InProgress",
    "",
    (
        Stage(
            "Source",
            "Succeeded",
            (Action("Source", "Release", status="Succeeded", began=at(0), ended=at(2)),),
        ),
        Stage(
            "ChangePrimary",
            "InProgress",
            (
                Action("ChangePrimary", "Gate", status="Succeeded", began=at(3), ended=at(8)),
                Action("ChangePrimary", "Execute", status="InProgress", began=at(10)),
            ),
        ),
        Stage("ChangeEdge", "", held="freeze"),
    ),
)


def drawn(screen: Screen, now: datetime, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False, color_system=None)
    screen.console = console
    with console.capture() as captured:
        console.print(screen.drawn(now))
    return captured.get()


def screen(execution: Execution = RUNNING) -> Screen:
    made = Screen("dev: execution 1", LEARNT)
    made.show(execution)
    return made


def event(path: tuple[str, ...], status: str, type: str = NESTED_STACK) -> StackEventSeen:
    return StackEventSeen("platform", "us-east-1", path, type, status, "", "", START, "1")


def test_the_stage_at_work_shows_its_actions_and_the_others_one_line() -> None:
    lines = drawn(screen(), at(60)).splitlines()

    assert lines[0] == "dev: execution 1"
    assert [line.split()[:2] for line in lines[1:6]] == [
        ["✓", "Source"],
        ["▸", "ChangePrimary"],
        ["✓", "Gate"],
        ["▸", "Execute"],
        ["·", "ChangeEdge"],
    ]
    assert "held" in lines[5]


def test_every_state_is_said_in_words_and_not_by_colour_alone() -> None:
    said = drawn(screen(), at(60))

    assert "Succeeded" in said
    assert "InProgress" in said


def test_a_bar_grows_with_what_the_action_usually_takes_and_is_never_full_before_the_end() -> None:
    def filled(seconds: float) -> int:
        line = next(
            row for row in drawn(screen(), at(10 + seconds)).splitlines() if "Execute" in row
        )
        return line.count("━")

    early, late, over = filled(20), filled(80), filled(10_000)
    assert early < late <= over < BAR
    assert "50 s" in drawn(screen(), at(60))


def test_an_approval_waits_for_a_person_and_has_no_bar() -> None:
    waiting = Action("ChangePrimary", "Approve", "Approval", status="InProgress", began=at(0))
    execution = Execution(
        "1", "InProgress", "", (Stage("ChangePrimary", "InProgress", (waiting,)),)
    )

    said = drawn(screen(execution), at(5))

    assert "waits for approval" in said
    assert "━" not in said


def test_nested_stacks_are_shown_while_they_change_and_counted_when_done() -> None:
    shown = screen()
    shown.seen(event(("Network",), "UPDATE_COMPLETE"), "one")
    shown.seen(event(("Orders",), "UPDATE_IN_PROGRESS"), "two")

    said = drawn(shown, at(60))

    assert "nested stacks: 1 done, 1 at work" in said
    assert "platform/us-east-1/Orders  UPDATE_IN_PROGRESS" in said
    assert "platform/us-east-1/Network" not in said


def test_only_the_latest_events_are_kept() -> None:
    shown = screen()
    for number in range(EVENTS + 3):
        shown.seen(
            event(("Queue", "Orders"), "UPDATE_COMPLETE", "AWS::SQS::Queue"), f"event {number}."
        )

    said = drawn(shown, at(60))

    assert "event 2." not in said
    assert "event 3." in said


def test_a_narrow_terminal_gets_the_whole_screen_too() -> None:
    said = drawn(screen(), at(60) + timedelta(hours=2), width=40)

    assert "ChangePrimary" in said
    assert all(len(line) <= 40 for line in said.splitlines())
