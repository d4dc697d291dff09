"""The data plane asks CloudWatch: what is in its way is said in words, and its clients are made once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import DataNotFoundError

from scripts.errors import Failed
from scripts.sandbox import pauses
from scripts.sandbox.fleets.account import Account
from scripts.sandbox.record import Record
from scripts.sandbox.routing.daemon import Daemon


def call(home: Path, times: int = 1) -> None:
    """So many calls of one data plane below a sandbox's home."""

    async def calls() -> None:
        daemon = Daemon(home / "routing", seed=0)
        for _ in range(times):
            await daemon._call("1" * 12, "us-east-1", "list_metrics")

    asyncio.run(calls())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Record.of_this_process(1).write(tmp_path)
    return tmp_path


def test_a_client_that_cannot_be_made_says_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_account: Account, service: str) -> Any:
        raise DataNotFoundError(data_path=service)

    monkeypatch.setattr(Account, "client", broken)

    with pytest.raises(Failed, match="A client of CloudWatch in us-east-1"):
        call(home)


def test_pauses_are_shortened_once_a_client_is_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    did: list[str] = []
    monkeypatch.setattr(Account, "client", lambda *_: did.append("made"))
    monkeypatch.setattr(Account, "call", lambda *_: did.append("asked"))
    monkeypatch.setattr(pauses, "shorten", lambda: did.append("shortened"))

    call(home, times=2)

    assert did == ["made", "shortened", "asked", "asked"]
