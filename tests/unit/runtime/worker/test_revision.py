"""What CodeDeploy brings to a worker's instance: that it fits together, and with what the first boot left."""

from __future__ import annotations

import configparser
import os
import subprocess

import pytest
import yaml

from generator.bundles import fleet_bundle
from generator.first_boot import SOURCES
from generator.layers.worker_instance import environment
from generator.layers.workers import Workers
from tests.unit.runtime.worker.parts import REVISION, part

settings = part("settings")
APPSPEC = yaml.safe_load((REVISION / "appspec.yml").read_text())


@pytest.fixture
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(REVISION / "worker.service")
    return parser


def told() -> dict[str, object]:
    """What stands in /etc/tradewind/worker.env."""
    return environment(Workers())


def test_all_of_the_bundle_is_installed_but_what_codedeploy_itself_reads() -> None:
    sources = {entry["source"] for entry in APPSPEC["files"]}
    tops = {member.path.partition("/")[0] for member in fleet_bundle("worker").members} | {"lib"}

    assert tops - sources == {"appspec.yml", "hooks"}
    assert sources <= tops


def test_a_script_can_be_run_and_stops_at_the_first_error() -> None:
    scripts = [script for (script,) in APPSPEC["hooks"].values()]
    assert {script["location"] for script in scripts} == {
        f"hooks/{path.name}" for path in (REVISION / "hooks").iterdir()
    }
    for script in scripts:
        path = REVISION / script["location"]
        assert os.access(path, os.X_OK)
        assert "\nset -euo pipefail\n" in path.read_text()
        subprocess.run(["bash", "-n", path], check=True)


def test_the_first_boot_says_all_that_a_worker_reads() -> None:
    assert {*settings.NEEDED, "LIFECYCLE_HOOK", "METRICS_NAMESPACE"} <= told().keys()


def test_what_the_environment_lacks_is_named() -> None:
    with pytest.raises(settings.SettingMissing, match="JOBS_QUEUE, CATALOGUE_TABLE"):
        settings.read({"AWS_DEFAULT_REGION": "eu-west-1"})
    with pytest.raises(settings.SettingMissing, match="JOB_SECONDS is no number"):
        settings.read(dict.fromkeys(settings.NEEDED, "x"))


def test_a_worker_that_was_told_to_go_does_not_come_back(unit: configparser.ConfigParser) -> None:
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Service"]["RestartPreventExitStatus"] == "78"


def test_every_limit_leaves_time_to_what_is_inside_it(unit: configparser.ConfigParser) -> None:
    """NOTICE_SECONDS, then systemd, then CodeDeploy."""
    systemd = int(unit["Service"]["TimeoutStopSec"])

    assert (
        int(str(told()["NOTICE_SECONDS"]))
        < systemd
        < APPSPEC["hooks"]["BeforeInstall"][0]["timeout"]
    )
    ready = int(unit["Service"]["TimeoutStartSec"])
    assert ready < APPSPEC["hooks"]["ApplicationStart"][0]["timeout"]


def test_the_unit_finds_what_is_installed(unit: configparser.ConfigParser) -> None:
    service = unit["Service"]
    installed = {entry["destination"] for entry in APPSPEC["files"]}

    assert f"{service['WorkingDirectory']}/worker" in installed
    assert f"{service['WorkingDirectory']}/lib" in installed
    assert service["EnvironmentFile"] == "/etc/tradewind/worker.env"
    python = service["ExecStart"].partition(" ")[0]
    assert python in (REVISION / "hooks/start.sh").read_text()
    first_boot = (SOURCES / "boot.sh").read_text()
    assert python.rpartition("/")[2] in first_boot
    assert "logrotate" in first_boot
