"""What ends in the middle of a deploy: the credentials, a region. What AWS has begun goes on, and is said."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project
from tests.rehearsal.deploy.faults import misbehaving

PLATFORM = ("deploy", "dev", "--direct", "--yes", "--verbose", "--root", "platform")


def until(deploy: subprocess.Popen[str], words: str) -> str:
    """What a command said up to these words."""
    assert deploy.stderr is not None
    told = ""
    while words not in told:
        line = deploy.stderr.readline()
        assert line, told
        told += line
    return told


def test_credentials_that_expire_end_the_watching_and_not_the_deploy(
    deployed: Project, tmp_path: Path
) -> None:
    home, endpoint, elsewhere = deployed.sandbox.home, deployed.sandbox.endpoint, tmp_path / "else"
    deployed.build(delay=8, waits=True)
    with misbehaving(home, endpoint, elsewhere, 1, 0.0, ("expired",)) as faults:
        deploy = deployed.start(*PLATFORM, TRADEWIND_SANDBOX_HOME=str(elsewhere))
        until(deploy, "executing")
        faults.rate = 1.0
        _, told = deploy.communicate(timeout=60)

    assert deploy.returncode == 1
    assert "AWS does not accept these credentials (ExpiredToken" in told
    assert "CloudFormation is still at work, whoever watches: platform in us-east-1" in told
    assert "not touched: platform in us-west-2" in told
    assert "Sign in again" in told
    deployed.signal(PRIMARY)
    deployed.build(delay=8)
    run = deployed.run(*PLATFORM)
    assert run.code == 0, run.told
    assert deployed.delay() == deployed.delay(STANDBY) == "8"


def test_a_region_that_is_lost_in_wave_two_leaves_the_first_as_it_should_be(
    deployed: Project, tmp_path: Path
) -> None:
    home, endpoint, elsewhere = deployed.sandbox.home, deployed.sandbox.endpoint, tmp_path / "else"
    before = deployed.stacks(STANDBY)
    deployed.build(delay=8, waits=True)
    with misbehaving(home, endpoint, elsewhere, 1, 0.0, ("reset",), STANDBY) as faults:
        deploy = deployed.start(*PLATFORM, TRADEWIND_SANDBOX_HOME=str(elsewhere))
        until(deploy, "executing")
        faults.rate = 1.0
        deployed.signal(PRIMARY)
        _, told = deploy.communicate(timeout=120)

    assert deploy.returncode == 1
    assert "in us-west-2 cannot be reached" in told
    assert "done, and left as it is: platform in us-east-1" in told
    assert deployed.delay() == "8"
    assert deployed.stacks()["tradewind-dev-platform"] == "UPDATE_COMPLETE"
    assert deployed.stacks(STANDBY) == before
    assert deployed.unexecuted(STANDBY) == []

    deployed.build(delay=8)
    run = deployed.run(*PLATFORM)
    assert run.code == 0, run.told
    assert deployed.delay(STANDBY) == "8"
