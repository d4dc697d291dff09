"""Stopping the database at night, where RDS allows it.

RDS stops no instance that has a read replica or is one, and no cluster of an Aurora global database. So an
environment that saves its nights has neither, and `orders_night_stop` needs `orders_replicas: 0`.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import GetAtt, Select, Split, Sub
from troposphere.scheduler import (
    DeadLetterConfig,
    FlexibleTimeWindow,
    RetryPolicy,
    Schedule,
    Target,
)

from generator import grants
from generator.conditions import Conditions
from generator.naming import kebab
from generator.queues import dead_letter_queue

if TYPE_CHECKING:
    from troposphere import AWSObject, Ref

    from generator.layers.orders import Orders


def stops_at_night(layer: Orders) -> None:
    """Two schedules, in the shop's time zone, at the hour and minute at which the fleet's night turns."""
    at_night = layer.only(Conditions.rds_stops_at_night)
    undelivered = dead_letter_queue(layer, "NightFailures", key_arn=layer.data_key_arn, **at_night)
    keeper = layer.role(
        "NightKeeper",
        trusted=grants.service("scheduler"),
        allows=[
            grants.Database(layer.named("orders")).stop_and_start(),
            grants.Queue(GetAtt(undelivered, "Arn"), layer.data_key_arn).send(),
            grants.Key(layer.data_key_arn, "scheduler").decrypt(),
        ],
        **at_night,
    )
    settings = layer.settings
    _schedule(layer, "NightStop", "stopDBInstance", settings.off_peak_start, keeper, undelivered)
    _schedule(layer, "MorningStart", "startDBInstance", settings.off_peak_end, keeper, undelivered)


def _schedule(
    layer: Orders, title: str, call: str, cron: Ref, keeper: AWSObject, undelivered: AWSObject
) -> None:
    """Every day: of the setting's five fields, Scheduler's six take the minute and the hour."""
    layer.add(
        Schedule(
            title,
            Name=layer.named(kebab(title)),
            Description="Keeps the orders database off at night",
            KmsKeyArn=layer.data_key_arn,
            ScheduleExpression=Sub(
                "cron(${Minute} ${Hour} * * ? *)",
                Minute=Select(0, Split(" ", cron)),
                Hour=Select(1, Split(" ", cron)),
            ),
            ScheduleExpressionTimezone=layer.settings.time_zone,
            FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
            Target=Target(
                Arn=Sub(f"arn:${{AWS::Partition}}:scheduler:::aws-sdk:rds:{call}"),
                Input=Sub(
                    '{"DbInstanceIdentifier": "${Database}"}', Database=layer.named("orders")
                ),
                RoleArn=GetAtt(keeper, "Arn"),
                RetryPolicy=RetryPolicy(MaximumRetryAttempts=3, MaximumEventAgeInSeconds=3600),
                DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(undelivered, "Arn")),
            ),
            **layer.only(Conditions.rds_stops_at_night),
        )
    )
