"""A backlog of writes keeps nobody waiting."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from scripts.sandbox.replication import Replication


def test_others_are_served_between_two_helpings(monkeypatch: pytest.MonkeyPatch) -> None:
    left, seen = [50, 50, 1, 0], []

    def pump(_replication: Replication) -> int:
        seen.append("helping")
        return left.pop(0)

    async def serve() -> None:
        while left:
            seen.append("served")
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(Replication().settled(), serve())

    monkeypatch.setattr(Replication, "pump", pump)
    asyncio.run(both())

    assert seen.count("helping") == 4
    assert ("helping", "helping") not in pairwise(seen)
