"""Cost Explorer through a real client: what `tradewind savings` asks, a new account answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from scripts import cli
from tests.rehearsal.conftest import Sandbox

PROJECT = Path(__file__).parents[3]


def test_savings_of_a_new_account_are_none(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRADEWIND_SANDBOX_HOME", str(sandbox.home))

    assert cli.main(["--project", str(PROJECT), "--sandbox", "savings", "dev", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)

    assert said["purchases"] == []
    assert said["monthly_saving"] == {}
    assert [one["question"] for one in said["unanswered"]] == ["Savings Plans utilisation"]


def test_other_questions_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError, match="GetTags"):
        sandbox.client("ce", "us-east-1").get_tags(
            TimePeriod={"Start": "2026-01-01", "End": "2026-02-01"}
        )
