"""Who reaches the orders database: its clients by their group, and what rotates its password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupEgress, SecurityGroupIngress

from generator.conditions import Condition, Conditions
from generator.postgres import PORT
from generator.security import nothing_leaves, over_tcp

if TYPE_CHECKING:
    from generator.layers.orders import Orders


@dataclass(frozen=True)
class Doors:
    """The database's own group, and the group of whoever may come to it."""

    database: AWSObject
    clients: AWSObject


def doors(layer: Orders) -> Doors:
    """Rules stand apart from their groups, because the two groups name each other."""
    database = _group(layer, "DatabaseGroup", "The orders database")
    clients = _group(layer, "ClientGroup", "Whoever uses the orders database")
    client_id, rotation_id = GetAtt(clients, "GroupId"), layer.rotation_security_group_id
    _opening(layer, database, "FromClients", client_id, "Clients of the database")
    _opening(
        layer,
        database,
        "FromRotation",
        rotation_id,
        "The rotation of its password",
        Conditions.primary,
    )
    layer.add(
        SecurityGroupEgress(
            "ToDatabase",
            GroupId=client_id,
            DestinationSecurityGroupId=GetAtt(database, "GroupId"),
            **over_tcp(PORT, "The orders database"),
        )
    )
    return Doors(database, clients)


def _group(layer: Orders, title: str, says: str) -> AWSObject:
    return layer.add(
        SecurityGroup(
            title,
            GroupDescription=says,
            VpcId=layer.vpc_id,
            SecurityGroupEgress=[nothing_leaves()],
            Tags=Tags(Name=layer.named("orders")),
        )
    )


def _opening(
    layer: Orders,
    database: AWSObject,
    title: str,
    source: object,
    says: str,
    condition: Condition | None = None,
) -> None:
    layer.add(
        SecurityGroupIngress(
            title,
            GroupId=GetAtt(database, "GroupId"),
            SourceSecurityGroupId=source,
            **over_tcp(PORT, says),
            **layer.only(condition),
        )
    )
