"""What customers notice at the edge: failed answers, slow answers, a certificate that ends."""

from __future__ import annotations

from troposphere import GetAtt
from troposphere.cloudfront import (
    MonitoringSubscription,
    RealtimeMetricsSubscriptionConfig,
)
from troposphere.cloudfront import (
    MonitoringSubscriptionProperty as Subscription,
)

from generator.alarms import Series, above, below, metric_alarm, tier_alarm
from generator.layer import Input, Layer, Output
from generator.layers.delivery import Delivery
from generator.layers.edge_alerts import EdgeAlerts
from generator.layers.edge_certificate import EdgeCertificate
from generator.layers.golden_signals import CERTIFICATE_DAYS


def delivered(distribution_id: object, name: str, statistic: str = "Sum") -> Series:
    """A metric of the distribution; they are all in us-east-1, and of no region.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    """
    dimensions = {"DistributionId": distribution_id, "Region": "Global"}
    return Series("AWS/CloudFront", name, dimensions, statistic)


class DeliverySignals(Layer):
    """alarms on what the distribution answers, and the metrics that they need."""

    distribution_id = Input(Delivery.distribution_id)
    shop_certificate_arn = Input(EdgeCertificate.shop_certificate_arn)
    edge_alerts_topic_arn = Input(EdgeAlerts.edge_alerts_topic_arn)

    delivery_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-delivery-tier-us-east-1"
    )

    def build(self) -> None:
        self.additional_metrics()
        self.errors()
        self.latency()
        self.certificate()
        self.tier()

    def additional_metrics(self) -> None:
        """The origin's latency is one of those that are measured on request."""
        on = RealtimeMetricsSubscriptionConfig(RealtimeMetricsSubscriptionStatus="Enabled")
        self.add(
            MonitoringSubscription(
                "AdditionalMetrics",
                DistributionId=self.distribution_id,
                MonitoringSubscription=Subscription(RealtimeMetricsSubscriptionConfig=on),
            )
        )

    def errors(self) -> None:
        self.failed = metric_alarm(
            self,
            "FailedDeliveries",
            delivered(self.distribution_id, "5xxErrorRate", "Average"),
            above(self.settings.error_rate_objective_percent),
            topic=self.edge_alerts_topic_arn,
            says="Customers get more 5XX answers than the objective allows. Look at the region that takes "
            "orders; if its load balancer is well, at the way to it: its certificate, the origin header.",
        )

    def latency(self) -> None:
        self.slow = metric_alarm(
            self,
            "SlowOrigin",
            delivered(self.distribution_id, "OriginLatency", "p99"),
            above(self.settings.latency_objective_ms),
            topic=self.edge_alerts_topic_arn,
            says="What CloudFront must fetch takes longer than the objective for 1% of requests. If the "
            "region's own alarm on slow answers is quiet, the way there is slow, not the shop.",
        )

    def certificate(self) -> None:
        """A certificate that has ended has no metric any more: the alarm stays as it was."""
        self.ending = metric_alarm(
            self,
            "ExpiringShopCertificate",
            Series(
                "AWS/CertificateManager",
                "DaysToExpiry",
                {"CertificateArn": self.shop_certificate_arn},
                statistic="Minimum",
                period=86400,
            ),
            below(CERTIFICATE_DAYS, breaches=1, periods=1),
            topic=self.edge_alerts_topic_arn,
            says="The shop's certificate ends in less than 30 days and was not renewed. Look in ACM at its "
            "validation record: it must still be in the hosted zone.",
            missing="ignore",
        )

    def tier(self) -> None:
        tier = tier_alarm(
            self,
            "DeliveryTier",
            [self.failed, self.slow, self.ending],
            topic=self.edge_alerts_topic_arn,
            says="CloudFront does not answer customers as it should: see which alarm of the tier fired.",
        )
        self.delivery_alarm_arn = GetAtt(tier, "Arn")
