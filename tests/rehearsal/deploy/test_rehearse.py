from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

import pytest

from generator import environments
from scripts.commands.rehearse import _private_sandbox
from tests.rehearsal.deploy.conftest import Project


def test_the_private_sandbox_goes_with_the_run_however_that_ends(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "temporary"
    there.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(there))
    reached: list[str] = []
    environment = environments.read(project.path / "params", "dev")

    def interrupted() -> None:
        with _private_sandbox(environment) as (aws, imitation, _):
            assert aws.verify_account().account == project.account
            assert imitation()["ready"] is True
            reached.append(aws.options["endpoint_url"])
            assert len(list(there.iterdir())) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert reached != [project.sandbox.endpoint]
    assert list(there.iterdir()) == []
    with pytest.raises(OSError, match="refused"):
        urlopen(reached[0])
