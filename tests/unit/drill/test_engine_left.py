"""What a drill leaves to whoever comes after it: its folder, what was seen, how far it is, and its report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scripts.drill import report, undo_script
from scripts.drill.engine import run, status
from scripts.drill.folder import at, find, latest, made, new
from scripts.drill.notebook import Notebook
from scripts.drill.observations import Unread
from scripts.drill.states import State
from scripts.errors import UsageError
from tests.unit.drill.drills import again, begun, company, ended, parts, stage, with_data
from tests.unit.drill.world import PLAN, Killed, Setting, World


class TestFolders:
    def test_one_is_found_by_how_its_id_begins(self, tmp_path: Path) -> None:
        for id in ("2026-11-23T16-49-29Z-ab12", "2026-11-23T17-00-00Z-cd34"):
            made(at(tmp_path, "dev", id)).journal.touch()
        assert find(tmp_path, "dev", "2026-11-23T16").id == "2026-11-23T16-49-29Z-ab12"
        assert latest(tmp_path, "dev").id == "2026-11-23T17-00-00Z-cd34"
        with pytest.raises(UsageError, match="2 drills of dev begin with 2026-11-23"):
            find(tmp_path, "dev", "2026-11-23")
        with pytest.raises(UsageError, match="dev has no drill 2025"):
            find(tmp_path, "dev", "2025")
        with pytest.raises(UsageError, match="no drill of prod"):
            latest(tmp_path, "prod")

    def test_one_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        assert new(tmp_path, "dev").path.stat().st_mode & 0o077 == 0

    def test_one_that_cannot_be_made_says_so(self, tmp_path: Path) -> None:
        (tmp_path / ".tradewind").touch()
        with pytest.raises(UsageError, match="cannot be made: Not a directory"):
            new(tmp_path, "dev")


class TestTheNotebook:
    def test_what_was_seen_is_read_back_but_for_what_a_crash_tore(self, tmp_path: Path) -> None:
        path = tmp_path / "observations.jsonl"
        one, other = Unread(1.0, "this", "that"), Unread(2.0, "these", "those")
        first = Notebook(path)
        first.take(one)
        assert first.fresh() == (one,)
        with path.open("a") as file:
            file.write('{"kind": "unre')
        second = Notebook(path)
        second.take(other)
        second.fresh()
        assert Notebook(path).seen == [one, other]

    def test_what_was_seen_lately_is_told_apart(self, tmp_path: Path) -> None:
        notebook = Notebook(tmp_path / "observations.jsonl")
        for at_ in (10.0, 200.0, 199.0, 300.0, 20.0):  # the last is CloudWatch's
            notebook.take(Unread(at_, "", ""))
        notebook.fresh()
        assert [one.at for one in notebook.since(199.5)] == [200.0, 300.0]


class TestStatus:
    def test_of_one_that_holds(self, tmp_path: Path) -> None:
        world = World()
        held = begun(world, tmp_path, replace(PLAN, hold=True))
        found = status(stage(world).aws, held.folder)
        assert (found.state, found.trigger) == (State.VERIFIED, "takeover")
        assert found.standing == ("takeover",)
        assert found.open_by.startswith(held.folder.id)
        assert not found.running
        assert "t0" in found.marks
        assert found.next[0] == "tradewind failover-drill failback dev"
        again(world, held.folder, "failback")
        over = status(None, held.folder)
        assert (over.state, over.standing, over.open_by) == (State.REPORTED, (), "")

    def test_of_one_that_was_killed_while_it_pulled_the_trigger(self, tmp_path: Path) -> None:
        world = World()

        def kill(operation: str, said: object) -> None:
            if operation == "put_item" and "Drill" in str(said):
                world.dead = True
                raise Killed

        world.refuses = kill
        with pytest.raises(Killed):
            begun(world, tmp_path)
        world.reboot()
        world.refuses = lambda operation, said: None
        found = status(stage(world).aws, latest(tmp_path, "dev"))
        assert found.dangling == ("takeover",)
        assert found.next == (
            "tradewind failover-drill resume dev",
            "tradewind failover-drill abort dev",
        )


def test_the_undo_script_has_the_last_change_first() -> None:
    world = World()
    steps = [Setting(world, name) for name in ("one", "two", "three")]
    befores = {"one": {"was": ""}, "three": {"was": ""}}
    assert undo_script.commands(steps, befores) == ("aws put three back", "aws put one back")


def test_what_it_leaves_is_enough_for_a_report(tmp_path: Path) -> None:
    """The report of the whole tool, made of a drill's own evidence."""
    world = World()
    usual = replace(parts(world), write=report.write)
    folder = new(tmp_path, "dev")
    outcome = ended(world, run(stage(world), with_data(), folder, company(approver="ada"), usual))
    said = report.read(folder.report)
    assert said["verdict"] == str(outcome.verdict) == "met"
    assert said["drill"] == folder.id
    assert folder.page.read_text(encoding="utf-8").startswith("<!")
