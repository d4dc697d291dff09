"""A deploy may be killed at any line: the next one ends well, and neither leaves anything behind."""

from __future__ import annotations

import signal

import click
import pytest

from scripts import failpoints
from scripts.cli import PIPE_CLOSED
from scripts.context import Context
from scripts.terminal import Terminal
from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project

#: Reached only where the environment protects its stacks.
PROTECTING = "wave.protected"


@pytest.mark.parametrize("name", failpoints.NAMES)
def test_a_deploy_killed_at_a_failpoint_is_picked_up(project: Project, name: str) -> None:
    project.settings(deletion_protection="true" if name == PROTECTING else "false")

    killed = project.run("deploy", "dev", "--direct", "--yes", TRADEWIND_FAILPOINT=name)
    assert killed.code == -signal.SIGKILL, killed.told

    run = project.run("deploy", "dev", "--direct", "--yes", "--json")
    assert run.code == 0, run.told
    for region in (PRIMARY, STANDBY):
        assert project.statuses(region) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        assert len(project.stacks(region)) == 4
        assert project.unexecuted(region) == []
    again = project.run("deploy", "dev", "--direct", "--yes", "--json")
    assert again.document["changed"] == 0


@pytest.mark.parametrize("name", ["change-set.created", "wave.planned", "wave.executed"])
def test_an_update_killed_at_a_failpoint_is_picked_up(deployed: Project, name: str) -> None:
    deployed.build(delay=8)
    killed = deployed.run("deploy", "dev", "--direct", "--yes", TRADEWIND_FAILPOINT=name)
    assert killed.code == -signal.SIGKILL, killed.told

    run = deployed.run("deploy", "dev", "--direct", "--yes")
    assert run.code == 0, run.told
    assert deployed.delay() == deployed.delay(STANDBY) == "8"
    assert deployed.unexecuted() == []


def test_an_operation_that_is_still_under_way_is_followed_to_its_end(deployed: Project) -> None:
    deployed.build(delay=8, waits=True)
    killed = deployed.run("deploy", "dev", "--direct", "--yes", TRADEWIND_FAILPOINT="wave.executed")
    assert killed.code == -signal.SIGKILL, killed.told

    deploy = deployed.start("deploy", "dev", "--direct", "--yes")
    assert deploy.stderr is not None
    while "found at work (UPDATE_IN_PROGRESS)" not in deploy.stderr.readline():
        assert deploy.poll() is None
    deployed.signal(PRIMARY)
    while "[5/5]" not in deploy.stderr.readline():
        assert deploy.poll() is None
    deployed.signal(STANDBY)
    _, told = deploy.communicate(timeout=60)

    assert deploy.returncode == 0, told
    assert deployed.delay() == deployed.delay(STANDBY) == "8"


def test_the_lease_of_a_killed_deploy_is_taken_over_at_once(project: Project) -> None:
    project.run("deploy", "dev", "--direct", "--yes", TRADEWIND_FAILPOINT="lease.acquired")

    run = project.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 0, run.told
    assert "taken over from" in run.told


def test_ctrl_c_gives_the_lease_back_and_says_how_to_go_on(deployed: Project) -> None:
    deployed.build(delay=8, waits=True)  # so that it is not done before it is interrupted
    deploy = deployed.start("deploy", "dev", "--direct", "--yes", "--verbose")
    assert deploy.stderr is not None
    while "executing" not in deploy.stderr.readline():
        assert deploy.poll() is None
    deploy.send_signal(signal.SIGINT)
    _, told = deploy.communicate(timeout=60)

    assert deploy.returncode == 130
    assert "To follow it again and go on: tradewind deploy dev" in told
    assert deployed.run("status", "dev", "--json").document["held_by"] is None
    deployed.signal(PRIMARY)
    deployed.build(delay=8)
    assert deployed.run("deploy", "dev", "--direct", "--yes").code == 0


def test_of_two_deploys_at_once_the_second_is_told_who_holds_it(project: Project) -> None:
    first = project.start("deploy", "dev", "--direct", "--yes")
    assert first.stderr is not None
    assert "is ours to change" in first.stderr.readline()
    first.send_signal(signal.SIGSTOP)

    second = project.run("deploy", "dev", "--direct", "--yes")
    planned = project.run("plan", "dev")
    first.send_signal(signal.SIGCONT)
    _, told = first.communicate(timeout=60)

    for refused in (second, planned):
        assert refused.code == 3, refused.told
        assert f"(process {first.pid}, tradewind deploy dev)" in refused.told
    assert first.returncode == 0, told


def test_a_deploy_whose_reader_leaves_takes_its_change_set_along(project: Project) -> None:
    deploy = project.start("deploy", "dev", "--direct", "--yes")
    assert deploy.stdout is not None
    assert deploy.stderr is not None
    while "[1/5]" not in deploy.stderr.readline():
        assert deploy.poll() is None
    deploy.stderr.close()
    deploy.stdout.close()

    assert deploy.wait(timeout=60) == PIPE_CLOSED
    assert project.unexecuted() == []
    assert project.run("status", "dev", "--json").document["held_by"] is None


def test_a_destroy_takes_down_what_came_to_stand_while_it_asked(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scripts import approval
    from scripts.commands.destroy import destroy

    def meanwhile(*_: object, **__: object) -> None:
        assert project.run("deploy", "dev", "--direct", "--yes").code == 0

    monkeypatch.setattr(approval, "approve_destruction", meanwhile)
    context = Context(project.path, Terminal(quiet=True), False, None, lambda _: project.aws())
    with click.Context(destroy, obj=context) as here:
        here.invoke(destroy, environment=context.environment("dev"), yes=False, purge=True)

    assert project.stacks() == project.stacks(STANDBY) == {}
