"""Alarms on Route 53's health checks: their metrics are in us-east-1 and nowhere else."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, Ref

from generator.alarms import Series, below, metric_alarm, tier_alarm
from generator.layer import Handoff, Input, Layer, Output, Where
from generator.layers.dns import Dns
from generator.layers.edge_alerts import EdgeAlerts


def health(check_id: object, name: str = "HealthCheckStatus") -> Series:
    """A metric of a health check; its status is 1 while it is healthy.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
    """
    return Series("AWS/Route53", name, {"HealthCheckId": check_id}, "Minimum")


class HealthAlarms(Layer):
    """alarms on the health checks of both regions, as Route 53 sees them.

    In an environment that stops its fleet at night the endpoints are unhealthy until the morning, and that
    is said: it is so.
    """

    edge_alerts_topic_arn = Input(EdgeAlerts.edge_alerts_topic_arn)
    primary_endpoint_id = Handoff(Dns.endpoint_health_check_id, of=Where.PRIMARY)
    standby_endpoint_id = Handoff(Dns.endpoint_health_check_id, of=Where.STANDBY)
    takeover_check_id = Handoff(Dns.takeover_health_check_id, of=Where.PRIMARY)
    primary_check_id = Handoff(Dns.primary_health_check_id, of=Where.PRIMARY)

    health_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-health-tier-us-east-1"
    )

    def build(self) -> None:
        self.alarms = [
            self.alarm(
                "PrimaryEndpointDown",
                self.primary_endpoint_id,
                "Route 53's checkers find the primary unable to serve; it answers from the standby if that "
                "is well. Look at the primary's own alarms, then `tradewind status`.",
            ),
            self.alarm(
                "StandbyEndpointDown",
                self.standby_endpoint_id,
                "Route 53's checkers find the standby unable to serve: if the primary fails now, there is "
                "nowhere to go. Look at the standby's own alarms.",
            ),
            self.alarm(
                "TakeoverRequested",
                self.takeover_check_id,
                "The standby asks to take over. If nobody started a drill or a failover, look at the "
                "takeover switch, a table of the standby.",
            ),
            self.alarm(
                "PrimaryOutOfService",
                self.primary_check_id,
                "Route 53 answers with the standby: orders are taken there. Find out whether the primary "
                "failed or a takeover was requested, and what the database follows.",
            ),
        ]
        self.tier()

    def alarm(self, title: str, check_id: Ref, says: str) -> AWSObject:
        """Without data there is no check to believe: somebody removed it."""
        return metric_alarm(
            self,
            title,
            health(check_id),
            below(1, breaches=1, periods=1),
            topic=self.edge_alerts_topic_arn,
            says=says,
            missing="breaching",
        )

    def tier(self) -> None:
        tier = tier_alarm(
            self,
            "HealthTier",
            self.alarms,
            topic=self.edge_alerts_topic_arn,
            says="A region could not serve, or gave way to the other: see which alarm of the tier fired.",
        )
        self.health_alarm_arn = GetAtt(tier, "Arn")
