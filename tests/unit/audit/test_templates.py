"""What checkov is shown: the templates of an environment, decided."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.audit.templates import fullest, plain, resolved


@pytest.fixture(scope="module")
def prod() -> dict[tuple[str, str], dict[str, Any]]:
    return dict(resolved("prod"))


def test_what_is_judged_is_decided(prod: dict[tuple[str, str], dict[str, Any]]) -> None:
    """No condition is left, and no intrinsic but a reference within the template."""
    for place, template in prod.items():
        said = json.dumps(template)
        for undecided in ("Fn::If", "Fn::Equals", "AWS::NoValue", "Fn::FindInMap"):
            assert undecided not in said, place


def test_the_environment_in_which_most_stands_is_judged_whatever_it_is_called() -> None:
    assert fullest(["dev", "prod", "staging"]) == "prod"
    assert fullest(["dev", "staging"]) == "staging"


def test_every_region_and_root_is_judged(prod: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert {region for region, _ in prod} == {"eu-central-1", "eu-west-1", "us-east-1"}
    standby = {layer for region, layer in prod if region == "eu-west-1"}
    assert {"foundation", "deployers", "network", "orders", "takeover"} <= standby
    assert all(template["Resources"] for template in prod.values())


def test_a_reference_within_a_template_stays_one() -> None:
    said = {
        "Name": "<us-east-1/catalog/Table.Ref>",
        "Key": "<us-east-1/catalog/Table.Arn>",
        "Other": "<us-east-1/orders/Cluster.Ref>",
    }
    assert plain(said, "us-east-1", "catalog") == {
        "Name": {"Ref": "Table"},
        "Key": {"Fn::GetAtt": ["Table", "Arn"]},
        "Other": "<us-east-1/orders/Cluster.Ref>",
    }
