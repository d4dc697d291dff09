"""`tradewind preflight` where nothing can be read: said once, and not a hundred times."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import cli

PROJECT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the user's credentials nor a machine's."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


def test_without_credentials_one_line_is_unknown_for_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--project", str(PROJECT), "preflight", "dev"]) == 1
    out = capsys.readouterr().out

    assert "no  credentials: No AWS credentials were found" in out
    assert out.count("??") == 1
    assert "more: nothing can be read without credentials" in out
    assert "1 refused" in out.splitlines()[-1]


def test_the_document_has_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--project", str(PROJECT), "preflight", "dev", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)

    assert document["refused"] == ["credentials"]
    assert {one["verdict"] for one in document["checks"][1:]} == {"unknown"}
    assert len(document["checks"]) > 90
