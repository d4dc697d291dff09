"""Switchovers of Aurora's global databases: what is refused, how they go on, and who may write meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.errors import UsageError
from scripts.sandbox import process
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.global_database import (
    PEER,
    committing,
    global_database,
    group,
    writer,
)
from tests.rehearsal.sandbox.orders_stack import PORT, REGION, eventually, order

ACCOUNT = "777777000003"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox whose clock a test may set."""
    running = process.start(tmp_path / "home", free_port())
    yield Sandbox(tmp_path / "home", running.url)
    process.stop(tmp_path / "home")


def arn(region: str) -> str:
    return f"arn:aws:rds:{region}:{ACCOUNT}:cluster:orders"


def switch(sandbox: Sandbox, to: str, asked_in: str) -> dict[str, Any]:
    answer = sandbox.client("rds", asked_in, ACCOUNT).switchover_global_cluster(
        GlobalClusterIdentifier="orders", TargetDbClusterIdentifier=arn(to)
    )
    begun: dict[str, Any] = answer["GlobalCluster"]
    return begun


def refused(sandbox: Sandbox, to: str, asked_in: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        switch(sandbox, to, asked_in)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


def writers(told: dict[str, Any]) -> list[str]:
    return [one["DBClusterArn"] for one in told["GlobalClusterMembers"] if one["IsWriter"]]


@pytest.mark.usefixtures("postgres")
def test_a_switchover_has_the_writer_read_only_and_then_the_other_one_write(
    own: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    global_database(own, ACCOUNT)
    host, peer = writer(own, ACCOUNT, REGION), writer(own, ACCOUNT, PEER)
    here = committing(monkeypatch, own.engine(host, PORT))
    assert here.handler({"order": order(1)}, None) == {"outcome": "committed"}

    begun = switch(own, PEER, REGION)
    assert (begun["Status"], begun["FailoverState"]["Status"]) == ("switching-over", "pending")
    assert begun["FailoverState"]["ToDbClusterArn"] == arn(PEER)
    assert not begun["FailoverState"]["IsDataLossAllowed"]
    assert writers(begun) == [arn(REGION)]

    def writes() -> bool:
        try:
            here.connected().run("DELETE FROM orders WHERE false")
        except Exception as refusal:  # noqa: BLE001 - whichever it is, its code is compared below
            said.append(refusal.args[0].get("C") if isinstance(refusal.args[0], dict) else refusal)
            return False
        return True

    said: list[Any] = []
    eventually(lambda: not writes(), "a writer that refuses writes")
    assert said == ["25006"]
    with pytest.raises(here.DatabaseNotWritable):
        here.handler({"order": order(2)}, None)

    own.page("PUT", "clock", {"speed": 60})
    eventually(lambda: group(own, ACCOUNT)["Status"] == "available", "the end of the switchover")
    ended = group(own, ACCOUNT, PEER)
    assert writers(ended) == [arn(PEER)]
    assert not ended.get("FailoverState")
    with pytest.raises(here.DatabaseNotWritable):
        here.handler({"order": order(2)}, None)
    with pytest.raises(UsageError, match="secondary clusters"):
        own.engine(host, PORT)
    there = committing(monkeypatch, own.engine(peer, PORT))
    assert there.handler({"order": order(1)}, None) == {"outcome": "committed-before"}
    assert there.handler({"order": order(2)}, None) == {"outcome": "committed"}
    there.give_up()


def test_what_rds_would_not_switch_over_is_refused_and_stays(own: Sandbox) -> None:
    global_database(own, ACCOUNT)
    before = group(own, ACCOUNT)

    assert refused(own, PEER, asked_in=PEER) == (
        "InvalidGlobalClusterStateFault",
        "The global cluster orders is switched over in the Region of its primary cluster, eu-west-1.",
    )
    assert refused(own, REGION, asked_in=REGION)[0] == "InvalidGlobalClusterStateFault"
    assert refused(own, "us-east-1", asked_in=REGION)[0] == "DBClusterNotFoundFault"
    rds = own.client("rds", PEER, ACCOUNT)
    rds.modify_db_cluster(DBClusterIdentifier="orders", EngineVersion="17.7", ApplyImmediately=True)
    code, message = refused(own, PEER, asked_in=REGION)
    assert code == "InvalidGlobalClusterStateFault"
    assert "17.7 and 17.9" in message
    rds.modify_db_cluster(DBClusterIdentifier="orders", EngineVersion="17.9", ApplyImmediately=True)
    assert group(own, ACCOUNT) == before

    switch(own, PEER, asked_in=REGION)
    code, message = refused(own, PEER, asked_in=REGION)
    assert code == "InvalidGlobalClusterStateFault"
    assert "is switching-over" in message


def test_a_switchover_goes_on_after_a_stop_of_the_sandbox(own: Sandbox) -> None:
    global_database(own, ACCOUNT)
    switch(own, PEER, asked_in=REGION)
    process.stop(own.home)
    process.start(own.home)
    own.page("PUT", "clock", {"speed": 60})

    eventually(lambda: group(own, ACCOUNT)["Status"] == "available", "the end of the switchover")

    assert writers(group(own, ACCOUNT)) == [arn(PEER)]
    switch(own, REGION, asked_in=PEER)
    eventually(lambda: group(own, ACCOUNT)["Status"] == "available", "the way back")
    assert writers(group(own, ACCOUNT)) == [arn(REGION)]
