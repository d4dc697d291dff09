"""Networks: every opening is shown, and the world is let in by nobody unsaid."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.deploy.explanations import LATER, Certainty, Explained
from scripts.deploy.gates.findings import Concern, Finding
from scripts.deploy.gates.openings import openings
from tests.unit.deploy.explaining import explained, explanation

GROUP = "AWS::EC2::SecurityGroup"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


def ingress(peer: str = "10.0.0.0/16", first: int = 443, last: int = 443, **more: Any) -> Any:
    name = (
        "CidrIpv6"
        if ":" in peer
        else "CidrIp"
        if "/" in peer
        else "SourceSecurityGroupId"
        if peer.startswith("sg-")
        else "SourcePrefixListId"
    )
    return {name: peer, "IpProtocol": "tcp", "FromPort": first, "ToPort": last, **more}


def group(*rules: Any) -> dict[str, Any]:
    return {"SecurityGroupIngress": list(rules)}


def found(*changes: Explained) -> list[Finding]:
    return list(openings(explanation(*changes)))


def between(before: dict[str, Any], after: dict[str, Any]) -> list[Finding]:
    return found(explained("FleetGroup", GROUP, before=before, after=after))


WORLD = ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3", "8.0.0.0/7"]
NOT_THE_WORLD = [
    "10.0.0.0/8",
    "fc00::/7",
    "52.94.0.0/16",
    "8.0.0.0/8",
    "2600::/16",
    "sg-1",
    "pl-1",
    LATER,
]


@pytest.mark.parametrize("peer", WORLD)
def test_the_world_is_not_let_in(peer: str) -> None:
    [finding] = between(group(ingress()), group(ingress(), ingress(peer)))

    assert finding.refuses
    assert finding.concern is Concern.OPEN_TO_THE_WORLD
    assert finding.words == f"would let through tcp 443 from {peer}"
    assert (finding.before, finding.after) == ("tcp 443 from 10.0.0.0/16", f"tcp 443 from {peer}")


@pytest.mark.parametrize("peer", NOT_THE_WORLD)
def test_anybody_else_who_is_let_in_is_shown(peer: str) -> None:
    [finding] = between(group(), group(ingress(peer)))

    assert (finding.refuses, finding.concern) == (False, Concern.NETWORK_OPENED)


def test_the_world_that_is_let_in_already_may_stay_but_not_reach_another_port() -> None:
    stands = group(ingress("0.0.0.0/0"))

    assert between(stands, group(ingress("0.0.0.0/0", Description="by another name"))) == []
    assert between(stands, group(ingress("1.2.3.4/32"))) == []
    [finding] = between(stands, group(ingress("0.0.0.0/0"), ingress("0.0.0.0/0", 22, 22)))
    assert finding.refuses
    assert "tcp 22 from 0.0.0.0/0" in finding.words


@pytest.mark.parametrize(
    ("before", "after", "opened"),
    [
        (ingress(), ingress(), False),
        (ingress("10.0.0.0/16"), ingress("10.0.1.0/24"), False),
        (ingress("10.0.1.0/24"), ingress("10.0.0.0/16"), True),
        (ingress(first=1, last=65535), ingress(), False),
        (ingress(), ingress(first=443, last=444), True),
        (ingress(), ingress(IpProtocol="udp"), True),
        (ingress(IpProtocol="6"), ingress(IpProtocol="tcp"), False),
        (ingress(IpProtocol="-1"), ingress(), False),
        (ingress(), ingress(IpProtocol="-1"), True),
        (ingress(IpProtocol=-1), ingress(IpProtocol="icmp", FromPort=8, ToPort=0), False),
        (ingress("sg-1"), ingress("sg-2"), True),
        (ingress("pl-1"), ingress("pl-2"), True),
        (ingress(LATER), ingress(LATER), False),
        (ingress("10.0.0.0/16"), ingress(LATER), True),
        (ingress(LATER), ingress("10.0.0.0/16"), True),
        (ingress("::/0"), ingress("fd00::/8"), False),
        (ingress("0.0.0.0/0"), ingress("fd00::/8"), True),
    ],
)
def test_only_what_lets_more_through_is_an_opening(before: Any, after: Any, opened: bool) -> None:
    assert bool(between(group(before), group(after))) is opened


def test_the_order_of_rules_does_not_matter() -> None:
    rules = [ingress("10.0.0.0/16"), ingress("sg-1"), ingress("pl-1")]

    assert between(group(*rules), group(*rules[::-1])) == []


def test_egress_to_the_world_is_shown() -> None:
    out = {"SecurityGroupEgress": [{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}]}

    [finding] = between({}, out)

    assert (finding.refuses, finding.words) == (False, "would let through everything to 0.0.0.0/0")
    assert between(out, out) == []


def test_a_rule_of_its_own_counts_like_one_of_a_group() -> None:
    rule = {**ingress("0.0.0.0/0"), "GroupId": "sg-1"}

    [new] = found(explained("Rule", "AWS::EC2::SecurityGroupIngress", "Add", after=rule))
    [out] = found(explained("Rule", "AWS::EC2::SecurityGroupEgress", "Add", after=rule))

    assert (new.refuses, out.refuses) == (True, False)
    assert found(explained("Rule", "AWS::EC2::SecurityGroupIngress", "Remove", before=rule)) == []


def test_a_single_rule_that_is_no_list_is_read_all_the_same() -> None:
    [finding] = between({}, {"SecurityGroupIngress": ingress("0.0.0.0/0")})

    assert finding.refuses


def test_a_rule_that_cannot_be_known_is_shown() -> None:
    [finding] = between({}, {"SecurityGroupIngress": [LATER]})

    assert finding.words == f"would let through everything from {LATER}"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ingress(first=80, last=81), "tcp 80-81 from 10.0.0.0/16"),
        (ingress(first=0, last=65535), "tcp from 10.0.0.0/16"),
        (ingress(first=-1, last=-1), "tcp from 10.0.0.0/16"),
        (ingress(IpProtocol="icmp", FromPort=8, ToPort=0), "icmp from 10.0.0.0/16"),
        (ingress(IpProtocol="17"), "udp 443 from 10.0.0.0/16"),
        ({"IpProtocol": "-1"}, "everything from nobody it names"),
    ],
)
def test_a_rule_is_told_in_a_few_words(rule: Any, words: str) -> None:
    [finding] = between({}, group(rule))

    assert finding.words == f"would let through {words}"


def test_an_opening_is_told_beside_what_stands_in_the_same_direction() -> None:
    out = {"SecurityGroupEgress": [{"CidrIp": "10.0.0.0/8", "IpProtocol": "tcp"}]}

    [finding] = between(
        {**group(ingress("sg-1")), **out}, {**group(ingress("sg-1"), ingress("sg-2")), **out}
    )

    assert finding.before == "tcp 443 from sg-1"


def test_a_range_written_with_a_hosts_address_is_the_same_range() -> None:
    assert between(group(ingress("10.0.0.0/16")), group(ingress("10.0.3.4/16"))) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"CidrBlock": "0.0.0.0/0", "Egress": True}, "everything to 0.0.0.0/0"),
        ({"Ipv6CidrBlock": "::/0", "Egress": "true"}, "everything to ::/0"),
        ({"CidrBlock": "10.0.0.0/8", "Egress": False}, "everything from 10.0.0.0/8"),
        (
            {"CidrBlock": "10.0.0.0/8", "Protocol": 6, "PortRange": {"From": 22, "To": 22}},
            "tcp 22 from 10.0.0.0/8",
        ),
    ],
)
def test_an_entry_says_which_way_it_lets_through(entry: dict[str, Any], words: str) -> None:
    allow = {"RuleAction": "allow", "Protocol": -1, **entry}

    [finding] = found(explained("E", "AWS::EC2::NetworkAclEntry", "Add", after=allow))

    assert finding.words == f"would let through {words}"


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ({"RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "Protocol": 6}, True),
        ({"RuleAction": "deny", "CidrBlock": "0.0.0.0/0", "Protocol": -1}, False),
    ],
)
def test_an_entry_of_a_network_acl_is_shown_where_it_allows(
    entry: dict[str, Any], shown: bool
) -> None:
    findings = found(explained("In", "AWS::EC2::NetworkAclEntry", "Add", after=entry))

    assert [one.concern for one in findings] == ([Concern.NETWORK_OPENED] if shown else [])


@pytest.mark.parametrize(
    ("type", "before", "after", "concern"),
    [
        (
            BALANCER,
            {"Scheme": "internal"},
            {"Scheme": "internet-facing"},
            Concern.OPEN_TO_THE_WORLD,
        ),
        (BALANCER, {"Scheme": "internal"}, {}, Concern.OPEN_TO_THE_WORLD),
        (BALANCER, None, {"Scheme": "internet-facing"}, Concern.NETWORK_OPENED),
        (BALANCER, {"Scheme": "internet-facing"}, {"Scheme": "internet-facing"}, None),
        (BALANCER, None, {"Scheme": "internal"}, None),
        ("AWS::Lambda::Url", None, {"AuthType": "NONE"}, Concern.OPEN_TO_THE_WORLD),
        (
            "AWS::Lambda::Url",
            {"AuthType": "AWS_IAM"},
            {"AuthType": "NONE"},
            Concern.OPEN_TO_THE_WORLD,
        ),
        ("AWS::Lambda::Url", {"AuthType": "NONE"}, {"AuthType": "NONE"}, None),
        ("AWS::Lambda::Url", None, {"AuthType": "AWS_IAM"}, None),
        (
            "AWS::ApiGateway::RestApi",
            {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
            {"EndpointConfiguration": {"Types": ["REGIONAL"]}},
            Concern.OPEN_TO_THE_WORLD,
        ),
        (
            "AWS::ApiGateway::RestApi",
            {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
            {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
            None,
        ),
        (
            "AWS::EC2::Route",
            None,
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            Concern.NETWORK_OPENED,
        ),
        (
            "AWS::EC2::Route",
            None,
            {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"},
            None,
        ),
        (
            "AWS::EC2::Route",
            None,
            {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1"},
            Concern.NETWORK_OPENED,
        ),
        (
            "AWS::EC2::Route",
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"},
            None,
        ),
        ("AWS::EC2::Route", None, {"DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "vgw"}, None),
        ("AWS::ElasticLoadBalancingV2::Listener", {"Port": 443}, {"Port": 443}, None),
        ("AWS::ElasticLoadBalancingV2::Listener", None, {"Port": 443}, None),
        ("AWS::ElasticLoadBalancingV2::Listener", {}, {"Port": 443}, None),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            {"Port": 443},
            {"Port": 80},
            Concern.NETWORK_OPENED,
        ),
    ],
)
def test_doors(
    type: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    concern: Concern | None,
) -> None:
    action = "Add" if before is None else "Modify"
    findings = found(explained("Door", type, action, before, after))  # type: ignore[arg-type]

    assert [one.concern for one in findings] == ([concern] if concern else [])
    assert all(one.refuses is (concern is Concern.OPEN_TO_THE_WORLD) for one in findings)


def test_a_change_that_will_not_happen_opens_nothing() -> None:
    phantom = explained(
        "G", GROUP, before=group(), after=group(ingress("0.0.0.0/0")), certainty=Certainty.PHANTOM
    )

    assert found(phantom) == []
