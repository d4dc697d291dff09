"""Networks: who may reach more than before.

Shown is every rule that lets more in or out. Refused is what lets the world in: 0.0.0.0/0, ::/0 and other
ranges of public addresses as wide, unless what stands lets it in already. Egress to the world is shown only:
it is how instances reach AWS, and what they may do there is their roles' matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, TypeAlias

from scripts.deploy.explanations import Certainty, Explained, Explanation, Value
from scripts.deploy.gates.findings import Concern, Finding, of
from scripts.deploy.gates.property_paths import is_unknown
from scripts.deploy.gates.worlds import worlds

Direction: TypeAlias = Literal["in", "out"]

_ACL_ENTRY = "AWS::EC2::NetworkAclEntry"

#: A range of public addresses with a shorter prefix is the world: two halves of it are no less.
_WIDEST: Mapping[int, int] = {4: 8, 6: 16}

#: The properties by which a rule names a peer.
_PEERS = (
    "CidrIp",
    "CidrIpv6",
    "SourcePrefixListId",
    "DestinationPrefixListId",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
    "DestinationSecurityGroupId",
)

#: -1 and all are every protocol; numbers are IANA's (SecurityGroupIngress, IpProtocol).
_PROTOCOLS: Mapping[str, str] = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_WITH_PORTS = ("tcp", "udp")


@dataclass(frozen=True)
class Rule:
    """Who is let through: a peer, a protocol, and ports where it has any."""

    direction: Direction
    peer: str
    protocol: str
    first: int = 0
    last: int = 65535

    def covers(self, other: Rule) -> bool:
        """Whether whatever `other` lets through passes here, too."""
        return (
            self.direction == other.direction
            and self.protocol in ("all", other.protocol)
            and (self.protocol == "all" or self.first <= other.first <= other.last <= self.last)
            and _contains(self.peer, other.peer)
        )

    @property
    def is_to_the_world(self) -> bool:
        """Whether the peer is everybody, or nearly. (Some Pythons call 0.0.0.0/0 private.)"""
        network = _network(self.peer)
        return (
            network is not None
            and network.prefixlen < _WIDEST[network.version]
            and not (network.is_private and network.prefixlen > 0)
        )

    def __str__(self) -> str:
        if self.protocol not in _WITH_PORTS or (self.first, self.last) == (0, 65535):
            ports = ""
        else:
            ports = f" {self.first}" if self.first == self.last else f" {self.first}-{self.last}"
        way = "from" if self.direction == "in" else "to"
        said = "everything" if self.protocol == "all" else f"{self.protocol}{ports}"
        return f"{said} {way} {self.peer}"


def openings(explanation: Explanation) -> Iterator[Finding]:
    """Every rule that lets more through than what stands."""
    for one in explanation.changes:
        if one.change.action == "Remove" or one.certainty is Certainty.PHANTOM:
            continue
        before, after = worlds(one)
        yield from _rules(one, before, after)
        yield from _doors(one, before, after)


def _rules(
    one: Explained, before: Mapping[str, Value] | None, after: Mapping[str, Value]
) -> Iterator[Finding]:
    stood = list(rules(one.change.type, before or {}))
    for rule in rules(one.change.type, after):
        if rule in stood or any(each.covers(rule) for each in stood):
            continue
        coarse = one.change.type == _ACL_ENTRY
        world = rule.is_to_the_world and rule.direction == "in" and not coarse
        yield of(
            one,
            Concern.OPEN_TO_THE_WORLD if world else Concern.NETWORK_OPENED,
            f"would let through {rule}",
            "; ".join(str(each) for each in stood if each.direction == rule.direction),
            str(rule),
            refuses=world,
        )


def rules(type: str, properties: Mapping[str, Value]) -> Iterator[Rule]:
    """What a resource lets through."""
    match type:
        case "AWS::EC2::SecurityGroup":
            for said in _several(properties.get("SecurityGroupIngress")):
                yield _rule("in", said)
            for said in _several(properties.get("SecurityGroupEgress")):
                yield _rule("out", said)
        case "AWS::EC2::SecurityGroupIngress":
            yield _rule("in", properties)
        case "AWS::EC2::SecurityGroupEgress":
            yield _rule("out", properties)
        case "AWS::EC2::NetworkAclEntry" if properties.get("RuleAction") == "allow":
            yield _entry(properties)


def _doors(
    one: Explained, before: Mapping[str, Value] | None, after: Mapping[str, Value]
) -> Iterator[Finding]:
    """What is a door by itself: a balancer that the internet reaches, a function's URL, a way out."""
    stood = before or {}
    match one.change.type:
        case "AWS::ElasticLoadBalancingV2::LoadBalancer":
            had, has = stood.get("Scheme", "internet-facing"), after.get("Scheme")
            if has in ("internet-facing", None) and (before is None or had == "internal"):
                yield of(
                    one,
                    Concern.NETWORK_OPENED if before is None else Concern.OPEN_TO_THE_WORLD,
                    "would be reached from the internet",
                    had if before is not None else None,
                    "internet-facing",
                    refuses=before is not None,
                )
        case "AWS::Lambda::Url":
            had, has = stood.get("AuthType"), after.get("AuthType")
            if has == "NONE" and had != "NONE":
                words = "would answer whoever calls it, without a signature"
                yield of(one, Concern.OPEN_TO_THE_WORLD, words, had, has)
        case "AWS::ApiGateway::RestApi":
            had, has = _endpoints(stood), _endpoints(after)
            if "PRIVATE" in had and "PRIVATE" not in has:
                words = "would be reached from the internet"
                yield of(one, Concern.OPEN_TO_THE_WORLD, words, had, has)
        case "AWS::EC2::Route":
            had, has = stood.get("GatewayId"), after.get("GatewayId")
            if has and has != had and _is_everywhere(after):
                words = "would lead its subnets to the internet"
                yield of(one, Concern.NETWORK_OPENED, words, had, has, refuses=False)
        case "AWS::ElasticLoadBalancingV2::Listener" if before is not None:
            had, has = stood.get("Port"), after.get("Port")
            if has != had and had is not None and has is not None:
                words = f"would listen on port {has}"
                yield of(one, Concern.NETWORK_OPENED, words, had, has, refuses=False)


