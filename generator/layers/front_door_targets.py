"""Where the load balancer hands requests on to: the fleet, over TLS, if it answers well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, Tags
from troposphere.elasticloadbalancingv2 import Matcher, TargetGroup, TargetGroupAttribute

from generator.layers.front_door_rules import HEALTH_PATH
from generator.load_balancing import attributes

if TYPE_CHECKING:
    from generator.layers.front_door import FrontDoor

#: Where instances serve: TLS up to the instance, with a certificate that it made itself. A load balancer
#: encrypts to its targets and does not verify them; the security groups say who they are.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
FLEET_PORT = 8443


def shop_targets(layer: FrontDoor) -> AWSObject:
    """A cart stays with its instance (row R3); an instance that answers badly gets less to do."""
    return layer.add(
        TargetGroup(
            "ShopTargets",
            TargetType="instance",
            VpcId=layer.vpc_id,
            Protocol="HTTPS",
            Port=FLEET_PORT,
            HealthCheckProtocol="HTTPS",
            HealthCheckPath=HEALTH_PATH,
            HealthCheckIntervalSeconds=10,
            HealthCheckTimeoutSeconds=5,
            HealthyThresholdCount=2,
            UnhealthyThresholdCount=3,
            Matcher=Matcher(HttpCode="200"),
            TargetGroupAttributes=attributes(
                TargetGroupAttribute,
                {
                    "deregistration_delay.timeout_seconds": "60",
                    "load_balancing.algorithm.type": "weighted_random",
                    "load_balancing.algorithm.anomaly_mitigation": "on",
                    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
                    "stickiness.enabled": "true",
                    "stickiness.type": "app_cookie",
                    "stickiness.app_cookie.cookie_name": "cart",
                    "stickiness.app_cookie.duration_seconds": "86400",
                },
            ),
            Tags=Tags(Name=layer.named("shop")),
        )
    )
