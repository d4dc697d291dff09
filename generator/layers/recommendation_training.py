"""Training recommendations: what makes a model of what customers do, and lets a campaign answer from it."""

from __future__ import annotations

from troposphere import GetAtt

from generator import grants
from generator.alarms import tier_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.recommendation_model import PERSONALIZE, RecommendationModel
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.schedules import run_by_schedule
from generator.state_machines import executions_failing, state_machine
from generator.training import training


class RecommendationTraining(Layer):
    """the state machine that trains a model and moves the campaign to it, every week.

    A training costs by the hour, a campaign for as long as it stands. The primary trains; a standby that took
    over has learnt nothing, and its shop shows the top products until its own customers have taught it.
    Training fails until there are a thousand interactions, of 25 customers.
    https://docs.aws.amazon.com/personalize/latest/dg/limits.html
    """

    condition = Conditions.recommendations

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    solution_arn = Input(RecommendationModel.solution_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    campaign_arn = Output(
        example=f"{PERSONALIZE}campaign/tradewind-dev-recommendations-us-east-1",
        help="What answers; it stands once a model has been trained.",
    )
    training_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-training-tier-us-east-1"
    )

    def build(self) -> None:
        self.machine()
        self.schedule()
        self.alarms()

    def machine(self) -> None:
        """A stack of its own goes before the solution's: nothing makes what the keeper takes away."""
        name = self.named("recommendations")
        recommender = grants.Recommender(self.solution_arn, name)
        self.training = state_machine(
            self,
            "Training",
            definition=training(),
            substitutions={
                "Campaign": name,
                "CampaignArn": recommender.campaign_arn,
                "MinimumTps": self.settings.recommendations_minimum_tps,
                "SolutionArn": self.solution_arn,
            },
            allows=[recommender.train()],
            data_key_arn=self.data_key_arn,
            logs_key_arn=self.logs_key_arn,
            under="service",
        )
        self.campaign_arn = recommender.campaign_arn

    def schedule(self) -> None:
        self.untrained = dead_letter_queue(self, "UntrainedModels", key_arn=self.data_key_arn)
        run_by_schedule(
            self,
            "TrainWeekly",
            self.training,
            "cron(0 2 ? * SUN *)",
            says="Trains the recommendations",
            undelivered=self.untrained,
            data_key_arn=self.data_key_arn,
        )

    def alarms(self) -> None:
        failing = executions_failing(
            self,
            self.training,
            topic=self.alerts_topic_arn,
            says="Recommendations were not trained: the campaign answers from the last model, if there is "
            "one. Read the execution's failed state; a young shop has too few interactions.",
        )
        undelivered = dead_letter_alarm(
            self,
            self.untrained,
            topic=self.alerts_topic_arn,
            says="Training could not be started. Mend the cause, then start the state machine.",
        )
        tier = tier_alarm(
            self,
            "TrainingTier",
            [failing, undelivered],
            topic=self.alerts_topic_arn,
            says="Recommendations grow old: see which of the tier's alarms fires.",
        )
        self.training_alarm_arn = GetAtt(tier, "Arn")
