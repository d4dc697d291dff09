"""Resource handles with verbs: the only way to write a policy statement.

A handle names a resource and the key that encrypts it; a verb gives the exact actions, the KMS half included.

    self.role(
        "WebServer",
        trusted=service("ec2"),
        allows=[assets.read(), orders_queue.send(), origin_secret.read()],
    )

No action has a wildcard. A resource is a wildcard only where AWS offers no scope for the action: those
statements come from `unscoped`, which wants the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from awacs import (
    autoscaling,
    cloudwatch,
    dynamodb,
    ec2,
    elasticloadbalancing,
    firehose,
    kms,
    logs,
    rds,
    s3,
    secretsmanager,
    sns,
    sqs,
    ssm,
    ssmmessages,
    states,
    tag,
    xray,
)
from awacs import awslambda as lambda_
from awacs.aws import (
    Action,
    Allow,
    Condition,
    ConditionElement,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
    StringEqualsIfExists,
    StringLike,
)
from awacs.sts import AssumeRole
from troposphere import AWSObject, Ref, Sub, encode_to_dict
from troposphere.iam import Policy, Role

from generator.naming import PREFIX, kebab

if TYPE_CHECKING:
    from generator.layer import Layer

Allowed: TypeAlias = "Statement | Iterable[Allowed]"
Arn: TypeAlias = Any  # a string, or the intrinsic that gives one


@dataclass(frozen=True)
class Trust:
    """Who may assume a role, and only on behalf of this account."""

    principal: Principal
    condition: Condition


#: Services that assume a role of the account that passed it to them, and may not name a source account.
#: AWS's own samples of their trust policies have no condition; where the key is there, it must be ours.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
MAY_NAME_NO_SOURCE = frozenset({"ec2", "s3"})


def service(name: str) -> Trust:
    """An AWS service, acting for this account only (the confused deputy's remedy).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    compare = StringEqualsIfExists if name in MAY_NAME_NO_SOURCE else StringEquals
    ours = Condition(compare("aws:SourceAccount", Ref("AWS::AccountId")))
    return Trust(Principal("Service", f"{name}.amazonaws.com"), ours)


def allow(
    actions: Iterable[Action], resources: Iterable[Arn], *conditions: ConditionElement
) -> Statement:
    """The one place where an Allow is written."""
    guarded = {"Condition": Condition(list(conditions))} if conditions else {}
    return Statement(Effect=Allow, Action=list(actions), Resource=list(resources), **guarded)


def unscoped(actions: Iterable[Action], *conditions: ConditionElement, because: str) -> Statement:
    """Actions for which AWS offers no resource; `because` is for the reader and for the audit."""
    assert because
    return allow(actions, ["*"], *conditions)


@dataclass(frozen=True)
class Key:
    """A KMS key, used only through the service that holds the data (`via`, such as `s3`)."""

    arn: Arn
    via: str

    def decrypt(self) -> Statement:
        """Read what the key encrypts."""
        return allow([kms.Decrypt], [self.arn], self._through_service())

    def encrypt(self) -> Statement:
        """Write under the key."""
        return allow([kms.GenerateDataKey, kms.Decrypt], [self.arn], self._through_service())

    def _through_service(self) -> StringEquals:
        return StringEquals(
            "kms:ViaService", Sub(f"{self.via}.${{AWS::Region}}.${{AWS::URLSuffix}}")
        )


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket whose objects `key` encrypts."""

    arn: Arn
    key_arn: Arn

    def read(self, prefix: str = "") -> list[Statement]:
        """List and get the objects below a prefix."""
        listing = allow(
            [s3.ListBucket],
            [self.arn],
            *([StringLike("s3:prefix", f"{prefix}*")] if prefix else []),
        )
        return [
            listing,
            allow([s3.GetObject, s3.GetObjectVersion], [self._objects(prefix)]),
            Key(self.key_arn, "s3").decrypt(),
        ]

    def put(self, prefix: str = "") -> list[Statement]:
        """Put objects below a prefix, in parts or whole."""
        return [
            allow([s3.PutObject, s3.AbortMultipartUpload], [self._objects(prefix)]),
            Key(self.key_arn, "s3").encrypt(),
        ]

    def _objects(self, prefix: str) -> Sub:
        return Sub(f"${{Bucket}}/{prefix}*", Bucket=self.arn)


@dataclass(frozen=True)
class Queue:
    """An SQS queue."""

    arn: Arn
    key_arn: Arn

    def send(self) -> list[Statement]:
        """Put messages in."""
        return [
            allow([sqs.SendMessage, sqs.GetQueueAttributes, sqs.GetQueueUrl], [self.arn]),
            Key(self.key_arn, "sqs").encrypt(),
        ]

    def consume(self) -> list[Statement]:
        """Take messages out, or give them back."""
        actions = [sqs.ReceiveMessage, sqs.DeleteMessage, sqs.ChangeMessageVisibility]
        return [
            allow([*actions, sqs.GetQueueAttributes, sqs.GetQueueUrl], [self.arn]),
            Key(self.key_arn, "sqs").decrypt(),
        ]


@dataclass(frozen=True)
class Topic:
    """An SNS topic."""

    arn: Arn
    key_arn: Arn

    def publish(self) -> list[Statement]:
        """Tell the subscribers."""
        return [allow([sns.Publish], [self.arn]), Key(self.key_arn, "sns").encrypt()]


@dataclass(frozen=True)
class Table:
    """A DynamoDB table, its indexes and its stream."""

    arn: Arn
    key_arn: Arn

    def get(self) -> list[Statement]:
        """Get one item by its key."""
        return [allow([dynamodb.GetItem], [self.arn]), self._key().decrypt()]

    def read(self) -> list[Statement]:
        """Get, query and scan."""
        actions = [dynamodb.GetItem, dynamodb.BatchGetItem, dynamodb.Query, dynamodb.Scan]
        return [
            allow([*actions, dynamodb.DescribeTable], self._with_indexes()),
            self._key().decrypt(),
        ]

    def write(self) -> list[Statement]:
        """Put, update and delete items, conditionally and in transactions."""
        actions = [
            dynamodb.PutItem,
            dynamodb.UpdateItem,
            dynamodb.DeleteItem,
            dynamodb.BatchWriteItem,
            dynamodb.ConditionCheckItem,
        ]
        return [allow(actions, [self.arn]), self._key().encrypt()]

    def _with_indexes(self) -> list[Arn]:
        return [self.arn, Sub("${Table}/index/*", Table=self.arn)]

    def _key(self) -> Key:
        return Key(self.key_arn, "dynamodb")


@dataclass(frozen=True)
class TableStream:
    """The stream of a DynamoDB table."""

    arn: Arn
    key_arn: Arn

    def consume(self) -> list[Statement]:
        """Read the changes in order."""
        actions = [dynamodb.DescribeStream, dynamodb.GetRecords, dynamodb.GetShardIterator]
        listing = unscoped([dynamodb.ListStreams], because="ListStreams names no stream")
        return [allow(actions, [self.arn]), listing, Key(self.key_arn, "dynamodb").decrypt()]


@dataclass(frozen=True)
class Secret:
    """A secret of Secrets Manager."""

    arn: Arn
    key_arn: Arn

    def read(self) -> list[Statement]:
        """Get its value."""
        return [
            allow([secretsmanager.GetSecretValue, secretsmanager.DescribeSecret], [self.arn]),
            Key(self.key_arn, "secretsmanager").decrypt(),
        ]

    def rotate(self) -> list[Statement]:
        """Run the four steps of a rotation on it."""
        actions = [
            secretsmanager.DescribeSecret,
            secretsmanager.GetSecretValue,
            secretsmanager.PutSecretValue,
            secretsmanager.UpdateSecretVersionStage,
        ]
        return [
            allow(actions, [self.arn]),
            Key(self.key_arn, "secretsmanager").encrypt(),
            unscoped(
                [secretsmanager.GetRandomPassword], because="GetRandomPassword names no secret"
            ),
        ]


@dataclass(frozen=True)
class Database:
    """An RDS DB instance, or an Aurora cluster, of this region by its identifier."""

    identifier: Arn

    def set_master_password(self) -> list[Statement]:
        """Change it, and see whether the change is in force; RDS has no narrower action."""
        return [
            allow([rds.DescribeDBInstances, rds.ModifyDBInstance], [self._arn("db")]),
            allow([rds.DescribeDBClusters, rds.ModifyDBCluster], [self._arn("cluster")]),
        ]

    def stop_and_start(self) -> Statement:
        """Stop the instance, and start it again."""
        return allow([rds.StopDBInstance, rds.StartDBInstance], [self._arn("db")])

    def _arn(self, kind: str) -> Sub:
        return Sub(
            f"arn:${{AWS::Partition}}:rds:${{AWS::Region}}:${{AWS::AccountId}}:{kind}:${{Database}}",
            Database=self.identifier,
        )


@dataclass(frozen=True)
class LogGroup:
    """A CloudWatch Logs log group; GetAtt Arn ends in `:*`, which is what its streams' actions want.

    Its key is used by the service under the key's own policy.
    """

    arn: Arn

    def write(self) -> Statement:
        """Open streams and put events."""
        return allow([logs.CreateLogStream, logs.PutLogEvents], [self.arn])

    def deliver(self) -> list[Statement]:
        """What VPC flow logs need besides.

        https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        """
        return [self.write(), allow([logs.DescribeLogStreams], [self.arn])]


@dataclass(frozen=True)
class Function:
    """A Lambda function."""

    arn: Arn

    def invoke(self) -> Statement:
        """Call it."""
        return allow([lambda_.InvokeFunction], [self.arn, Sub("${Function}:*", Function=self.arn)])


@dataclass(frozen=True)
class StateMachine:
    """A Step Functions state machine."""

    arn: Arn

    def start(self) -> Statement:
        """Start an execution."""
        return allow([states.StartExecution], [self.arn])


@dataclass(frozen=True)
class DeliveryStream:
    """A Firehose delivery stream."""

    arn: Arn

    def put(self) -> Statement:
        """Put records."""
        return allow([firehose.PutRecord, firehose.PutRecordBatch], [self.arn])


@dataclass(frozen=True)
class Fleet:
    """An Auto Scaling group, by its name, and the target group that it stands in."""

    name: Arn
    target_group_arn: Arn

    def deploy_in_place(self) -> list[Statement]:
        """Take its instances out of traffic in turn, and hold a new one until it has the revision.

        AWS's managed AWSCodeDeployRole, less what only blue/green deployments and other targets need.
        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRole.html
        """
        group = Sub(
            "arn:${AWS::Partition}:autoscaling:${AWS::Region}:${AWS::AccountId}"
            ":autoScalingGroup:*:autoScalingGroupName/${Name}",
            Name=self.name,
        )
        hold = [
            autoscaling.PutLifecycleHook,
            autoscaling.DeleteLifecycleHook,
            autoscaling.RecordLifecycleActionHeartbeat,
            autoscaling.CompleteLifecycleAction,
            autoscaling.SuspendProcesses,
            autoscaling.ResumeProcesses,
        ]
        look = [
            autoscaling.DescribeAutoScalingGroups,
            autoscaling.DescribeLifecycleHooks,
            ec2.DescribeInstances,
            ec2.DescribeInstanceStatus,
            elasticloadbalancing.DescribeLoadBalancers,
            elasticloadbalancing.DescribeTargetGroups,
            elasticloadbalancing.DescribeTargetGroupAttributes,
            elasticloadbalancing.DescribeTargetHealth,
            tag.GetResources,
        ]
        shift = [elasticloadbalancing.RegisterTargets, elasticloadbalancing.DeregisterTargets]
        return [
            allow(hold, [group]),
            allow(shift, [self.target_group_arn]),
            unscoped(look, because="none of these lists by resource"),
            unscoped(
                [cloudwatch.DescribeAlarms], because="composite alarms are described under * only"
            ),
        ]


def session_manager() -> list[Statement]:
    """What the SSM agent needs to open a shell on its instance: no SSH, no key, no open port.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
    """
    instance = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")
    channels = [
        ssmmessages.CreateControlChannel,
        ssmmessages.CreateDataChannel,
        ssmmessages.OpenControlChannel,
        ssmmessages.OpenDataChannel,
    ]
    return [
        allow([ssm.UpdateInstanceInformation], [instance]),
        unscoped(channels, because="a channel has no ARN"),
    ]


def publish_traces() -> Statement:
    """Send traces to X-Ray."""
    return unscoped([xray.PutTraceSegments, xray.PutTelemetryRecords], because="a trace has no ARN")


def publish_database_monitoring() -> list[Statement]:
    """What RDS needs to write a database host's metrics; the log group is one for the account.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
    """
    group = Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:RDSOSMetrics"
    )
    streams = Sub("${Group}:log-stream:*", Group=group)
    return [
        allow([logs.CreateLogGroup, logs.PutRetentionPolicy], [group]),
        allow(
            [logs.CreateLogStream, logs.PutLogEvents, logs.DescribeLogStreams, logs.GetLogEvents],
            [streams],
        ),
    ]


def publish_metrics(namespace: Arn) -> Statement:
    """Put metrics of one namespace."""
    return unscoped(
        [cloudwatch.PutMetricData],
        StringEquals("cloudwatch:namespace", namespace),
        because="PutMetricData names no resource; the namespace scopes it",
    )


def join_vpc() -> list[Statement]:
    """What a Lambda function needs to have its network interfaces in a VPC.

    Lambda wants to be allowed every interface, for it asks before there is one.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    interfaces = [
        ec2.CreateNetworkInterface,
        ec2.DeleteNetworkInterface,
        ec2.AssignPrivateIpAddresses,
        ec2.UnassignPrivateIpAddresses,
    ]
    ours = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*")
    return [
        allow(interfaces, [ours]),
        unscoped(
            [ec2.DescribeNetworkInterfaces, ec2.DescribeSubnets], because="they list by no resource"
        ),
    ]


def close_security_group(group_id: Arn) -> list[Statement]:
    """Take the rules out of one security group."""
    group = Sub(
        "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:security-group/${Group}",
        Group=group_id,
    )
    return [
        allow([ec2.RevokeSecurityGroupIngress, ec2.RevokeSecurityGroupEgress], [group]),
        unscoped([ec2.DescribeSecurityGroups], because="DescribeSecurityGroups names no group"),
    ]


def role(
    layer: Layer,
    title: str,
    trusted: Trust,
    allows: Iterable[Allowed],
    *,
    under: str = "runtime",
    **properties: Any,
) -> AWSObject:
    """A role whose name is derived, whose policy is its grants, and whose boundary is that of its kind."""
    statements = merged(flattened(allows))
    policies = (
        [
            Policy(
                PolicyName="Grants",
                PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=statements),
            )
        ]
        if statements
        else []
    )
    assume = Statement(
        Effect=Allow,
        Action=[AssumeRole],
        Principal=trusted.principal,
        Condition=trusted.condition,
    )
    return Role(
        title,
        RoleName=layer.named(kebab(title)),
        PermissionsBoundary=boundary_arn(layer, under),
        AssumeRolePolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[assume]),
        Policies=policies,
        **properties,
    )


