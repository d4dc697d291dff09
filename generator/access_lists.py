"""Network ACLs: a short list of what may cross the edge of a tier; whatever no rule allows stays out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, Ref, Tags
from troposphere.ec2 import NetworkAcl, NetworkAclEntry, PortRange

if TYPE_CHECKING:
    from generator.layer import Layer

ANYWHERE = "0.0.0.0/0"
HTTPS = (443, 443)

#: Ports that answers come back to, less 3389: CIS and AWS Config want no list open to remote desktop. One in
#: 64,512 outgoing connections through a NAT gateway would use it, and is tried again on another port.
EPHEMERAL = ((1024, 3388), (3390, 65535))

#: Protocol numbers of network ACLs (IANA); -1 is all.
TCP, EVERY_PROTOCOL = 6, -1


@dataclass(frozen=True)
class Rule:
    """One rule that allows, at its number in the list; without `ports`, every protocol."""

    number: int
    block: object
    egress: bool
    ports: tuple[int, int] | None = None


def let_in(number: int, block: object, ports: tuple[int, int] | None = None) -> Rule:
    """Traffic from a block of addresses may enter the tier."""
    return Rule(number, block, egress=False, ports=ports)


def let_out(block: object) -> Rule:
    """Traffic may leave the tier for a block of addresses."""
    return Rule(100, block, egress=True)


def answers() -> list[Rule]:
    """What comes back to those who asked outside: an access list is stateless."""
    return [let_in(number, ANYWHERE, ports) for number, ports in enumerate(EPHEMERAL, 200)]


def access_list(layer: Layer, tier: str, *, vpc: object, rules: Iterable[Rule]) -> AWSObject:
    """The access list of a tier, with its rules."""
    acl = layer.add(
        NetworkAcl(f"{tier}Acl", VpcId=vpc, Tags=Tags(Name=layer.named(f"{tier.lower()}-acl")))
    )
    for rule in rules:
        narrowed: dict[str, Any] = (
            {"PortRange": PortRange(From=rule.ports[0], To=rule.ports[1])} if rule.ports else {}
        )
        layer.add(
            NetworkAclEntry(
                f"{tier}{'Out' if rule.egress else 'In'}{rule.number}",
                NetworkAclId=Ref(acl),
                RuleNumber=rule.number,
                Egress=rule.egress,
                Protocol=TCP if rule.ports else EVERY_PROTOCOL,
                RuleAction="allow",
                CidrBlock=rule.block,
                **narrowed,
            )
        )
    return acl
