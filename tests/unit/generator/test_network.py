"""What may cross the edges of the VPC's tiers, and what the tiers reach without NAT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from generator.layers.network import Network
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import of_type, standing

ANYWHERE, TCP, ICMP = "0.0.0.0/0", 6, 1


@pytest.fixture(scope="module")
def network() -> Made:
    return standing(Network, availability_zones="3")


@pytest.mark.parametrize("tier", ["Public", "Private"])
def test_who_speaks_to_the_internet_hears_that_a_packet_was_too_large(
    network: Made, tier: str
) -> None:
    """A network ACL without ICMP's type 3, code 4 breaks Path MTU Discovery."""
    (heard,) = (rule["Icmp"] for rule in entries(network, tier) if rule["Protocol"] == ICMP)
    assert heard == {"Type": 3, "Code": 4}


def test_the_internet_opens_connections_to_https_alone(network: Made) -> None:
    """Below the ports of answers nothing else enters; no list is open to SSH or remote desktop."""
    for tier in ("Public", "Private", "Data"):
        opened = {
            port
            for rule in entries(network, tier)
            if rule["CidrBlock"] == ANYWHERE and rule["Protocol"] == TCP
            for port in (22, 80, 443, 3389, 5433)
            if rule["PortRange"]["From"] <= port <= rule["PortRange"]["To"]
        }
        assert opened - {5433} == ({443} if tier == "Public" else set())


def test_the_data_tier_speaks_to_the_vpc_alone(network: Made) -> None:
    acl = network["DataIn100"]["NetworkAclId"]
    rules = of_type(network, "AWS::EC2::NetworkAclEntry").values()
    assert {r["CidrBlock"] for r in rules if r["NetworkAclId"] == acl} == {"10.0.0.0/16"}


def test_a_gateway_endpoint_serves_only_tiers_whose_access_list_lets_its_traffic_pass(
    network: Made,
) -> None:
    for service in ("S3", "DynamoDb"):
        served = {routes.of for routes in network[f"{service}Endpoint"]["RouteTableIds"]}
        assert served == {"PrivateRoutesA", "PrivateRoutesB", "PrivateRoutesC"}


def entries(network: Made, tier: str) -> Iterator[Mapping[str, Any]]:
    """What may enter the tier."""
    for title, rule in of_type(network, "AWS::EC2::NetworkAclEntry").items():
        if title.startswith(f"{tier}In"):
            yield rule
