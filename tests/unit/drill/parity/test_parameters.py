from __future__ import annotations

from dataclasses import replace

import pytest

from generator.manifest import ParameterSource
from scripts.drill.parity import parameters
from scripts.drill.parity.findings import Finding, Outcome
from scripts.drill.parity.sides import Side
from tests.unit.drill.parity.pair import region, stack
from tests.unit.drill.preflight.grounds import PRIMARY, STANDBY

SOURCES = {
    "VpcCidr": ParameterSource("setting", key="vpc_cidr"),
    "ShopMaximum": ParameterSource("setting", key="shop_maximum"),
    "RegionRole": ParameterSource("fact", key="region_role"),
    "PeerReady": ParameterSource("fact", key="peer_ready"),
    "TemplateBaseUrl": ParameterSource("fact", key="template_base_url"),
    "DataKeyArn": ParameterSource("handoff", root="foundation", region="own", output="DataKeyArn"),
    "PeerDataKeyArn": ParameterSource(
        "handoff", root="foundation", region="peer", output="DataKeyArn"
    ),
    "ImageId": ParameterSource("lookup", question="PublicParameter"),
}


def deployed(name: str, **said: str) -> Side:
    """The platform with these parameters, on a foundation that gives a key."""
    side = region(name, parameters=said, sources=SOURCES).side
    foundation = stack(name, "foundation", {}, DataKeyArn=f"key-{name}")
    return replace(
        side,
        stacks={**side.stacks, "foundation": foundation},
        templates={**side.templates, "foundation": side.templates["platform"]},
    )


def found(parameter: str, here: str, there: str) -> Finding:
    """What becomes of one parameter with these values."""
    (finding,) = parameters.compare(
        deployed(PRIMARY, **{parameter: here}), deployed(STANDBY, **{parameter: there})
    )
    return finding


@pytest.mark.parametrize(
    ("parameter", "here", "there", "outcome"),
    [
        ("VpcCidr", "10.16.0.0/16", "10.17.0.0/16", Outcome.EXPLAINED),
        ("VpcCidr", "10.16.0.0/16", "10.99.0.0/16", Outcome.DIFFERENT),
        ("ShopMaximum", "4", "4", Outcome.EQUAL),
        ("ShopMaximum", "4", "5", Outcome.DIFFERENT),
        ("RegionRole", "primary", "standby", Outcome.EXPLAINED),
        ("RegionRole", "standby", "primary", Outcome.DIFFERENT),
        ("PeerReady", "true", "false", Outcome.DIFFERENT),
        (
            "TemplateBaseUrl",
            f"https://b-{PRIMARY}/r1",
            f"https://b-{STANDBY}/r1",
            Outcome.EXPLAINED,
        ),
        (
            "TemplateBaseUrl",
            f"https://b-{PRIMARY}/r1",
            f"https://b-{STANDBY}/r2",
            Outcome.DIFFERENT,
        ),
        ("DataKeyArn", f"key-{PRIMARY}", f"key-{STANDBY}", Outcome.EXPLAINED),
        ("DataKeyArn", f"key-{PRIMARY}", "key-of-yesterday", Outcome.DIFFERENT),
        ("PeerDataKeyArn", f"key-{STANDBY}", f"key-{PRIMARY}", Outcome.EXPLAINED),
        ("PeerDataKeyArn", f"key-{STANDBY}", "", Outcome.DIFFERENT),
        ("ImageId", "ami-1", "ami-2", Outcome.EXPLAINED),
        ("Unheard", "a", "b", Outcome.DIFFERENT),
    ],
)
def test_values_differ_by_role_region_or_params_or_not_at_all(
    parameter: str, here: str, there: str, outcome: Outcome
) -> None:
    finding = found(parameter, here, there)

    assert finding.outcome is outcome
    assert (finding.subject, finding.primary, finding.standby) == (
        f"platform.{parameter}",
        here,
        there,
    )
    assert bool(finding.remedy) is (outcome is not Outcome.EQUAL)


def test_a_lower_ceiling_is_a_difference_though_params_say_so() -> None:
    """The environment may mean it; a failover would find out all the same."""
    primary = deployed(PRIMARY, ShopMaximum="4")
    environment = primary.environment
    for most, outcome in (("2", Outcome.DIFFERENT), ("6", Outcome.EXPLAINED)):
        said = {
            region: {**values, "shop_maximum": most if region == STANDBY else "4"}
            for region, values in environment.settings.items()
        }
        meant = replace(environment, settings=said)
        (finding,) = parameters.compare(
            replace(primary, environment=meant),
            replace(deployed(STANDBY, ShopMaximum=most), environment=meant),
        )

        assert finding.outcome is outcome


def test_a_root_that_one_region_has_not_is_a_difference() -> None:
    primary, standby = deployed(PRIMARY), deployed(STANDBY)
    without = replace(standby, stacks={"platform": standby.stacks["platform"]})

    (finding,) = parameters.compare(primary, without)

    assert (finding.subject, finding.primary, finding.standby) == (
        "foundation",
        "stands",
        "missing",
    )
    assert finding.outcome is Outcome.DIFFERENT
