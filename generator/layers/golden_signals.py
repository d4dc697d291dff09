"""What a customer notices first: slow answers, failed answers, and traffic that is not as usual."""

from __future__ import annotations

from troposphere import GetAtt, Ref

from generator.alarms import (
    Formula,
    Series,
    above,
    anomaly_alarm,
    below,
    formula_alarm,
    metric_alarm,
    tier_alarm,
)
from generator.conditions import Conditions
from generator.layer import Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.front_door import FrontDoor

#: ACM renews 45 days before the end, or earlier; at 30 something hinders it.
CERTIFICATE_DAYS = 30


class GoldenSignals(Layer):
    """alarms on the shop's traffic as the load balancer sees it."""

    alb_label = Input(FrontDoor.alb_label)
    target_group_label = Input(FrontDoor.target_group_label)
    certificate_arn = Input(FrontDoor.certificate_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    latency_alarm = Output(
        example="tradewind-dev-slow-answers-us-east-1", help="Stops a shop deployment."
    )
    error_rate_alarm = Output(
        example="tradewind-dev-failed-answers-us-east-1", help="Stops a shop deployment."
    )

    traffic_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-shop-traffic-us-east-1"
    )

    def build(self) -> None:
        self.latency()
        self.errors()
        self.traffic()
        self.targets()
        self.certificate()
        self.tier()

    def latency(self) -> None:
        self.slow = formula_alarm(
            self,
            "SlowAnswers",
            Formula("1000 * seconds", {"seconds": self.balancer("TargetResponseTime", "p99")}),
            above(self.settings.latency_objective_ms),
            topic=self.alerts_topic_arn,
            says="The slowest 1% of answers take longer than the objective. Look at the fleet's CPU, then at "
            "the database's and the cache's latency; a deployment under way rolls back by itself.",
        )
        self.latency_alarm = Ref(self.slow)

    def errors(self) -> None:
        """A request that found no target is no RequestCount, so the load balancer's own errors are added.

        Where no request finds any, there is no fleet, at night perhaps. That is NoHealthyInstance's to say:
        this alarm stops deployments, and a deployment is what the new fleet waits for.
        """
        rate = (
            "IF(FILL(requests, 0) > 0, 100 * (FILL(by_target, 0) + FILL(by_balancer, 0))"
            " / (FILL(requests, 0) + FILL(by_balancer, 0)), 0)"
        )
        self.failed = formula_alarm(
            self,
            "FailedAnswers",
            Formula(
                rate,
                {
                    "by_target": self.balancer("HTTPCode_Target_5XX_Count"),
                    "by_balancer": self.balancer("HTTPCode_ELB_5XX_Count"),
                    "requests": self.balancer("RequestCount"),
                },
            ),
            above(self.settings.error_rate_objective_percent),
            topic=self.alerts_topic_arn,
            says="More answers are 5XX than the objective allows. By the target: read the shop's log. By the "
            "load balancer: look for instances without health. Consider `tradewind rollback`.",
        )
        self.error_rate_alarm = Ref(self.failed)

    def traffic(self) -> None:
        """Both ways: a flood, and the silence when customers no longer reach the shop."""
        self.unusual = anomaly_alarm(
            self,
            "UnusualTraffic",
            self.balancer("RequestCount", period=300),
            width=3,
            topic=self.alerts_topic_arn,
            says="Requests have left the band that CloudWatch learnt. Far above: a campaign or a flood, look "
            "at the web ACL's samples. Far below: look at CloudFront, DNS and the health checks.",
        )

    def targets(self) -> None:
        """HealthyHostCount is silent where no target is registered: bad, unless the fleet sleeps at night."""
        self.sick = metric_alarm(
            self,
            "UnhealthyInstances",
            self.target_group("UnHealthyHostCount", "Maximum"),
            above(0, breaches=10, periods=10),
            topic=self.alerts_topic_arn,
            says="An instance has failed its health check for ten minutes and was not replaced. Read its "
            "system log and the Auto Scaling group's activity.",
        )
        self.none_left = metric_alarm(
            self,
            "NoHealthyInstance",
            self.target_group("HealthyHostCount", "Minimum"),
            below(1, breaches=2, periods=2),
            topic=self.alerts_topic_arn,
            says="No instance of the shop is healthy, or there is none. Route 53 fails over if this is the "
            "primary; read the shop's log, and what the last deployment changed.",
            missing=self.choose(Conditions.fleet_sleeps, "notBreaching", "breaching"),
        )
        self.turned_away = metric_alarm(
            self,
            "RejectedConnections",
            self.balancer("RejectedConnectionCount"),
            above(0),
            topic=self.alerts_topic_arn,
            says="The load balancer has reached its most connections. Ask AWS for a capacity reservation of "
            "the load balancer, and look at the web ACL for a flood.",
        )

    def certificate(self) -> None:
        """A certificate that has ended has no metric any more: the alarm stays as it was."""
        self.ending = metric_alarm(
            self,
            "ExpiringCertificate",
            Series(
                "AWS/CertificateManager",
                "DaysToExpiry",
                {"CertificateArn": self.certificate_arn},
                statistic="Minimum",
                period=86400,
            ),
            below(CERTIFICATE_DAYS, breaches=1, periods=1),
            topic=self.alerts_topic_arn,
            says="The origin's certificate ends in less than 30 days and was not renewed. Look in ACM at its "
            "validation record: it must still be in the hosted zone.",
            missing="ignore",
        )

    def tier(self) -> None:
        tier = tier_alarm(
            self,
            "ShopTraffic",
            [
                self.slow,
                self.failed,
                self.unusual,
                self.sick,
                self.none_left,
                self.turned_away,
                self.ending,
            ],
            topic=self.alerts_topic_arn,
            says="The shop's traffic in this region is not well: see which alarm of the tier fired.",
        )
        self.traffic_alarm_arn = GetAtt(tier, "Arn")

    def balancer(self, name: str, statistic: str = "Sum", period: int = 60) -> Series:
        return Series(
            "AWS/ApplicationELB", name, {"LoadBalancer": self.alb_label}, statistic, period
        )

    def target_group(self, name: str, statistic: str) -> Series:
        dimensions = {"TargetGroup": self.target_group_label, "LoadBalancer": self.alb_label}
        return Series("AWS/ApplicationELB", name, dimensions, statistic)