def _endpoints(properties: Mapping[str, Value]) -> list[str]:
    configured = properties.get("EndpointConfiguration")
    types = configured.get("Types") if isinstance(configured, Mapping) else None
    return [str(one) for one in types] if isinstance(types, list) else []


def _is_everywhere(properties: Mapping[str, Value]) -> bool:
    there = (properties.get("DestinationCidrBlock"), properties.get("DestinationIpv6CidrBlock"))
    return "0.0.0.0/0" in there or "::/0" in there


def _several(said: Value) -> list[Value]:
    return said if isinstance(said, list) else [] if said is None else [said]


def _rule(direction: Direction, said: Value) -> Rule:
    """One rule of a security group. One that nobody can read lets through whatever it may."""
    if not isinstance(said, Mapping):
        return Rule(direction, str(said), "all")
    peer = next((str(said[name]) for name in _PEERS if said.get(name)), "nobody it names")
    protocol = _protocol(said.get("IpProtocol", "-1"))
    first, last = _port(said.get("FromPort"), 0), _port(said.get("ToPort"), 65535)
    if protocol not in _WITH_PORTS or first < 0:
        first, last = 0, 65535
    return Rule(direction, peer, protocol, first, last)


def _entry(said: Mapping[str, Value]) -> Rule:
    """An entry of a network ACL that allows."""
    peer = str(said.get("CidrBlock") or said.get("Ipv6CidrBlock") or "nobody it names")
    ports = said.get("PortRange")
    ports = ports if isinstance(ports, Mapping) else {}
    return Rule(
        "out" if str(said.get("Egress", "")).lower() == "true" else "in",
        peer,
        _protocol(said.get("Protocol", "-1")),
        _port(ports.get("From"), 0),
        _port(ports.get("To"), 65535),
    )


def _protocol(said: Value) -> str:
    text = str(said).lower()
    return _PROTOCOLS.get(text, text)


def _port(said: Value, otherwise: int) -> int:
    try:
        return int(str(said))
    except ValueError:
        return otherwise


def _contains(wide: str, narrow: str) -> bool:
    """Whether a peer is another, or holds it; what cannot be known holds nothing."""
    if is_unknown(wide) or is_unknown(narrow):
        return False
    one, other = _network(wide), _network(narrow)
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return other.subnet_of(one)
    if isinstance(one, IPv6Network) and isinstance(other, IPv6Network):
        return other.subnet_of(one)
    return wide == narrow


def _network(peer: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(peer, strict=False)
    except ValueError:
        return None
