"""What becomes of an acknowledged order: the workflow, its steps, and the rule that starts it."""

from __future__ import annotations

from troposphere import GetAtt, Ref

from generator import grants
from generator.bus_rules import bus_rule, untold_queue
from generator.foundation import Foundation
from generator.functions import FunctionHolder, may_call
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.events import Events
from generator.layers.order_steps import commit_step, starter, stock_step
from generator.layers.order_workflow_alarms import watch
from generator.layers.orders import Orders
from generator.layers.payments import Payments
from generator.layers.private_tier import PrivateTier
from generator.layers.secrets import Secrets
from generator.order_events import (
    ORDER_ACKNOWLEDGED,
    ORDER_CONFIRMED,
    ORDER_FAILED,
    SOURCE,
    pattern,
)
from generator.order_workflow import definition
from generator.state_machines import state_machine


class OrderWorkflow(FunctionHolder, PrivateTier):
    """the state machine of an order, its steps, and the rule that starts it.

    `generator.order_workflow` is the definition. A region works the orders that are its own (`OrderIntake`
    says which), wherever the database is: in a standby that took over traffic alone, Commit waits.
    """

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    secrets_key_arn = Handoff(Foundation.secrets_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    bus_arn = Input(Events.bus_arn)
    bus_name = Input(Events.bus_name)
    catalogue_table = Input(Catalog.catalogue_table)
    catalogue_table_arn = Input(Catalog.catalogue_table_arn)
    order_intake_table = Input(Catalog.order_intake_table)
    order_intake_table_arn = Input(Catalog.order_intake_table_arn)
    orders_secret_arn = Input(Secrets.orders_secret_arn)
    writer_endpoint = Input(Orders.writer_endpoint)
    database_port = Input(Orders.database_port)
    client_security_group_id = Input(Orders.client_security_group_id)
    authorization_function_arn = Input(Payments.authorization_function_arn)
    void_function_arn = Input(Payments.void_function_arn)

    order_workflow_arn = Output(
        example="arn:aws:states:us-east-1:111111111111:stateMachine:tradewind-dev-order-workflow-us-east-1",
        handed_on=True,
        help="The workflow that works orders, for whoever follows one.",
    )
    workflow_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-workflow-tier-us-east-1",
    )

    def build(self) -> None:
        self.dead_letters()
        self.stock = stock_step(self)
        self.commit = commit_step(self)
        self.workflow()
        self.starter = starter(self)
        self.rule()
        self.workflow_alarm_arn = GetAtt(watch(self), "Arn")

    def dead_letters(self) -> None:
        """What EventBridge could not hand to the starter, and what the starter could not start.

        The steps have it for whoever should call them without waiting; the workflow waits.
        """
        self.unstarted = untold_queue(
            self, "UnstartedOrders", bus=self.bus_name, key_arn=self.data_key_arn
        )

    def workflow(self) -> None:
        """Its log tells which step ran when, and nothing of what went in or came out."""
        self.machine = state_machine(
            self,
            "OrderWorkflow",
            definition=definition(),
            substitutions={
                "StockFunction": GetAtt(self.stock, "Arn"),
                "AuthorizationFunction": self.authorization_function_arn,
                "VoidFunction": self.void_function_arn,
                "CommitFunction": GetAtt(self.commit, "Arn"),
                "IntakeTable": self.order_intake_table,
                "Bus": self.bus_name,
            },
            allows=[
                grants.Function(GetAtt(self.stock, "Arn")).invoke(),
                grants.Function(GetAtt(self.commit, "Arn")).invoke(),
                grants.Function(self.authorization_function_arn).invoke(),
                grants.Function(self.void_function_arn).invoke(),
                grants.Table(self.order_intake_table_arn, self.data_key_arn).update(),
                grants.Table(self.order_intake_table_arn, self.data_key_arn).get(),
                grants.EventBus(self.bus_arn).put(SOURCE, [ORDER_CONFIRMED, ORDER_FAILED]),
            ],
            data_key_arn=self.data_key_arn,
            logs_key_arn=self.logs_key_arn,
            logs_data=False,
        )
        self.order_workflow_arn = Ref(self.machine)

    def rule(self) -> None:
        acknowledged = bus_rule(
            self,
            "OrderAcknowledged",
            "order-acknowledged",
            says="An acknowledged order starts its workflow",
            bus=self.bus_name,
            hears=pattern(ORDER_ACKNOWLEDGED),
            untold=self.unstarted,
            Id="starter",
            Arn=GetAtt(self.starter, "Arn"),
        )
        may_call(
            self,
            "RuleStarts",
            GetAtt(self.starter, "Arn"),
            service="events",
            source=GetAtt(acknowledged, "Arn"),
        )
