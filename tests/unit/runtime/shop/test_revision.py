"""What CodeDeploy brings to an instance: that it fits together, and with what the first boot left there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.layers.front_door_rules import HEALTH_PATH
from generator.layers.front_door_targets import FLEET_PORT
from generator.layers.shop_instance import ShopInstance
from tests.unit.runtime.shop.world import REVISION, part

FIRST_BOOT = REVISION.parent / "first_boot"

#: The unit says it, or the sandbox.
NOT_FROM_THE_FIRST_BOOT = {"SHOP_FLEET", "SHOP_CERTIFICATE"}


def appspec() -> Any:
    return yaml.safe_load((REVISION / "appspec.yml").read_text())


def hooks() -> list[Path]:
    return [REVISION / script["location"] for (script,) in appspec()["hooks"].values()]


def unit() -> dict[str, dict[str, str]]:
    """Section -> key -> value; of a key that stands more than once, all values."""
    sections: dict[str, dict[str, str]] = {}
    for line in (REVISION / "shop.service").read_text().splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section[key] = f"{section[key]} {value}" if key in section else value
    return sections


def test_every_file_that_is_installed_is_there() -> None:
    for entry in appspec()["files"]:
        assert (REVISION / entry["source"]).exists() or entry["source"] == "lib"


def test_everything_that_the_revision_has_is_installed_but_the_deployments_own_part() -> None:
    installed = {entry["source"].partition("/")[0] for entry in appspec()["files"]}
    ours = {path.name for path in REVISION.iterdir() if path.name != "__pycache__"}
    assert ours - installed == {"appspec.yml", "hooks"}


def test_the_events_that_codedeploy_knows_have_a_script_a_limit_and_a_user() -> None:
    assert list(appspec()["hooks"]) == [
        "ApplicationStop",
        "BeforeInstall",
        "AfterInstall",
        "ApplicationStart",
        "ValidateService",
    ]
    for (script,) in appspec()["hooks"].values():
        assert 0 < script["timeout"] <= 300
        assert script["runas"] == "root"


def test_what_an_earlier_revision_left_stops_no_deployment() -> None:
    """A top-level key of appspec.yml, and not one of each file."""
    assert appspec()["file_exists_behavior"] == "OVERWRITE"


@pytest.mark.parametrize("script", hooks(), ids=lambda script: script.name)
def test_a_script_is_executable_valid_and_stops_at_the_first_error(script: Path) -> None:
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert text.startswith("#!/bin/bash\n")
    assert "\nset -euo pipefail\n" in text
    subprocess.run(["bash", "-n", script], check=True)
    if shutil.which("shellcheck"):
        subprocess.run(["shellcheck", script], check=True)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands that note what they are asked; `systemctl` knows the shop once its unit is there."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("rm", "install", "curl", "sleep", "tail"):
        (commands / name).write_text(f'#!/bin/bash\necho "{name} $*" >>"{tmp_path}/done"\n')
    (commands / "systemctl").write_text(
        f'#!/bin/bash\necho "systemctl $*" >>"{tmp_path}/done"\n'
        f'case "$1" in cat|is-active) [ -e "{tmp_path}/shop.service" ];; esac\n'
    )
    for command in commands.iterdir():
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}:{os.environ['PATH']}")
    return tmp_path


def run(instance: Path, script: str) -> tuple[int, list[str]]:
    """How it ended, and what it did."""
    (instance / "done").write_text("")
    ended = subprocess.run(["bash", REVISION / "hooks" / script], capture_output=True, check=False)
    return ended.returncode, (instance / "done").read_text().splitlines()


def test_the_first_deployment_has_nothing_to_stop(instance: Path) -> None:
    for script in ("application_stop.sh", "before_install.sh"):
        status, done = run(instance, script)
        assert status == 0
        assert "systemctl stop shop.service" not in done


def test_a_later_one_stops_what_runs(instance: Path) -> None:
    (instance / "shop.service").touch()
    for script in ("application_stop.sh", "before_install.sh"):
        status, done = run(instance, script)
        assert status == 0
        assert "systemctl stop shop.service" in done


def test_a_revision_is_good_when_it_says_that_it_can_sell(instance: Path) -> None:
    status, done = run(instance, "validate_service.sh")
    assert (status, len(done)) == (0, 1)
    assert f"https://localhost:{FLEET_PORT}{HEALTH_PATH}?deep=1" in done[0]


def test_one_that_does_not_in_time_is_not(instance: Path) -> None:
    curl = instance / "bin/curl"
    curl.write_text("#!/bin/bash\nexit 22\n")
    status, done = run(instance, "validate_service.sh")
    assert status == 1
    assert done.count("sleep 1") == 15


def test_the_unit_runs_what_is_installed_with_what_the_first_boot_left() -> None:
    service = unit()["Service"]
    first_boot = (FIRST_BOOT / "boot.sh").read_text() + (FIRST_BOOT / "shop.sh").read_text()
    python = re.search(r"dnf install -y .*(python3\.\d+)", first_boot)
    assert python
    assert service["ExecStart"].startswith(f"/usr/bin/{python[1]} -m gunicorn ")
    assert "logrotate" in first_boot
    assert service["EnvironmentFile"] == "/etc/tradewind/shop.env"
    assert service["User"] == "shop"
    for file in ("/etc/tradewind/tls.crt", "/etc/tradewind/tls.key"):
        assert file in service["Environment"]
        assert file in first_boot
    installed = {entry["destination"] for entry in appspec()["files"]}
    assert f"{service['WorkingDirectory']}/shop" in installed
    assert f"{service['WorkingDirectory']}/lib" in installed
    assert f"PYTHONPATH={service['WorkingDirectory']}/lib" in service["Environment"]


def test_the_shop_and_the_stub_never_run_together() -> None:
    assert unit()["Unit"]["Conflicts"] == "shop-stub.service"
    assert "Conflicts=shop.service" in (FIRST_BOOT / "shop.sh").read_text()


def test_systemd_waits_longer_than_the_shop_needs_to_end() -> None:
    gunicorn = (REVISION / "gunicorn.conf.py").read_text()
    found = re.search(r"^graceful_timeout = (\d+)$", gunicorn, re.MULTILINE)
    assert found
    assert int(unit()["Service"]["TimeoutStopSec"]) > int(found[1]) + 5
    assert unit()["Service"]["KillMode"] == "mixed"
    stop = appspec()["hooks"]["ApplicationStop"][0]["timeout"]
    assert stop > int(unit()["Service"]["TimeoutStopSec"])


def test_the_first_boot_says_all_that_the_shop_reads() -> None:
    """And nothing is read that nobody says."""
    said = set(ShopInstance().environment())
    settings = part("settings")
    read = {*settings.NEEDED.values(), *settings.OPTIONAL.values(), *settings.PORTS.values()}
    assert read - said == NOT_FROM_THE_FIRST_BOOT


def test_settings_that_are_missing_are_named() -> None:
    settings = part("settings")
    with pytest.raises(settings.SettingMissing, match="CARTS_TABLE, ORDER_INTAKE_TABLE"):
        settings.read({"AWS_DEFAULT_REGION": "eu-west-1", "CATALOGUE_TABLE": "catalogue"})


def test_what_a_toggle_left_out_is_empty() -> None:
    settings = part("settings")
    there = dict.fromkeys(settings.NEEDED.values(), "x") | dict.fromkeys(
        settings.PORTS.values(), ""
    )
    read = settings.read(there)
    assert (read.session_cache, read.session_cache_port, read.encrypted) == ("", 0, False)
