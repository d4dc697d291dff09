"""A VPC's default security group ends without a rule, however often it is closed."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tests.unit.runtime.cloudformation import Context, request
from tests.unit.runtime.loading import execution_environment

GROUP = "sg-0123456789abcdef0"
IN = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": GROUP, "UserId": "111111111111"}]}]
OUT = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def close(inward: list[Any], outward: list[Any], *, kind: str = "Create", **more: Any) -> Any:
    """Run the function against EC2, which expects just what is due; how CloudFormation was answered."""
    ec2 = boto3.client("ec2", region_name="us-east-1")
    answers: list[Any] = []
    with Stubber(ec2) as stub:
        if kind != "Delete":
            stub.add_response(
                "describe_security_groups",
                {"SecurityGroups": [{"IpPermissions": inward, "IpPermissionsEgress": outward}]},
                {"GroupIds": [GROUP]},
            )
        if inward and kind != "Delete":
            stub.add_response(
                "revoke_security_group_ingress", {}, {"GroupId": GROUP, "IpPermissions": inward}
            )
        if outward and kind != "Delete":
            stub.add_response(
                "revoke_security_group_egress", {}, {"GroupId": GROUP, "IpPermissions": outward}
            )
        closer = execution_environment(
            "default_group_closer", ec2=ec2, answer=lambda event, said: answers.append(said)
        )
        event = request("", kind, **{"ResourceProperties": {"GroupId": GROUP}, **more})
        closer.handler(event, Context())
        stub.assert_no_pending_responses()
    (answer,) = answers
    return answer


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.parametrize("inward", [[], IN])
@pytest.mark.parametrize("outward", [[], OUT])
def test_whatever_rules_there_are_go(inward: list[Any], outward: list[Any]) -> None:
    answer = close(inward, outward)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", f"{GROUP}-closed")


def test_an_update_closes_it_again() -> None:
    assert close(IN, [], kind="Update")["Status"] == "SUCCESS"


def test_a_deletion_touches_nothing_for_the_group_goes_with_its_vpc() -> None:
    assert close(IN, OUT, kind="Delete")["Status"] == "SUCCESS"


def test_a_request_without_a_group_fails_and_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = []
    closer = execution_environment(
        "default_group_closer", answer=lambda event, said: answers.append(said)
    )
    closer.handler(request("", ResourceProperties={}), Context())
    assert [said["Status"] for said in answers] == ["FAILED"]
