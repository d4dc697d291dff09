"""Network ACLs: a short list of what may cross the edge of a tier; whatever no rule allows stays out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, Ref, Tags
from troposphere.ec2 import ICMP, NetworkAcl, NetworkAclEntry, PortRange

if TYPE_CHECKING:
    from generator.layer import Layer

ANYWHERE = "0.0.0.0/0"
HTTPS = (443, 443)

#: Ports that answers come back to, less 3389: CIS and AWS Config want no list open to remote desktop. One in
#: 64,512 outgoing connections through a NAT gateway would use it, and is tried again on another port.
EPHEMERAL = ((1024, 3388), (3390, 65535))

#: Protocol numbers of network ACLs (IANA); -1 is all.
OVER_ICMP, OVER_TCP, EVERY_PROTOCOL = 1, 6, -1

#: ICMP's answer of a router whose next link is too narrow for the packet.
TOO_LARGE = {"Icmp": ICMP(Type=3, Code=4)}


@dataclass(frozen=True)
class Rule:
    """One rule that allows, at its number in the list; `narrowed` is what of the protocol may pass."""

    number: int
    block: object
    egress: bool
    protocol: int = EVERY_PROTOCOL
    narrowed: Mapping[str, Any] = field(default_factory=dict)


def let_in(number: int, block: object, ports: tuple[int, int] | None = None) -> Rule:
    """Traffic from a block of addresses may enter the tier; without ports, of every protocol."""
    if ports is None:
        return Rule(number, block, egress=False)
    narrowed = {"PortRange": PortRange(From=ports[0], To=ports[1])}
    return Rule(number, block, egress=False, protocol=OVER_TCP, narrowed=narrowed)


def let_out(block: object) -> Rule:
    """Traffic may leave the tier for a block of addresses."""
    return Rule(100, block, egress=True)


def answers() -> list[Rule]:
    """What comes back to those who asked outside: an access list is stateless.

    ICMP tells a sender that its packet is too large for the path; one that never hears it sends in vain.
    https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html
    """
    return [
        *(let_in(number, ANYWHERE, ports) for number, ports in enumerate(EPHEMERAL, 200)),
        Rule(300, ANYWHERE, egress=False, protocol=OVER_ICMP, narrowed=TOO_LARGE),
    ]


def access_list(layer: Layer, tier: str, *, vpc: object, rules: Iterable[Rule]) -> AWSObject:
    """The access list of a tier, with its rules."""
    acl = layer.add(
        NetworkAcl(f"{tier}Acl", VpcId=vpc, Tags=Tags(Name=layer.named(f"{tier.lower()}-acl")))
    )
    for rule in rules:
        layer.add(
            NetworkAclEntry(
                f"{tier}{'Out' if rule.egress else 'In'}{rule.number}",
                NetworkAclId=Ref(acl),
                RuleNumber=rule.number,
                Egress=rule.egress,
                Protocol=rule.protocol,
                RuleAction="allow",
                CidrBlock=rule.block,
                **rule.narrowed,
            )
        )
    return acl