def boundary_arn(layer: Layer, kind: str) -> Sub:
    """A boundary by its kind: `runtime` for our code, `service` for AWS's, `deployer` for what deploys."""
    name = f"{PREFIX}-${{Environment}}-{kind}-boundary-${{AWS::Region}}"
    return layer.sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{name}")


def flattened(allows: Iterable[Allowed]) -> Iterator[Statement]:
    """The statements of nested grants, in order."""
    for granted in allows:
        if isinstance(granted, Statement):
            yield granted
        else:
            yield from flattened(granted)


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """Drop repetitions, and give the resources of statements that differ in nothing else to one of them."""
    by_shape: dict[str, Statement] = {}
    for statement in statements:
        actions = sorted(action.JSONrepr() for action in statement.Action)
        shape = _canonical([actions, statement.properties.get("Condition")])
        if shape not in by_shape:
            by_shape[shape] = statement
            continue
        known = by_shape[shape]
        have = {_canonical(resource) for resource in known.Resource}
        known.Resource = known.Resource + [
            resource for resource in statement.Resource if _canonical(resource) not in have
        ]
    return list(by_shape.values())


def _canonical(value: Any) -> str:
    """One text for equal values, however deep the intrinsics in them are."""
    return json.dumps(encode_to_dict(value), sort_keys=True)
