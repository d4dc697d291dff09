"""The parameter values of a root, from its manifest and an environment."""

from __future__ import annotations

import pytest

from generator import parameters
from generator.environments import Environment
from generator.manifest import Manifest, ParameterSource

DEV = Environment(
    "dev",
    "111111111111",
    "us-east-1",
    "us-west-2",
    {"us-east-1": {"vpc_cidr": "10.0.0.0/16"}, "us-west-2": {"vpc_cidr": "10.1.0.0/16"}},
)


def values(
    region: str = "us-east-1", *, peer_ready: str = "true", **sources: ParameterSource
) -> dict[str, str]:
    return parameters.values(
        Manifest("foundation", sources, {}),
        DEV,
        region,
        facts={"peer_ready": peer_ready, "template_base_url": "https://bucket/releases"},
        received=lambda source: f"{source.region} {source.output}{source.question}".strip(),
    )


def handoff(region: str, root: str = "foundation") -> ParameterSource:
    return ParameterSource.handoff(root, region, "KeyArn", "example")


def test_a_setting_is_the_regions_own() -> None:
    source = ParameterSource.setting("vpc_cidr", "environment")

    assert values("us-east-1", VpcCidr=source) == {"VpcCidr": "10.0.0.0/16"}
    assert values("us-west-2", VpcCidr=source) == {"VpcCidr": "10.1.0.0/16"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("environment", "dev"),
        ("region_role", "standby"),
        ("primary_region", "us-east-1"),
        ("peer_region", "us-east-1"),
        ("peer_ready", "true"),
        ("template_base_url", "https://bucket/releases"),
    ],
)
def test_facts_come_from_the_environment_and_the_planner(key: str, value: str) -> None:
    assert values("us-west-2", Fact=ParameterSource.setting(key, "planner")) == {"Fact": value}


def test_lookups_and_handoffs_are_asked_for() -> None:
    lookup = ParameterSource.lookup("PublicParameter", {"path": "/ami"}, "ami-1")

    assert values(Image=lookup, Key=handoff("own")) == {
        "Image": "PublicParameter",
        "Key": "own KeyArn",
    }


def test_the_primary_hands_nothing_to_itself() -> None:
    assert values("us-east-1", Key=handoff("primary")) == {"Key": ""}
    assert values("us-west-2", Key=handoff("primary")) == {"Key": "primary KeyArn"}


def test_another_root_of_the_primary_is_asked_in_the_primary_too() -> None:
    assert values("us-east-1", Key=handoff("primary", root="account")) == {"Key": "primary KeyArn"}


def test_a_peer_that_does_not_stand_hands_nothing_on() -> None:
    assert values(peer_ready="false", Key=handoff("peer")) == {"Key": ""}
    assert values(peer_ready="true", Key=handoff("peer")) == {"Key": "peer KeyArn"}
