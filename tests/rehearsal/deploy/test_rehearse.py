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
    environment = environments.read(project.path / "params", "dev")

    with pytest.raises(KeyboardInterrupt), _private_sandbox(environment) as (aws, imitation):
        assert aws.verify_account().account == project.account
        assert imitation()["ready"] is True
        url = aws.options["endpoint_url"]
        assert url != project.sandbox.endpoint
        assert len(list(there.iterdir())) == 1
        raise KeyboardInterrupt

    assert list(there.iterdir()) == []
    with pytest.raises(OSError, match="refused"):
        urlopen(url)
