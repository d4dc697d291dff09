"""The gates before a deploy, against a platform that stands: refused, waived, expired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.rehearsal.deploy.conftest import PRIMARY, Project
from tests.rehearsal.deploy.shop import Shop

QUEUE = {"Fn::GetAtt": ["Jobs", "Arn"]}


@dataclass(frozen=True)
class Guarded(Shop):
    """The shop with something that each gate guards, as it should be or as it should not."""

    protected: bool = True
    narrow: bool = True
    closed: bool = True

    def catalog(self) -> dict[str, Any]:
        catalog = super().catalog()
        catalog["Resources"]["Products"]["Properties"] |= {
            "DeletionProtectionEnabled": self.protected,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": self.protected},
        }
        trusted = {"Service": "lambda.amazonaws.com"}
        catalog["Resources"] |= {
            "Jobs": {"Type": "AWS::SQS::Queue"},
            "Sender": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
                        ],
                    },
                    "Policies": [
                        {
                            "PolicyName": "sends",
                            "PolicyDocument": {
                                "Version": "2012-10-17",
                                "Statement": [
                                    {
                                        "Sid": "Jobs",
                                        "Effect": "Allow",
                                        "Action": "sqs:SendMessage" if self.narrow else "sqs:*",
                                        "Resource": QUEUE,
                                    }
                                ],
                            },
                        }
                    ],
                },
            },
            "Door": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {
                    "GroupDescription": "Who may come in",
                    "SecurityGroupIngress": [
                        {
                            "IpProtocol": "tcp",
                            "FromPort": 443,
                            "ToPort": 443,
                            "CidrIp": "10.0.0.0/16" if self.closed else "0.0.0.0/0",
                        }
                    ],
                },
            },
        }
        return catalog

    def build(self, project: Project) -> None:
        self.write(project.path / "templates" / "out")


@pytest.fixture
def guarded(project: Project) -> Project:
    Guarded().build(project)
    run = project.run("deploy", "dev", "--direct", "--yes")
    assert run.code == 0, run.told
    return project


def waive(project: Project, *findings: str, until: str = "2099-01-01") -> None:
    lines = [
        f"- {{environment: dev, resource: {resource}, finding: {finding}, reason: tried, "
        f"until: {until}}}"
        for resource, finding in (one.split(" ") for one in findings)
    ]
    (project.path / "params" / "waivers.yaml").write_text("\n".join(lines) + "\n")


PLANTED = (
    "Catalog/Products deletion-protection-lost",
    "Catalog/Products backups-lost",
    "Catalog/Sender iam-star",
    "Catalog/Door open-to-the-world",
)


def test_what_a_gate_guards_is_refused_until_every_finding_is_waived(guarded: Project) -> None:
    Guarded(protected=False, narrow=False, closed=False).build(guarded)

    refused = guarded.run("deploy", "dev", "--direct", "--yes")

    assert refused.code == 3
    for planted in PLANTED:
        where, finding = planted.split(" ")
        assert f"{where} (AWS::" in refused.told
        assert f"[{finding}]" in refused.told
        assert f"resource: {where}, finding: {finding}" in refused.told
    assert guarded.unexecuted() == []

    waive(guarded, *PLANTED[:-1])
    still = guarded.run("deploy", "dev", "--direct", "--yes")
    assert still.code == 3
    assert "[open-to-the-world]" in still.told
    assert "[iam-star]" not in still.told

    waive(guarded, *PLANTED, until="2026-01-31")
    expired = guarded.run("deploy", "dev", "--direct", "--yes")
    assert expired.code == 3
    assert "the waiver of params/waivers.yaml:1 expired on 2026-01-31" in expired.told

    waive(guarded, *PLANTED)
    passed = guarded.run("deploy", "dev", "--direct", "--yes")
    assert passed.code == 0, passed.told


def test_drift_in_what_is_about_to_change_is_refused_until_it_is_adopted(guarded: Project) -> None:
    sqs = guarded.client("sqs", PRIMARY)
    url = sqs.get_queue_url(QueueName="tradewind-dev-orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "77"})
    Guarded(delay=30).build(guarded)

    refused = guarded.run("deploy", "dev", "--direct", "--yes")

    assert refused.code == 3
    assert (
        "Queue/Orders (AWS::SQS::Queue) was changed by hand, past CloudFormation: "
        "/DelaySeconds is 77 and should be 5 [drift]"
    ) in refused.told
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])[
        "Attributes"
    ] == {"DelaySeconds": "77"}

    Guarded(delay=77).build(guarded)
    adopted = guarded.run("deploy", "dev", "--direct", "--yes")
    assert adopted.code == 0, adopted.told


def test_drift_in_what_stays_as_it_is_stops_nothing(guarded: Project) -> None:
    sqs = guarded.client("sqs", PRIMARY)
    url = sqs.get_queue_url(QueueName="tradewind-dev-orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "77"})
    Guarded(topics=2).build(guarded)

    run = guarded.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 0, run.told


def test_a_waiver_that_is_wrong_is_an_error_that_names_its_line(guarded: Project) -> None:
    Guarded(closed=False).build(guarded)
    waive(guarded, "Catalog/Door open-to-world")

    run = guarded.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 2
    assert "params/waivers.yaml:1: there is no finding 'open-to-world'" in run.told
    assert "Did you mean open-to-the-world?" in run.told
