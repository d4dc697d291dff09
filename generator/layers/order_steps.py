"""The steps of the order workflow that are code of ours, and what starts it; payments are their own layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref
from troposphere.logs import MetricFilter, MetricTransformation

from generator import grants
from generator.alarms import Series
from generator.functions import Placement, python_function
from generator.security import https_leaves

if TYPE_CHECKING:
    from generator.layer import Layer
    from generator.layers.order_workflow import OrderWorkflow

#: Where the log filter counts the orders that have come to the database.
METRICS = "Tradewind/Orders"

#: Executions of a step at the same time: what the workflow may do in parallel, and a function's share of the
#: account's.
PARALLEL = 20

#: Seconds: a lost connection, a secret that is slow to come and a login tried again, and still within a step.
COMMIT_TIMEOUT = 50


def stock_step(layer: OrderWorkflow) -> AWSObject:
    """Reserve, give back or settle stock in the catalogue."""
    return python_function(
        layer,
        "OrderStock",
        source="order_stock",
        logs_key_arn=layer.logs_key_arn,
        allows=[grants.Table(layer.catalogue_table_arn, layer.data_key_arn).update()],
        environment={"CATALOGUE": layer.catalogue_table},
        environment_key_arn=layer.data_key_arn,
        placement=layer.placed("OrderStock", https_leaves("AWS APIs"), says="Reserves stock"),
        dead_letters=grants.Queue(GetAtt(layer.unstarted, "Arn"), layer.data_key_arn),
        concurrency=PARALLEL,
    )


def commit_step(layer: OrderWorkflow) -> AWSObject:
    """Write the order into the database. Its own group opens AWS's APIs, the clients' group the database."""
    place = layer.placed("OrderCommit", https_leaves("AWS APIs"), says="Commits orders")
    groups = [*place.security_groups, layer.client_security_group_id]
    function = python_function(
        layer,
        "OrderCommit",
        source="order_commit",
        logs_key_arn=layer.logs_key_arn,
        allows=[grants.Secret(layer.orders_secret_arn, layer.secrets_key_arn).read()],
        environment={
            "HOST": layer.writer_endpoint,
            "PORT": layer.database_port,
            "SECRET": layer.orders_secret_arn,
        },
        environment_key_arn=layer.data_key_arn,
        placement=Placement(place.subnets, groups),
        dead_letters=grants.Queue(GetAtt(layer.unstarted, "Arn"), layer.data_key_arn),
        concurrency=PARALLEL,
        timeout=COMMIT_TIMEOUT,
    )
    _count(layer)
    return function


def _count(layer: OrderWorkflow) -> None:
    """The function logs one line for an order: its outcome, then its id. An order counts once."""
    counted = committed(layer)
    layer.add(
        MetricFilter(
            "CommittedCount",
            LogGroupName=Ref("OrderCommitLogs"),
            FilterPattern='{ $.message = "committed *" }',
            MetricTransformations=[
                MetricTransformation(
                    MetricNamespace=counted.namespace, MetricName=counted.name, MetricValue="1"
                )
            ],
        )
    )


def committed(layer: Layer) -> Series:
    """Orders that have come to the database."""
    return Series(METRICS, layer.named("orders-committed"), {})


def starter(layer: OrderWorkflow) -> AWSObject:
    """A function, since a rule that starts a state machine itself cannot name the execution."""
    return python_function(
        layer,
        "OrderStarter",
        source="order_starter",
        logs_key_arn=layer.logs_key_arn,
        allows=[grants.StateMachine(Ref(layer.machine), layer.data_key_arn).start()],
        environment={"WORKFLOW": Ref(layer.machine)},
        environment_key_arn=layer.data_key_arn,
        placement=layer.placed("OrderStarter", https_leaves("AWS APIs"), says="Starts orders"),
        dead_letters=grants.Queue(GetAtt(layer.unstarted, "Arn"), layer.data_key_arn),
        concurrency=PARALLEL,
    )
