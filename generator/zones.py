"""The Availability Zones that a region's part of the shop stands in: two always, a third by setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from troposphere import NoValue, Sub

from generator.conditions import Condition, Conditions
from generator.settings import Setting, Settings

if TYPE_CHECKING:
    from generator.layer import Layer


@dataclass(frozen=True)
class Zone:
    """An Availability Zone: its letter in logical ids, the setting that places it, and when it is there.

    `nat` is the condition of a NAT gateway of its own; the first zone always has one.
    """

    letter: str
    place: Setting
    nat: Condition | None
    condition: Condition | None = None


ZONES = (
    Zone("A", Settings.zone_a, nat=None),
    Zone("B", Settings.zone_b, nat=Conditions.nat_per_zone),
    Zone("C", Settings.zone_c, nat=Conditions.nat_in_third_zone, condition=Conditions.third_zone),
)


def in_every_zone(layer: Layer, first: object, second: object, third: object) -> list[object]:
    """What there is one of in each zone, without the third where the environment has two."""
    return [first, second, layer.choose(Conditions.third_zone, third, NoValue)]


def zone_name(layer: Layer, zone: Zone) -> Sub:
    """As AWS says it: `eu-central-1a`."""
    return Sub("${AWS::Region}${Letter}", Letter=layer.settings.read(zone.place))


def every_zone(layer: Layer) -> list[object]:
    """The names of the zones. A group that is given subnets takes them as well, where the subnets lie there.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    """
    return in_every_zone(layer, *(zone_name(layer, zone) for zone in ZONES))
