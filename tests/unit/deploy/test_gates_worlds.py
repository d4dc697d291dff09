"""Both worlds of a resource: whole where the explainer read them, else only what changes."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.deploy.explanations import HIDDEN, PropertyChange
from scripts.deploy.gates.examination import read
from scripts.deploy.gates.worlds import is_whole, worlds
from tests.unit.deploy.explaining import ACCOUNT, explained, explanation

QUEUE = "AWS::SQS::Queue"
CHANGES = (
    PropertyChange("DelaySeconds", 5, 30),
    PropertyChange("KmsMasterKeyId", "k", None),
    PropertyChange("Tags", None, [{"Key": "a"}], attribute="Tags"),
    PropertyChange("DeletionPolicy", "Retain", "Delete", attribute="DeletionPolicy"),
    PropertyChange("Password", "x", "y", secret=True),
)


def test_whole_worlds_are_taken_as_they_are() -> None:
    one = explained("Q", QUEUE, before={"A": 1}, after={"A": 2}, properties=CHANGES)

    assert is_whole(one)
    assert worlds(one) == ({"A": 1}, {"A": 2})


def test_otherwise_only_the_properties_that_change_are_known_and_no_secret_is() -> None:
    for half in (
        explained("Q", QUEUE, properties=CHANGES),
        explained("Q", QUEUE, before={"A": 1}, properties=CHANGES),
        explained("Q", QUEUE, after={"A": 1}, properties=CHANGES),
    ):
        assert not is_whole(half)
        assert worlds(half) == (
            {"DelaySeconds": 5, "KmsMasterKeyId": "k", "Password": HIDDEN},
            {"DelaySeconds": 30, "Tags": [{"Key": "a"}], "Password": HIDDEN},
        )


def test_of_what_is_new_there_is_no_before_and_of_what_goes_no_after() -> None:
    new, gone = explained("Q", QUEUE, "Add", after={"A": 1}), explained("Q", QUEUE, "Remove")

    assert (is_whole(new), worlds(new)) == (True, (None, {"A": 1}))
    assert not is_whole(explained("Q", QUEUE, "Add"))
    assert (is_whole(gone), worlds(gone)) == (False, ({}, {}))
    assert is_whole(explained("Q", QUEUE, "Remove", before={}))
    assert not is_whole(explained("Q", QUEUE, "Remove", after={}))


def rule(cidr: str) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": cidr}


CLUSTER = "AWS::RDS::DBCluster"
GROUP = "AWS::EC2::SecurityGroup"
ROLE = "AWS::IAM::Role"
STAR = ["arn:aws:iam::aws:policy/AdministratorAccess"]


@pytest.mark.parametrize(
    ("type", "name", "good", "bad"),
    [
        (CLUSTER, "KmsKeyId", "key-1", None),
        (CLUSTER, "DeletionProtection", True, False),
        (CLUSTER, "GlobalClusterIdentifier", "shop", None),
        (GROUP, "SecurityGroupIngress", [rule("10.0.0.0/8")], [rule("0.0.0.0/0")]),
        (ROLE, "PermissionsBoundary", "boundary", None),
        (ROLE, "ManagedPolicyArns", None, STAR),
    ],
)
def test_of_what_a_condition_will_choose_both_have_to_pass(
    type: str, name: str, good: Any, bad: Any
) -> None:
    def refused(after: Any) -> list[str]:
        one = explained("R", type, before={name: good}, after={name: after})
        return [str(found) for found in read(explanation(one), ACCOUNT) if found.refuses]

    assert len(refused(bad)) == 1
    assert refused({"Fn::If": ["Unknown", good, bad]}) == refused(bad)
    assert refused({"Fn::If": ["Unknown", bad, good]}) == refused(bad)
    assert refused({"Fn::If": ["Unknown", good, good]}) == []


def test_what_a_condition_may_leave_out_of_a_list_may_be_in_it() -> None:
    undecided = [rule("10.0.0.0/8"), {"Fn::If": ["Unknown", rule("0.0.0.0/0"), None]}]
    one = explained(
        "R",
        GROUP,
        before={"SecurityGroupIngress": undecided[:1]},
        after={"SecurityGroupIngress": undecided},
    )

    assert [found.refuses for found in read(explanation(one), ACCOUNT)].count(True) == 1
