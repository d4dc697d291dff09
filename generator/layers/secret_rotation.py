"""What rotates the primary's secrets: their functions in the VPC, their schedules, and their alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.ec2 import SecurityGroupRule
from troposphere.secretsmanager import RotationRules, RotationSchedule

from generator import grants
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.conditions import Condition, Conditions
from generator.functions import Placement, may_call, python_function
from generator.naming import kebab
from generator.postgres import PORT
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.security import https_leaves, over_tcp
from generator.valkey import SHOP

if TYPE_CHECKING:
    from generator.layers.secrets import Secrets

#: Seconds: a step of the session cache's rotation waits for ElastiCache in both regions.
TIMEOUT = 300


@dataclass(frozen=True)
class Ground:
    """What all functions stand on."""

    place: Placement
    failures: AWSObject


@dataclass(frozen=True)
class Rotation:
    """A function by its title and source, what it is told, what it may do besides, and its alarm's words.

    `scheduled`: while it reaches what it rotates; else as long as it is `there`.
    """

    title: str
    source: str
    environment: dict[str, object]
    allows: Sequence[grants.Allowed]
    says: str
    there: Condition = Conditions.primary
    scheduled: Condition | None = None


def rotations(layer: Secrets, orders: AWSObject, cache: AWSObject, payment: AWSObject) -> Placement:
    """Rotate the secrets, and say when one does not rotate; gives where it is done."""
    ground = _ground(layer)
    alarms = [
        _rotate(layer, ground, orders, _of_database(layer)),
        _rotate(layer, ground, cache, _of_session_cache(layer)),
        _rotate(layer, ground, payment, _of_payment_key(layer)),
        dead_letter_alarm(
            layer,
            ground.failures,
            title="RotationUndelivered",
            topic=layer.alerts_topic_arn,
            says="A rotation's request was given up. Read it in the queue, then rotate the secret again.",
            **layer.only(Conditions.primary),
        ),
    ]
    tier = tier_alarm(
        layer,
        "SecretsTier",
        alarms,
        topic=layer.alerts_topic_arn,
        says="Secrets do not rotate: see which of the tier's alarms fires.",
        **layer.only(Conditions.primary),
    )
    layer.secrets_alarm_arn = layer.choose(Conditions.primary, GetAtt(tier, "Arn"), "")
    return ground.place


def _ground(layer: Secrets) -> Ground:
    """The functions reach AWS, the payment processor and the database, and nothing reaches them."""
    primary = layer.only(Conditions.primary)
    failures = dead_letter_queue(layer, "RotationFailures", key_arn=layer.data_key_arn, **primary)
    to_database = SecurityGroupRule(
        CidrIp=layer.settings.vpc_cidr, **over_tcp(PORT, "The orders database")
    )
    place = layer.placed(
        "Rotation",
        https_leaves("AWS APIs and the payment processor"),
        to_database,
        says="The functions that rotate secrets",
        **primary,
    )
    return Ground(place, failures)


def _of_database(layer: Secrets) -> Rotation:
    database = layer.named("orders")
    return Rotation(
        "DatabaseRotation",
        source="database_rotation",
        environment={
            "DATABASE": database,
            "KIND": layer.choose(Conditions.aurora_global, "Cluster", "Instance"),
        },
        allows=grants.Database(database).look_up(),
        says="The database's password was not rotated and stays as it was. Read the function's log; "
        "a stopped or missing database is the usual reason.",
        scheduled=Conditions.orders_rotate,
    )


def _of_session_cache(layer: Secrets) -> Rotation:
    user_id, peer = layer.named_everywhere(SHOP), layer.settings.peer_region
    return Rotation(
        "CacheRotation",
        source="cache_rotation",
        environment={"USER_ID": user_id, "REGIONS": Sub("${AWS::Region} ${Peer}", Peer=peer)},
        allows=[grants.CacheUser(user_id, peer).set_passwords()],
        says="The session cache's password was not rotated, and the one in use still counts. Read the "
        "function's log; a region that does not answer, or a deploy at the same time, is the usual reason.",
        there=Conditions.session_cache_primary,
    )


def _of_payment_key(layer: Secrets) -> Rotation:
    return Rotation(
        "PaymentKeyRotation",
        source="payment_key_rotation",
        environment={"URL": layer.settings.payment_key_url},
        allows=[],
        says="The payment key was not rotated and stays as it was. Exchange it with the processor "
        "by hand, or set payment_key_url.",
    )


def _rotate(layer: Secrets, ground: Ground, secret: AWSObject, rotation: Rotation) -> AWSObject:
    """The function, the leave to call it, the schedule, and the alarm; the first rotation waits its time."""
    there = layer.only(rotation.there)
    function = python_function(
        layer,
        rotation.title,
        source=rotation.source,
        logs_key_arn=layer.logs_key_arn,
        allows=[grants.Secret(Ref(secret), layer.secrets_key_arn).rotate(), *rotation.allows],
        environment=rotation.environment,
        environment_key_arn=layer.secrets_key_arn,
        timeout=TIMEOUT,
        placement=ground.place,
        dead_letters=grants.Queue(GetAtt(ground.failures, "Arn"), layer.data_key_arn),
        concurrency=1,
        **there,
    )
    permission = may_call(
        layer,
        f"{rotation.title}Permission",
        Ref(function),
        service="secretsmanager",
        source=Ref(secret),
        **there,
    )
    layer.add(
        RotationSchedule(
            f"{rotation.title}Schedule",
            SecretId=Ref(secret),
            RotationLambdaARN=GetAtt(function, "Arn"),
            RotationRules=RotationRules(AutomaticallyAfterDays=layer.settings.secret_rotation_days),
            RotateImmediatelyOnUpdate=False,
            DependsOn=permission.title,
            **layer.only(rotation.scheduled or rotation.there),
        )
    )
    return _failing(layer, rotation)


def _failing(layer: Secrets, rotation: Rotation) -> AWSObject:
    """One failure an hour passes: a new schedule tries its function before there is a database.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    """
    name = layer.named(kebab(rotation.title))
    return metric_alarm(
        layer,
        f"{rotation.title}Failing",
        Series("AWS/Lambda", "Errors", {"FunctionName": name}, period=3600),
        above(1, breaches=1, periods=1),
        topic=layer.alerts_topic_arn,
        says=rotation.says,
        **layer.only(rotation.there),
    )
