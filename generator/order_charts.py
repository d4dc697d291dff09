"""Charts of what becomes of orders: how soon they are told, how they end, and whether they are paid."""

from __future__ import annotations

from troposphere import Sub

from generator.alarms import Series
from generator.dashboards import Chart, Line
from generator.layer import Layer
from generator.layers.payments import METRICS


def workflow_chart(layer: Layer) -> Chart:
    """Executions a minute, by how they ended."""
    arn = Sub(
        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${Name}",
        Name=layer.named("order-workflow"),
    )
    ends = (
        ("ExecutionsStarted", "begun"),
        ("ExecutionsSucceeded", "confirmed or refused"),
        ("ExecutionsFailed", "broken"),
    )
    return Chart(
        "Orders through the workflow",
        tuple(
            Line(Series("AWS/States", name, {"StateMachineArn": arn}), label)
            for name, label in ends
        ),
    )


def intake_chart(layer: Layer) -> Chart:
    """How long an acknowledged order waits for its event."""
    reader = {"FunctionName": layer.named("order-intake")}
    age = Series("AWS/Lambda", "IteratorAge", reader, "Maximum")
    return Chart("Wait before the workflow, ms", (Line(age, "oldest"),))


def payment_chart(layer: Layer) -> Chart:
    """Payments by what the processor said."""
    return Chart(
        "Payments",
        tuple(
            Line(Series(METRICS, layer.named(f"payments-{outcome}"), {}), outcome)
            for outcome in ("authorized", "declined")
        ),
    )
