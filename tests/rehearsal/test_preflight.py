"""The whole preflight of dev against a sandbox of its own: an account that is ready, and one that is not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import cli
from scripts.sandbox import process
from tests.rehearsal.conftest import ACCOUNT, Sandbox, free_port

PROJECT = Path(__file__).parents[2]
PRIMARY, STANDBY = "us-east-1", "us-west-2"
SOMEBODY = "999999999999"
BUCKET = f"tradewind-dev-logs-{ACCOUNT}-{PRIMARY}"
SECRET = "tradewind-dev-orders-database"
BUS = f"tradewind-dev-events-{PRIMARY}"
LOG_GROUP = "/tradewind/dev/vpc-flow"

#: A tag can be activated a day after it was first used.
EXPECTED_WARNINGS = {"cost allocation tags"}

#: Seconds that the whole of it may take, on a machine that has other things to do.
LONGEST = 60

Preflight = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Nobody else's: what other tests make would be in the way."""
    home = tmp_path_factory.mktemp("account")
    running = process.start(home, free_port())
    yield Sandbox(home, running.url)
    process.stop(home)


@pytest.fixture
def preflight(
    account: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Preflight:
    """Run it; its exit code and its document."""
    monkeypatch.setenv("TRADEWIND_SANDBOX_HOME", str(account.home))

    def run(environment: str = "dev") -> tuple[int, dict[str, Any]]:
        code = cli.main(
            ["--project", str(PROJECT), "--sandbox", "preflight", environment, "--json"]
        )
        return code, json.loads(capsys.readouterr().out)

    return run


def by_verdict(document: dict[str, Any], verdict: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (one["name"], one["region"]): one for one in document["checks"] if one["verdict"] == verdict
    }


def test_an_empty_account_is_ready_for_dev(preflight: Preflight) -> None:
    began = time.monotonic()
    code, document = preflight()
    took = time.monotonic() - began

    assert code == 0, document["refused"]
    assert document["refused"] == []
    assert by_verdict(document, "unknown") == {}
    assert {name for name, _ in by_verdict(document, "warned")} == EXPECTED_WARNINGS
    assert len(document["checks"]) > 120
    assert took < LONGEST


def test_an_empty_account_is_ready_for_prod(preflight: Preflight) -> None:
    """Where what is unknown would refuse."""
    code, document = preflight("prod")

    assert code == 0, document["refused"]
    assert document["unknown"] == []
    assert "AWS::RedshiftServerless::Workgroup" in document["not_asked"]


@pytest.fixture
def not_ready(account: Sandbox) -> Iterator[None]:
    """Six faults; each is taken back as the preflight says."""
    ec2, logs = account.client("ec2", STANDBY), account.client("logs", PRIMARY)
    secrets = account.client("secretsmanager", PRIMARY)
    theirs = account.client("s3", PRIMARY, SOMEBODY)
    there = len(ec2.describe_vpcs()["Vpcs"])
    vpcs = [
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        for number in range(5 - there)
    ]
    logs.create_log_group(logGroupName=LOG_GROUP)
    secrets.create_secret(Name=SECRET, SecretString="kept")
    secrets.delete_secret(SecretId=SECRET, RecoveryWindowInDays=30)
    theirs.create_bucket(Bucket=BUCKET)
    events = account.client("events", PRIMARY)
    events.create_event_bus(Name=BUS)
    iam = account.client("iam", PRIMARY)
    iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")
    yield
    for vpc in vpcs:
        ec2.delete_vpc(VpcId=vpc)
    logs.delete_log_group(logGroupName=LOG_GROUP)
    secrets.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    theirs.delete_bucket(Bucket=BUCKET)
    events.delete_event_bus(Name=BUS)
    iam.delete_service_linked_role(RoleName="AWSServiceRoleForConfig")


@pytest.mark.usefixtures("not_ready")
def test_what_is_in_the_way_refuses_with_its_remedy_and_its_line(preflight: Preflight) -> None:
    code, document = preflight()
    refused = by_verdict(document, "refused")

    assert code == 1
    assert set(refused) == {
        ("quota of VPCs", STANDBY),
        ("names of log groups", PRIMARY),
        ("names of secrets", PRIMARY),
        ("names of buckets", PRIMARY),
        ("names of event buses", PRIMARY),
        ("linked roles of ours", ""),
    }
    assert len(document["refused"]) == len(refused)
    for one in refused.values():
        assert one["remedy"], one["name"]
        assert one["concerns"][0]["made_at"].startswith("generator/"), one["name"]
    assert f"s3://{BUCKET}" in refused["names of buckets", PRIMARY]["remedy"]
    assert LOG_GROUP in refused["names of log groups", PRIMARY]["found"]


def test_with_the_remedies_carried_out_it_is_ready_again(preflight: Preflight) -> None:
    assert preflight()[0] == 0


def test_records_of_somebody_else_are_in_the_way(account: Sandbox, preflight: Preflight) -> None:
    route53 = account.client("route53", PRIMARY)
    zone = "Z01111111111111111111"
    record = {
        "Name": "shop.dev.example.com",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    issuers = {
        "Name": "dev.example.com",
        "Type": "CAA",
        "TTL": 60,
        "ResourceRecords": [{"Value": '0 issue "ca.example"'}],
    }

    def change(action: str) -> None:
        changes = [{"Action": action, "ResourceRecordSet": one} for one in (record, issuers)]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    change("CREATE")
    try:
        _, document = preflight()
    finally:
        change("DELETE")

    refused = by_verdict(document, "refused")
    assert set(refused) == {("records of the zone", ""), ("certificates may be issued", "")}
    assert "ca.example" in refused["certificates may be issued", ""]["found"]


def test_what_stands_is_there_and_in_nobodys_way(
    account: Sandbox, preflight: Preflight, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy = ["--project", str(PROJECT), "--sandbox", "deploy", "dev", "--root", "foundation"]
    assert cli.main([*deploy, "--yes"]) == 0
    capsys.readouterr()

    code, document = preflight()

    assert code == 0, document["refused"]
    (buckets,) = [
        one
        for one in document["checks"]
        if (one["name"], one["region"]) == ("names of buckets", PRIMARY)
    ]
    assert buckets["found"] == "nothing new is named"


def test_a_recorder_of_somebody_else_is_left_to_them(
    account: Sandbox, preflight: Preflight
) -> None:
    """Last: nothing in the sandbox takes a recorder away again."""
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config"}
    config = account.client("config", STANDBY)
    config.put_configuration_recorder(ConfigurationRecorder=recorder)

    code, document = preflight()

    assert code == 1
    assert set(by_verdict(document, "refused")) == {("AWS Config's recorder", STANDBY)}
