"""What tells that the shop's requests for payments fail, or take long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject

from generator.alarms import Formula, Series, above, formula_alarm, metric_alarm, tier_alarm

if TYPE_CHECKING:
    from generator.layers.payment_requests import PaymentRequests

#: Milliseconds for the slowest percent; percent of requests refused by validation, signature or throttle.
SLOW, REFUSED = 10_000, 10


def watch(layer: PaymentRequests) -> AWSObject:
    """Every alarm of the layer; gives the tier's."""
    failing = metric_alarm(
        layer,
        "PaymentRequestsFailing",
        _series(layer, "5XXError"),
        above(0, breaches=2, periods=5),
        topic=layer.alerts_topic_arn,
        says="Requests for payments end in 5XX: the processor does not answer, or is not configured. The "
        "payment functions' logs name the error.",
    )
    slow = metric_alarm(
        layer,
        "PaymentRequestsSlow",
        _series(layer, "Latency", "p99"),
        above(SLOW),
        topic=layer.alerts_topic_arn,
        says="The slowest 1% of payments take over ten seconds; customers wait for them. Look at the traces: "
        "the processor, most likely.",
    )
    refused = formula_alarm(
        layer,
        "PaymentRequestsRefused",
        Formula(
            "IF(FILL(requests, 0) > 20, 100 * FILL(refused, 0) / requests, 0)",
            {"requests": _series(layer, "Count"), "refused": _series(layer, "4XXError")},
        ),
        above(REFUSED),
        topic=layer.alerts_topic_arn,
        says="Many requests for payments are refused before they are tried. The access log's refusedBy says "
        "why: a shop release that sends what the models do not admit, a signature, a throttle.",
    )
    return tier_alarm(
        layer,
        "PaymentRequestsTier",
        [failing, slow, refused],
        topic=layer.alerts_topic_arn,
        says="The shop cannot ask for payments: see which of the tier's alarms fires.",
    )


def _series(layer: PaymentRequests, metric: str, statistic: str = "Sum") -> Series:
    where = {"ApiName": layer.named("payments"), "Stage": layer.named("payments")}
    return Series("AWS/ApiGateway", metric, where, statistic)
