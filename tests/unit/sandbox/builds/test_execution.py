"""What ends a build that does not end by itself."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scripts.sandbox.builds.build_log import BuildLog
from scripts.sandbox.builds.execution import Execution
from scripts.sandbox.builds.records import Build, Records
from scripts.sandbox.builds.sources import Downloads
from scripts.sandbox.builds.workshop import Workshop
from scripts.sandbox.fleets.account import Account

COMMANDS = "version: 0.2\nphases:\n  build:\n    commands: [{}]\n"


def build(command: str, minutes: float = 5) -> Build:
    """A build without a source, which says nothing to CloudWatch."""
    asked = {
        "source": {"type": "NO_SOURCE", "buildspec": COMMANDS.format(command)},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"image": "any"},
        "encryptionKey": "alias/aws/s3",
        "timeoutInMinutes": minutes,
    }
    return Build("it:1", "1" * 12, "eu-west-1", "it", 1, time.time(), "me", asked)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def execution(workshop: Workshop, what: Build) -> Execution:
    nobody = Account("http://127.0.0.1:1", what.account, what.region)
    return Execution(what, nobody, workshop, Downloads(workshop), BuildLog(nobody, "", ""))


def statuses(what: Build) -> dict[str, str]:
    return {phase.type: phase.status for phase in what.phases}


def test_one_that_takes_longer_than_it_may_is_ended(workshop: Workshop) -> None:
    slow = build("sleep 600", minutes=0.005)
    execution(workshop, slow).run()
    assert (slow.status, statuses(slow)["BUILD"]) == ("TIMED_OUT", "TIMED_OUT")
    assert slow.failure is not None
    assert slow.failure.message == "Build has timed out."
    assert "UPLOAD_ARTIFACTS" not in statuses(slow)


def test_one_that_is_stopped_before_it_has_a_shell_runs_nothing(workshop: Workshop) -> None:
    stopped = build("touch ran")
    run = execution(workshop, stopped)
    run.stop()
    run.run()
    assert stopped.status == "STOPPED"
    assert not list(workshop.home.rglob("ran"))


def test_what_nobody_foresaw_ends_it_in_words(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Workshop) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Workshop, "python", broken)
    lost = build("true")
    execution(workshop, lost).run()
    assert lost.status == "FAULT"
    assert lost.failure is not None
    assert lost.failure.message == "OSError: no space left"


def test_its_scratch_goes_with_it(workshop: Workshop) -> None:
    ended = build("true")
    execution(workshop, ended).run()
    assert ended.status == "SUCCEEDED"
    assert not list((workshop.home / "scratch").iterdir())
    assert not list((workshop.home / "running").iterdir())


def test_what_is_kept_is_read_again_and_what_ran_is_lost(tmp_path: Path) -> None:
    kept = Records()
    ended, running = build("true"), build("true")
    ended.id, ended.status, ended.end = "it:0", "SUCCEEDED", 1.0
    running.phases = []
    kept.builds = {ended.id: ended, running.id: running}
    kept.projects["1" * 12, "eu-west-1", "it"] = {"name": "it"}
    kept.numbers["arn"] = 7
    kept.save(tmp_path)

    again = Records()
    again.load(tmp_path)

    assert again.builds[ended.id] == ended
    assert again.builds[running.id].status == "FAULT"
    assert again.builds[running.id].failure is not None
    assert again.project("1" * 12, "eu-west-1", "it") == {"name": "it"}
    assert again.number("arn") == 8
