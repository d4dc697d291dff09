"""The tiers of Network: public subnets, private ones that leave by NAT, and those of data, which do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, Cidr, GetAtt, If, Ref, Select, Tags
from troposphere.ec2 import (
    EIP,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    Subnet,
    SubnetRouteTableAssociation,
    VPCGatewayAttachment,
)

from generator.access_lists import ANYWHERE
from generator.conditions import Condition, Conditions
from generator.naming import kebab
from generator.zones import ZONES, Zone, zone_name

if TYPE_CHECKING:
    from generator.layers.network import Network

#: The tiers in the order of their address blocks: sixteen blocks, four a tier.
TIERS = ("Public", "Private", "Data")


@dataclass(frozen=True)
class WayOut:
    """The attachment of the internet gateway, and the routes that lead there."""

    attachment: AWSObject
    routes: AWSObject


def way_out(layer: Network) -> WayOut:
    """The internet gateway, for the public tier alone."""
    gateway = layer.add(InternetGateway("InternetGateway", Tags=Tags(Name=layer.named("internet"))))
    attachment = layer.add(
        VPCGatewayAttachment(
            "InternetAttachment", VpcId=Ref(layer.vpc), InternetGatewayId=Ref(gateway)
        )
    )
    routes = _route_table(layer, "PublicRoutes")
    _route_out(layer, "PublicRoute", routes, GatewayId=Ref(gateway), DependsOn=attachment.title)
    return WayOut(attachment, routes)


def subnets_of(layer: Network, zone: Zone, out: WayOut) -> None:
    """One a tier. The private one leaves by the zone's NAT gateway, the data one not at all."""
    _subnet(layer, "Public", zone, out.routes)
    _nat_gateway(layer, zone, out)
    private = _route_table(layer, f"PrivateRoutes{zone.letter}", zone.condition)
    gateway: object = Ref(f"NatGateway{zone.letter}")
    if zone.nat:
        gateway = If(layer.when(Conditions.nat_per_zone), gateway, Ref("NatGatewayA"))
    _route_out(layer, f"PrivateRoute{zone.letter}", private, zone.condition, NatGatewayId=gateway)
    _subnet(layer, "Private", zone, private)
    _subnet(layer, "Data", zone, _route_table(layer, f"DataRoutes{zone.letter}", zone.condition))


def hand_out(layer: Network) -> None:
    """Every subnet and every egress address is an output of its own, empty where it is not there."""
    for zone in ZONES:
        letter = zone.letter.lower()
        for tier in TIERS:
            subnet: object = Ref(f"{tier}Subnet{zone.letter}")
            if zone.condition:
                subnet = layer.choose(zone.condition, subnet, "")
            setattr(layer, f"{tier.lower()}_subnet_{letter}", subnet)
        address: object = GetAtt(f"EgressAddress{zone.letter}", "AllocationId")
        if zone.nat:
            address = layer.choose(zone.nat, address, "")
        setattr(layer, f"nat_allocation_{letter}", address)


def _nat_gateway(layer: Network, zone: Zone, out: WayOut) -> None:
    """Each zone leaves through its own gateway, so that a zone's loss stays within it (row C4)."""
    address = layer.add(
        EIP(
            f"EgressAddress{zone.letter}",
            Domain="vpc",
            Tags=Tags(Name=layer.named(f"egress-{zone.letter.lower()}")),
            DependsOn=out.attachment.title,
            **layer.only(zone.nat),
        )
    )
    layer.add(
        NatGateway(
            f"NatGateway{zone.letter}",
            AllocationId=GetAtt(address, "AllocationId"),
            SubnetId=Ref(f"PublicSubnet{zone.letter}"),
            Tags=Tags(Name=layer.named(f"nat-{zone.letter.lower()}")),
            **layer.only(zone.nat),
        )
    )


def _subnet(layer: Network, tier: str, zone: Zone, routes: AWSObject) -> None:
    block = TIERS.index(tier) * 4 + ZONES.index(zone)
    subnet = layer.add(
        Subnet(
            f"{tier}Subnet{zone.letter}",
            VpcId=Ref(layer.vpc),
            AvailabilityZone=zone_name(layer, zone),
            CidrBlock=Select(block, Cidr(layer.settings.vpc_cidr, 16, 8)),
            MapPublicIpOnLaunch=False,
            Tags=Tags(Name=layer.named(f"{tier.lower()}-{zone.letter.lower()}"), Tier=tier.lower()),
            **layer.only(zone.condition),
        )
    )
    layer.add(
        SubnetRouteTableAssociation(
            f"{tier}Subnet{zone.letter}Routes",
            SubnetId=Ref(subnet),
            RouteTableId=Ref(routes),
            **layer.only(zone.condition),
        )
    )


def _route_table(layer: Network, title: str, condition: Condition | None = None) -> AWSObject:
    return layer.add(
        RouteTable(
            title,
            VpcId=Ref(layer.vpc),
            Tags=Tags(Name=layer.named(kebab(title))),
            **layer.only(condition),
        )
    )


def _route_out(
    layer: Network,
    title: str,
    table: AWSObject,
    condition: Condition | None = None,
    **target: Any,
) -> None:
    layer.add(
        Route(
            title,
            RouteTableId=Ref(table),
            DestinationCidrBlock=ANYWHERE,
            **layer.only(condition),
            **target,
        )
    )
