"""A drill that cannot be written down, or for which nothing can be locked, is not begun."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from scripts.commands.failover_drill import checking, drilling
from scripts.context import Context
from scripts.drill import story
from scripts.drill.folder import DRILLS, Folder
from scripts.drill.journal import Journal, Kind
from scripts.errors import Failed, UsageError
from scripts.terminal import Terminal
from tests.functional.stubbed import Environment
from tests.unit.drill.drills import begun, stage
from tests.unit.drill.tables import refusal
from tests.unit.drill.world import PLAN, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Where the preflight has nothing to say."""
    monkeypatch.setattr(checking, "checked", lambda *_: ())
    return World()


def drill(world: World, project: Path) -> UsageError:
    """What the command says; nothing may have been touched."""
    context = Context(project, Terminal(quiet=True), False, None, cast(Any, None))
    environment = cast(Any, Environment())
    with pytest.raises(UsageError) as said:
        drilling.drill(context, environment, stage(world), PLAN, lambda: "--yes")
    assert said.value.exit_code == checking.REFUSED
    assert (world.mutations, world.tables.items, world.objects) == ([], {}, {})
    return said.value


def test_a_file_in_the_place_of_the_drills_is_said_in_one_sentence(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / DRILLS.parent).mkdir()
    (tmp_path / DRILLS).touch()

    said = drill(world, tmp_path)

    assert said.message.startswith(str(tmp_path / DRILLS / "dev"))
    assert said.message.endswith("cannot be made: Not a directory.")
    assert "make it writable" in said.fix


def test_without_a_table_for_its_lease_nothing_is_begun(world: World, tmp_path: Path) -> None:
    def refuse(operation: str, _: Mapping[str, Any]) -> None:
        if operation == "describe_table":
            raise refusal(operation, "AccessDeniedException", "You may not.")

    world.refuses = refuse

    said = drill(world, tmp_path)

    assert said.message.startswith("The drill was not begun. ")
    assert "You may not." in said.message


@pytest.mark.parametrize(
    ("opened", "why"),
    [
        ({"drill": "one"}, "'plan'"),
        ({"drill": "one", "plan": PLAN.to_json()}, "it is of dev"),
    ],
)
def test_a_journal_of_something_else_is_none(
    tmp_path: Path, opened: Mapping[str, Any], why: str
) -> None:
    folder = Folder(tmp_path / "staging" / "one")
    folder.path.mkdir(parents=True)
    journal = Journal.open(folder.journal, lambda: 0.0)
    journal.write(Kind.OPENED, **opened)
    journal.close()

    with pytest.raises(Failed, match="is not the journal of a drill of staging: ") as said:
        story.read(folder)

    assert said.value.message.endswith(f"{why}.")
    assert said.value.fix.endswith(f"sh {folder.undo}")


def test_a_journal_of_a_drill_is_its_story(world: World, tmp_path: Path) -> None:
    told = story.read(begun(world, tmp_path).folder)

    assert (told.plan, told.state) == (PLAN, "REPORTED")
