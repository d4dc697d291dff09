"""`tradewind lint`, from the command line to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import cli
from tests.unit.validate import samples
from tests.unit.validate.test_lint import DEFAULTS, DEV


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "defaults.yaml").write_text(DEFAULTS)
    (tmp_path / "params" / "dev.yaml").write_text(DEV)
    (tmp_path / "templates" / "out").mkdir(parents=True)
    for file, body in samples.written(samples.platform()).items():
        (tmp_path / "templates" / "out" / file).write_bytes(body)
    return tmp_path


def break_it(project: Path) -> None:
    """A parameter that is misspelt where it is declared."""
    network = project / "templates" / "out" / "network.json"
    network.write_text(network.read_text().replace('"VpcCidr"', '"VpcCIDR"', 1))


def test_a_clean_project_passes_and_is_not_linted_again_until_something_changes(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert cli.main(["lint", "--jobs", "1"]) == 0
    assert "3 templates x 7 regions: 0 findings, 3 accepted exceptions" in capsys.readouterr().err
    assert cli.main(["lint"]) == 0
    assert "nothing changed" in capsys.readouterr().err
    break_it(project)
    assert cli.main(["lint"]) == 1
    assert cli.main(["lint"]) == 1
    assert "nothing changed" not in capsys.readouterr().err


def test_findings_fail_and_are_one_json_document(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it(project)
    assert cli.main(["--project", str(project), "lint", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert {found["template"] for found in said["findings"]} == {"network.json", "platform.json"}
    assert len(said["regions"]) == 7


def test_a_part_of_the_regions_is_no_proof_for_all(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert cli.main(["lint", "--regions", "eu-west-1,us-east-1"]) == 0
    assert "3 templates x 2 regions" in capsys.readouterr().err
    assert cli.main(["lint"]) == 0
    assert "nothing changed" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--regions", "mars-1"], 2, "mars-1"),
        (["--jobs", "0"], 2, "--jobs"),
    ],
)
def test_what_cannot_be_linted_is_said(
    words: list[str],
    code: int,
    told: str,
    project: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--project", str(project), "lint", *words]) == code
    assert told in capsys.readouterr().err
