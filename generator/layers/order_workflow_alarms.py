"""What tells that orders are not worked: executions that end badly or stand still, and what never began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, Ref

from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.functions import function_alarms
from generator.queues import dead_letter_alarm
from generator.state_machines import executions_failing

if TYPE_CHECKING:
    from generator.layers.order_workflow import OrderWorkflow

#: Milliseconds that an order may take before somebody is told: its database takes no writes, most likely.
SLOW = 15 * 60 * 1000


def watch(layer: OrderWorkflow) -> AWSObject:
    """Every alarm of the layer; gives the tier's."""
    return tier_alarm(
        layer,
        "WorkflowTier",
        [*_executions(layer), *_beginnings(layer), *_steps(layer)],
        topic=layer.alerts_topic_arn,
        says="Orders are not worked as they should be: see which of the tier's alarms fires.",
    )


def _executions(layer: OrderWorkflow) -> list[AWSObject]:
    machine = {"StateMachineArn": Ref(layer.machine)}
    broken = executions_failing(
        layer,
        layer.machine,
        topic=layer.alerts_topic_arn,
        says="An order ended badly, and not by a refusal. Its execution says at which step, and in the last "
        "state's input whether the charge is not voided (unvoided) or stock not given back (unreleased): "
        "see to these by hand. One that took days or was stopped has undone nothing.",
    )
    throttled = metric_alarm(
        layer,
        "WorkflowThrottled",
        Series("AWS/States", "ExecutionThrottled", machine),
        above(0),
        topic=layer.alerts_topic_arn,
        says="Step Functions throttles the order workflow. Ask for a higher quota of state transitions.",
    )
    slow = metric_alarm(
        layer,
        "OrdersSlow",
        Series("AWS/States", "ExecutionTime", machine, "p90"),
        above(SLOW, breaches=1, periods=1),
        topic=layer.alerts_topic_arn,
        says="Orders took over a quarter of an hour: the database took no writes, or the processor did not "
        "answer. What waits still is among the running executions.",
    )
    return [broken, throttled, slow]


def _beginnings(layer: OrderWorkflow) -> list[AWSObject]:
    rule = {"EventBusName": layer.bus_name, "RuleName": layer.named("order-acknowledged")}
    unheard = metric_alarm(
        layer,
        "RuleFailing",
        Series("AWS/Events", "FailedInvocations", rule),
        above(0, breaches=1, periods=1),
        topic=layer.alerts_topic_arn,
        says="EventBridge could not hand acknowledged orders to the workflow's starter. They are in the "
        "dead-letter queue, or will be.",
    )
    unstarted = dead_letter_alarm(
        layer,
        layer.unstarted,
        topic=layer.alerts_topic_arn,
        says="An acknowledged order was not started. Read why in the queue, mend it, and replay the "
        "archive of the bus for that time: what was started is not started twice.",
    )
    return [unheard, unstarted]


def _steps(layer: OrderWorkflow) -> list[AWSObject]:
    return [
        alarm
        for function in (layer.stock, layer.commit, layer.starter)
        for alarm in function_alarms(
            layer,
            function,
            topic=layer.alerts_topic_arn,
            failing=f"{function.title} fails again and again; orders wait for it. Read its log.",
            throttled=f"{function.title} is throttled; orders wait. Raise its reserved concurrency.",
        )
    ]
