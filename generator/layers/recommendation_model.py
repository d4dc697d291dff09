"""Recommendations: what Personalize learns from, and the model that it trains."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, Sub, Tags
from troposphere.cloudformation import CustomResource
from troposphere.personalize import Dataset, DatasetGroup, EventTracker, Filter, Schema, Solution

from generator import grants
from generator.alarms import tier_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import FunctionHolder, python_function
from generator.interaction_schemas import INTERACTIONS, ITEMS, PURCHASE
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.private_tier import PrivateTier
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.security import https_leaves

PERSONALIZE = "arn:aws:personalize:us-east-1:111111111111:"

#: Seconds in which campaigns go and training stops: as long as a function may run.
CLEARING = 900


class RecommendationModel(FunctionHolder, PrivateTier):
    """Personalize's datasets, event tracker, filter and solution, and what keeps the solution deletable.

    None of it costs anything until a model is trained (`RecommendationTraining`).
    """

    condition = Conditions.recommendations

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    tracking_id = Output(example="01234567-89ab-cdef-0123-456789abcdef")
    items_dataset_arn = Output(example=f"{PERSONALIZE}dataset/tradewind-dev-shop-us-east-1/ITEMS")
    not_bought_filter_arn = Output(
        example=f"{PERSONALIZE}filter/tradewind-dev-not-bought-us-east-1",
        help="Leaves out what the customer has bought.",
    )
    solution_arn = Output(example=f"{PERSONALIZE}solution/tradewind-dev-recommendations-us-east-1")
    recommendations_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:"
        "tradewind-dev-recommendations-tier-us-east-1"
    )

    def build(self) -> None:
        self.datasets()
        self.tracker()
        self.solution()
        self.keeper()
        self.alarms()

    def datasets(self) -> None:
        """Both end with the layer: what they were told is told again by customers."""
        reader = self.role(
            "DatasetKeyUser",
            trusted=grants.service("personalize"),
            allows=[grants.encrypt_datasets(self.data_key_arn)],
            under="service",
        )
        self.group = self.add(
            DatasetGroup(
                "DatasetGroup",
                Name=self.named("shop"),
                KmsKeyArn=self.data_key_arn,
                RoleArn=GetAtt(reader, "Arn"),
                Tags=Tags(Name=self.named("shop")),
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )
        self.interactions = self.dataset("Interactions", INTERACTIONS)
        self.items = self.dataset("Items", ITEMS)
        self.items_dataset_arn = GetAtt(self.items, "DatasetArn")

    def tracker(self) -> None:
        tracker = self.add(
            EventTracker(
                "Tracker",
                Name=self.named("shop"),
                DatasetGroupArn=GetAtt(self.group, "DatasetGroupArn"),
                Tags=Tags(Name=self.named("shop")),
                DependsOn=self.interactions.title,
            )
        )
        self.tracking_id = GetAtt(tracker, "TrackingId")

    def solution(self) -> None:
        """The solution learns from every kind of interaction; nobody is shown what he has bought."""
        group_arn = GetAtt(self.group, "DatasetGroupArn")
        bought = self.add(
            Filter(
                "NotBought",
                Name=self.named("not-bought"),
                DatasetGroupArn=group_arn,
                FilterExpression=f'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("{PURCHASE}")',
                Tags=Tags(Name=self.named("not-bought")),
                DependsOn=self.interactions.title,
            )
        )
        self.not_bought_filter_arn = GetAtt(bought, "FilterArn")
        self.model = self.add(
            Solution(
                "Solution",
                Name=self.named("recommendations"),
                DatasetGroupArn=group_arn,
                RecipeArn=Sub(
                    "arn:${AWS::Partition}:personalize:::recipe/aws-user-personalization-v2"
                ),
                DependsOn=[self.interactions.title, self.items.title],
            )
        )
        self.solution_arn = GetAtt(self.model, "SolutionArn")

    def keeper(self) -> None:
        """Before CloudFormation deletes the solution, its campaign must be gone; see the function."""
        self.unkept = dead_letter_queue(self, "UnkeptSolutions", key_arn=self.data_key_arn)
        recommender = grants.Recommender(self.solution_arn, self.named("recommendations"))
        function = python_function(
            self,
            "SolutionKeeper",
            source="solution_keeper",
            logs_key_arn=self.logs_key_arn,
            allows=[recommender.clear()],
            placement=self.placed(
                "SolutionKeeper",
                https_leaves("Personalize, and CloudFormation's answers"),
                says="What clears up before the solution is deleted",
            ),
            dead_letters=grants.Queue(GetAtt(self.unkept, "Arn"), self.data_key_arn),
            timeout=CLEARING,
            concurrency=1,
            under="service",
        )
        self.add(
            CustomResource(
                "SolutionKept",
                ServiceToken=GetAtt(function, "Arn"),
                ServiceTimeout=CLEARING + 60,
                SolutionArn=self.solution_arn,
            )
        )

    def alarms(self) -> None:
        unkept = dead_letter_alarm(
            self,
            self.unkept,
            topic=self.alerts_topic_arn,
            says="CloudFormation's request to the solution's keeper was given up: the stack waits for an "
            "answer. Read the function's log, and delete the campaign by hand.",
        )
        tier = tier_alarm(
            self,
            "RecommendationsTier",
            [unkept],
            topic=self.alerts_topic_arn,
            says="The stack of recommendations is stuck: see the tier's alarm.",
        )
        self.recommendations_alarm_arn = GetAtt(tier, "Arn")

    def dataset(self, kind: str, schema: str) -> AWSObject:
        described = self.add(
            Schema(
                f"{kind}Schema",
                Name=self.named(kind.lower()),
                Schema=schema,
                Tags=Tags(Name=self.named(kind.lower())),
            )
        )
        return self.add(
            Dataset(
                f"{kind}Dataset",
                Name=self.named(kind.lower()),
                DatasetType=kind,
                DatasetGroupArn=GetAtt(self.group, "DatasetGroupArn"),
                SchemaArn=GetAtt(described, "SchemaArn"),
                Tags=Tags(Name=self.named(kind.lower())),
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )
