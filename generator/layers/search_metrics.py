"""What OpenSearch Service publishes of the domain, for its alarms and for the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref

from generator.alarms import Series
from generator.dashboards import Chart, Line
from generator.layers.search_domain import PURPOSE

if TYPE_CHECKING:
    from generator.layer import Layer


def search_chart(layer: Layer) -> Chart:
    """How quick a search is, in milliseconds, and how busy the domain; empty where there is none."""
    name = layer.named_everywhere(PURPOSE)
    return Chart(
        "Product search",
        (
            Line(domain_series(name, "SearchLatency", "Average"), "ms"),
            Line(domain_series(name, "CPUUtilization", "Maximum"), "CPU %"),
            Line(domain_series(name, "JVMMemoryPressure", "Maximum"), "heap %"),
        ),
    )


def domain_series(name: object, metric: str, statistic: str) -> Series:
    """What OpenSearch Service publishes of a domain, under the name that it had before.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
    """
    domain = {"DomainName": name, "ClientId": Ref("AWS::AccountId")}
    return Series("AWS/ES", metric, domain, statistic)
