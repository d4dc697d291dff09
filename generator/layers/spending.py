"""What the environment may cost, and who is told when it costs more."""

from __future__ import annotations

import json
from typing import Any

from troposphere import GetAtt
from troposphere.budgets import (
    Budget,
    BudgetData,
    Notification,
    NotificationWithSubscribers,
    ResourceTag,
    Spend,
    Subscriber,
)
from troposphere.ce import AnomalyMonitor, AnomalySubscription
from troposphere.ce import ResourceTag as AnomalyTag
from troposphere.ce import Subscriber as AnomalySubscriber

from generator.conditions import Conditions
from generator.layer import Input, Layer
from generator.layers.edge_alerts import EdgeAlerts

#: Percent of what runs that commitments should pay for, and percent of the commitments that should be used.
COVERED, USED = 70, 90

#: What reservations are bought for here; a budget of reservations speaks of one service.
#: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
RESERVED = {
    "Database": "Amazon Relational Database Service",
    "Cache": "Amazon ElastiCache",
    "Search": "Amazon OpenSearch Service",
}


class Spending(Layer):
    """budgets of cost and of commitments, and the watch for unusual spending.

    All go by the tag Environment, which becomes a cost allocation tag when somebody activates it in Billing;
    commitments are the account's. Budgets have no names of ours: to change whom one tells is to replace it,
    and two cannot have one name.
    """

    edge_alerts_topic_arn = Input(EdgeAlerts.edge_alerts_topic_arn)

    def build(self) -> None:
        self.monthly_cost()
        self.savings_plans()
        self.reservations()
        self.anomalies()

    def monthly_cost(self) -> None:
        """Early, in time to act, and when it is spent."""
        self.budget(
            "MonthlyCost",
            "COST",
            ("ACTUAL", "GREATER_THAN", 80),
            ("ACTUAL", "GREATER_THAN", 100),
            ("FORECASTED", "GREATER_THAN", 100),
            BudgetLimit=Spend(Amount=self.settings.monthly_budget_usd, Unit="USD"),
            CostFilters={"TagKeyValue": [self.sub("user:Environment$${Environment}")]},
        )

    def savings_plans(self) -> None:
        self.commitment("SavingsPlansCoverage", "SAVINGS_PLANS_COVERAGE", COVERED)
        self.commitment("SavingsPlansUse", "SAVINGS_PLANS_UTILIZATION", USED)

    def reservations(self) -> None:
        for title, service in RESERVED.items():
            of_service = {"CostFilters": {"Service": [service]}}
            self.commitment(f"{title}Coverage", "RI_COVERAGE", COVERED, **of_service)
            self.commitment(f"{title}Use", "RI_UTILIZATION", USED, **of_service)

    def commitment(self, title: str, kind: str, percent: int, **data: Any) -> None:
        """Told when it falls below `percent` of all."""
        self.budget(
            title,
            kind,
            ("ACTUAL", "LESS_THAN", percent),
            condition=self.when(Conditions.commitment_budgets),
            BudgetLimit=Spend(Amount=100, Unit="PERCENTAGE"),
            **data,
        )

    def budget(
        self,
        title: str,
        kind: str,
        *told: tuple[str, str, int],
        condition: str | None = None,
        **data: Any,
    ) -> None:
        """A budget of the month; `told` are what is compared, how, and the percent of the limit."""
        conditional: dict[str, Any] = {"Condition": condition} if condition else {}
        listener = Subscriber(SubscriptionType="SNS", Address=self.edge_alerts_topic_arn)
        self.add(
            Budget(
                title,
                Budget=BudgetData(BudgetType=kind, TimeUnit="MONTHLY", **data),
                NotificationsWithSubscribers=[
                    NotificationWithSubscribers(
                        Notification=Notification(
                            NotificationType=what,
                            ComparisonOperator=comparison,
                            Threshold=percent,
                            ThresholdType="PERCENTAGE",
                        ),
                        Subscribers=[listener],
                    )
                    for what, comparison, percent in told
                ],
                ResourceTags=[
                    ResourceTag(Key="Project", Value="tradewind"),
                    ResourceTag(Key="Environment", Value=self.settings.environment),
                ],
                **conditional,
            )
        )

    def anomalies(self) -> None:
        """One monitor of our tag: of the kind that watches each service an account may have but one.

        https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
        """
        conditional = self.only(Conditions.cost_anomalies)
        watched = {"Tags": {"Key": "Environment", "Values": ["${Environment}"]}}
        worth_a_message = {
            "Dimensions": {
                "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
                "Values": ["${CostAnomalyUsd}"],
            }
        }
        monitor = self.add(
            AnomalyMonitor(
                "UnusualSpending",
                MonitorName=self.named_everywhere("spending"),
                MonitorType="CUSTOM",
                MonitorSpecification=self.sub(json.dumps(watched)),
                ResourceTags=[AnomalyTag(Key="Environment", Value=self.settings.environment)],
                **conditional,
            )
        )
        self.add(
            AnomalySubscription(
                "UnusualSpendingIsTold",
                SubscriptionName=self.named_everywhere("spending"),
                Frequency="IMMEDIATE",
                MonitorArnList=[GetAtt(monitor, "MonitorArn")],
                Subscribers=[AnomalySubscriber(Type="SNS", Address=self.edge_alerts_topic_arn)],
                ThresholdExpression=self.sub(json.dumps(worth_a_message)),
                ResourceTags=[AnomalyTag(Key="Environment", Value=self.settings.environment)],
                **conditional,
            )
        )
