"""Names and health: which region the shop's origin answers from."""

from __future__ import annotations

from typing import Any

from troposphere import AWSObject, Ref, Sub, Tags
from troposphere.route53 import HealthCheck, HealthCheckConfig, RecordSetType
from troposphere.validators.route53 import AliasTarget

from generator.conditions import Condition, Conditions
from generator.layer import Input, Layer, Output
from generator.layers.front_door import FrontDoor
from generator.layers.front_door_rules import HEALTH_PATH, TAKEOVER_PATH
from generator.naming import kebab


class Dns(Layer):
    """regional and failover names of the origin, and the health checks that decide between regions.

    No alarm stands here: Route 53 publishes a health check's metrics in us-east-1 only, so edge.json, which
    is there, watches the checks that this layer hands on.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
    """

    alb_dns_name = Input(FrontDoor.alb_dns_name)
    alb_zone_id = Input(FrontDoor.alb_zone_id)

    origin_name = Output(
        example="origin.shop.example.com", handed_on=True, help="What CloudFront asks for."
    )
    regional_origin_name = Output(
        example="us-east-1.origin.shop.example.com",
        handed_on=True,
        help="This region's load balancer, whichever region takes orders.",
    )
    endpoint_health_check_id = Output(
        example="11111111-1111-1111-1111-111111111111",
        handed_on=True,
        help="Whether this region could serve.",
    )
    takeover_health_check_id = Output(
        example="22222222-2222-2222-2222-222222222222",
        handed_on=True,
        help="Unhealthy while the standby asks to take over; empty in the standby.",
    )
    primary_health_check_id = Output(
        example="33333333-3333-3333-3333-333333333333",
        handed_on=True,
        help="What the PRIMARY record follows; empty in the standby.",
    )

    def build(self) -> None:
        self.regional_name()
        self.endpoint_check()
        self.takeover_check()
        self.primary_check()
        self.failover_name()
        self.outputs()

    def regional_name(self) -> None:
        """Always an answer: /takeover is asked for by this name, whatever has become of the fleet."""
        self.add(
            RecordSetType(
                "RegionalOrigin",
                HostedZoneId=self.settings.hosted_zone_id,
                Name=self.origin("${AWS::Region}."),
                Type="A",
                AliasTarget=self.load_balancer(evaluate=False),
            )
        )

    def endpoint_check(self) -> None:
        """The deep path: an instance that waits for its first revision does not answer it 200."""
        self.endpoint = self.https_check(
            "EndpointCheck",
            name=self.origin("${AWS::Region}."),
            path=f"{HEALTH_PATH}?deep=1",
            MeasureLatency=True,
        )

    def takeover_check(self) -> None:
        """The standby answers 200 when asked to take over; inverted, so that no standby is no request."""
        self.takeover = self.https_check(
            "TakeoverCheck",
            name=self.origin("${PeerRegion}."),
            path=TAKEOVER_PATH,
            condition=Conditions.primary,
            Inverted=True,
        )

    def primary_check(self) -> None:
        """The endpoint is well AND no takeover is requested: both of two."""
        self.primary = self.add(
            HealthCheck(
                "PrimaryCheck",
                HealthCheckConfig=HealthCheckConfig(
                    Type="CALCULATED",
                    ChildHealthChecks=[Ref(self.endpoint), Ref(self.takeover)],
                    HealthThreshold=2,
                ),
                HealthCheckTags=Tags(Name=self.named("primary-check")),
                Condition=self.when(Conditions.primary),
            )
        )

    def failover_name(self) -> None:
        """Only PRIMARY follows the takeover: with both records unhealthy Route 53 would answer PRIMARY.

        SECONDARY carries its endpoint check alone. Evaluating its targets too would let one more thing, such
        as the target group of the takeover's responder, argue it unhealthy at the worst of times.
        """
        self.add(
            RecordSetType(
                "FailoverOrigin",
                HostedZoneId=self.settings.hosted_zone_id,
                Name=self.origin(),
                Type="A",
                SetIdentifier=Ref("AWS::Region"),
                Failover=self.choose(Conditions.primary, "PRIMARY", "SECONDARY"),
                HealthCheckId=self.choose(
                    Conditions.primary, Ref(self.primary), Ref(self.endpoint)
                ),
                AliasTarget=self.load_balancer(
                    evaluate=self.choose(Conditions.primary, True, False)
                ),
            )
        )

    def outputs(self) -> None:
        self.origin_name = self.origin()
        self.regional_origin_name = self.origin("${AWS::Region}.")
        self.endpoint_health_check_id = Ref(self.endpoint)
        self.takeover_health_check_id = self.choose(Conditions.primary, Ref(self.takeover), "")
        self.primary_health_check_id = self.choose(Conditions.primary, Ref(self.primary), "")

    def origin(self, prefix: str = "") -> Sub:
        return self.sub(f"{prefix}origin.shop.${{DomainName}}")

    def load_balancer(self, *, evaluate: object) -> AliasTarget:
        return AliasTarget(  # type: ignore[no-untyped-call]
            DNSName=self.alb_dns_name, HostedZoneId=self.alb_zone_id, EvaluateTargetHealth=evaluate
        )

    def https_check(
        self,
        title: str,
        *,
        name: Sub,
        path: str,
        condition: Condition | None = None,
        **config: Any,
    ) -> AWSObject:
        """A check over HTTPS with SNI: the load balancer has no other way to choose its certificate."""
        return self.add(
            HealthCheck(
                title,
                HealthCheckConfig=HealthCheckConfig(
                    Type="HTTPS",
                    FullyQualifiedDomainName=name,
                    Port=443,
                    EnableSNI=True,
                    ResourcePath=path,
                    RequestInterval=self.settings.health_check_interval,
                    FailureThreshold=self.settings.health_check_failures,
                    **config,
                ),
                HealthCheckTags=Tags(Name=self.named(kebab(title))),
                **self.only(condition),
            )
        )
