"""No two resources of an environment claim one name: one would take the other's place, or be refused."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest

from scripts.sandbox.resources.schemas import schema_of
from tests.coverage.platform import Resource, Standing, platform

#: Services whose names are the account's, whatever the region.
GLOBAL = ("AWS::IAM::", "AWS::S3::", "AWS::CloudFront::", "AWS::CloudWatch::Dashboard")

#: What is told apart by its place, not by a name of ours.
UNNAMED = ("AWS::CloudFormation::", "Custom::")

#: Several of these bear one name by design: a record is its name and its type.
SHARED = ("AWS::Route53::RecordSet",)

#: The names of types whose primary identifier is an ARN, or an id that AWS mints.
OWN_NAMES = ("Name", "QueueName", "TopicName", "StateMachineName", "PolicyName", "AlarmName")

STANDINGS = [
    Standing(environment, settings=(("orders_engine", engine),))
    for environment in ("dev", "staging", "prod")
    for engine in ("rds-multi-az", "aurora-global")
]


@pytest.mark.parametrize("standing", STANDINGS, ids=str)
def test_no_two_resources_claim_one_name(standing: Standing) -> None:
    claims: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for resource in platform(standing).resources:
        if name := _name(resource):
            scope = "everywhere" if resource.type.startswith(GLOBAL) else resource.region
            claims[resource.type, scope, name].append(str(resource))

    assert {claim: by for claim, by in claims.items() if len(by) > 1} == {}
    assert len(claims) > 100


def _name(resource: Resource) -> str:
    """What the template names it by, where it does: its primary identifier, all of it."""
    if resource.type.startswith((*UNNAMED, *SHARED)):
        return ""
    schema = schema_of(resource.type, "us-east-1")
    assert schema is not None
    paths = schema.document.get("primaryIdentifier", ())
    named: list[Any] = [resource.properties.get(path.split("/")[2]) for path in paths]
    if not all(named):
        named = [value for part, value in resource.properties.items() if part in OWN_NAMES]
    return json.dumps(named, default=str) if named else ""
