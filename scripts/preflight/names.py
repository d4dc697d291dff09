"""Names that are taken: CloudFormation makes nothing under a name that somebody else has.

What a stack of ours holds has its name already. Most often it is a resource that an earlier environment kept
when it was destroyed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from scripts.aws import AwsSaidNo, Client
from scripts.checks import all_of, passed
from scripts.preflight.ground import Ground, Question, Questions, Reply
from scripts.preflight.wanted import Resource

#: Of these names, those that are taken -> by what.
Taken = Callable[[Ground, str, Collection[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Named:
    """A kind of thing that has a name of its own in a region, or in the account.

    `copies` is the property that lists the regions that get the same under the same name. `remedy` has the
    region and the name put in.
    """

    what: str
    types: Mapping[str, str]
    taken: Taken
    remedy: str
    everywhere: bool = False
    copies: str = ""


def is_free(named: Named, ground: Ground, region: str) -> Reply:
    """None of the names that a deploy would give is taken in the region."""
    fresh = ground.missing(tuple(_named_in(named, ground, region)))
    by_name = {one.text(named.types[one.type]): one for one in fresh}
    expected = "names that nobody has"
    if not by_name:
        return Reply(passed("nothing new is named", expected))
    taken = named.taken(ground, region, by_name)
    remedy = named.remedy.format(region=region, name=min(taken, default=""), params=ground.params)
    troubles = [f"{name} {how}" for name, how in sorted(taken.items())]
    answer = all_of(troubles, f"{len(by_name)} are free", expected, remedy)
    return Reply(answer, tuple(by_name[name] for name in sorted(taken)))


def _named_in(named: Named, ground: Ground, region: str) -> list[Resource]:
    every = ground.wanted.of(named.types)
    return [
        one
        for one in every
        if one.text(named.types[one.type])
        and (named.everywhere or region == one.region or region in _copied_to(named, one))
    ]


def _copied_to(named: Named, one: Resource) -> list[str]:
    copies: list[Mapping[str, Any]] = one.properties.get(named.copies, []) if named.copies else []
    return [str(copy["Region"]) for copy in copies]


def _listed(
    service: str,
    operation: str,
    key: str,
    name: Callable[[Any], str],
    **asked: Any,
) -> Taken:
    """By a list of all that the account has there."""

    def taken(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
        listed = ground.client(service, region).pages(operation, key, **asked)
        return {held: "is there already" for one in listed if (held := name(one)) in names}

    return taken


def _of(member: str) -> Callable[[Any], str]:
    return lambda one: str(one[member])


def _last(separator: str, member: str = "") -> Callable[[Any], str]:
    """The end of an ARN or a URL."""
    return lambda one: str(one[member] if member else one).rpartition(separator)[2]


def _buckets(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
    """Bucket names are one for all accounts of a partition: HeadBucket tells of anybody's.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    client = ground.client("s3", region)
    return {name: how for name in names if (how := _bucket(client, name))}


def _bucket(client: Client, name: str) -> str:
    try:
        client.call("head_bucket", Bucket=name)
    except AwsSaidNo as error:
        match error.code:
            case "404" | "NoSuchBucket" | "NotFound":
                return ""
            case "403" | "AccessDenied" | "Forbidden":
                return "belongs to somebody else, or may not be read"
            case "301" | "PermanentRedirect":
                return "is there already, in another region"
        raise
    return "is there already"


def _secrets(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
    """A secret that is to be deleted keeps its name until it is."""
    client, taken = ground.client("secretsmanager", region), {}
    for name in names:
        try:
            found = client.call("describe_secret", SecretId=name)
        except AwsSaidNo as error:
            if error.code != "ResourceNotFoundException":
                raise
        else:
            going = "is scheduled for deletion, and holds its name"
            taken[name] = going if found.get("DeletedDate") else "is there already"
    return taken


def _by_name(
    service: str, operation: str, parameter: str, gone: str, key: str, member: str
) -> Taken:
    """By asking for each: of load balancers there may be thousands."""

    def taken(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
        client, found = ground.client(service, region), {}
        for name in names:
            try:
                told = client.call(operation, **{parameter: [name]})[key]
            except AwsSaidNo as error:
                if not error.code.startswith(gone):
                    raise
            else:
                found.update({one[member]: "is there already" for one in told})
        return found

    return taken


def _log_groups(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
    """Listed by how names begin: an account has thousands."""
    client = ground.client("logs", region)
    begun = {"/".join(name.split("/")[:2]) for name in names}
    listed = (
        one["logGroupName"]
        for prefix in sorted(begun)
        for one in client.pages("describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    )
    return {name: "is there already" for name in listed if name in names}


_DELETE = "Look whose it is, then delete it: aws {} --region {{region}} {} {{name}}"

NAMED: tuple[Named, ...] = (
    Named(
        "buckets",
        {"AWS::S3::Bucket": "BucketName"},
        _buckets,
        "If it is yours, empty and delete it: aws s3 rb s3://{name} --force; else name the environment "
        "otherwise: rename {params}.",
    ),
    Named(
        "tables",
        {"AWS::DynamoDB::Table": "TableName", "AWS::DynamoDB::GlobalTable": "TableName"},
        _listed("dynamodb", "list_tables", "TableNames", str),
        _DELETE.format("dynamodb delete-table", "--table-name"),
        copies="Replicas",
    ),
    Named(
        "log groups",
        {"AWS::Logs::LogGroup": "LogGroupName"},
        _log_groups,
        _DELETE.format("logs delete-log-group", "--log-group-name"),
    ),
    Named(
        "secrets",
        {"AWS::SecretsManager::Secret": "Name"},
        _secrets,
        "Delete it for good: aws secretsmanager delete-secret --region {region} --secret-id {name} "
        "--force-delete-without-recovery (or keep it: aws secretsmanager restore-secret).",
        copies="ReplicaRegions",
    ),
    Named(
        "functions",
        {"AWS::Lambda::Function": "FunctionName"},
        _listed("lambda", "list_functions", "Functions", _of("FunctionName")),
        _DELETE.format("lambda delete-function", "--function-name"),
    ),
    Named(
        "queues",
        {"AWS::SQS::Queue": "QueueName"},
        _listed("sqs", "list_queues", "QueueUrls", _last("/")),
        "Look whose it is, then delete the queue {name} in {region}: aws sqs delete-queue --queue-url URL",
    ),
    Named(
        "topics",
        {"AWS::SNS::Topic": "TopicName"},
        _listed("sns", "list_topics", "Topics", _last(":", "TopicArn")),
        "Look whose it is, then delete the topic {name} in {region}: aws sns delete-topic --topic-arn ARN",
    ),
    Named(
        "databases",
        {"AWS::RDS::DBInstance": "DBInstanceIdentifier"},
        _listed("rds", "describe_db_instances", "DBInstances", _of("DBInstanceIdentifier")),
        _DELETE.format("rds delete-db-instance", "--db-instance-identifier"),
    ),
    Named(
        "database clusters",
        {"AWS::RDS::DBCluster": "DBClusterIdentifier"},
        _listed("rds", "describe_db_clusters", "DBClusters", _of("DBClusterIdentifier")),
        _DELETE.format("rds delete-db-cluster", "--db-cluster-identifier"),
    ),
    Named(
        "global databases",
        {"AWS::RDS::GlobalCluster": "GlobalClusterIdentifier"},
        _listed(
            "rds", "describe_global_clusters", "GlobalClusters", _of("GlobalClusterIdentifier")
        ),
        _DELETE.format("rds delete-global-cluster", "--global-cluster-identifier"),
    ),
    Named(
        "database subnet groups",
        {"AWS::RDS::DBSubnetGroup": "DBSubnetGroupName"},
        _listed("rds", "describe_db_subnet_groups", "DBSubnetGroups", _of("DBSubnetGroupName")),
        _DELETE.format("rds delete-db-subnet-group", "--db-subnet-group-name"),
    ),
    Named(
        "caches",
        {"AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId"},
        _listed(
            "elasticache",
            "describe_replication_groups",
            "ReplicationGroups",
            _of("ReplicationGroupId"),
        ),
        _DELETE.format("elasticache delete-replication-group", "--replication-group-id"),
    ),
    Named(
        "load balancers",
        {"AWS::ElasticLoadBalancingV2::LoadBalancer": "Name"},
        _by_name(
            "elbv2",
            "describe_load_balancers",
            "Names",
            "LoadBalancerNotFound",
            "LoadBalancers",
            "LoadBalancerName",
        ),
        "Look whose {name} in {region} is, then: aws elbv2 delete-load-balancer --load-balancer-arn ARN",
    ),
    Named(
        "target groups",
        {"AWS::ElasticLoadBalancingV2::TargetGroup": "Name"},
        _by_name(
            "elbv2",
            "describe_target_groups",
            "Names",
            "TargetGroupNotFound",
            "TargetGroups",
            "TargetGroupName",
        ),
        "Look whose {name} in {region} is, then: aws elbv2 delete-target-group --target-group-arn ARN",
    ),
    Named(
        "backup vaults",
        {"AWS::Backup::BackupVault": "BackupVaultName"},
        _listed("backup", "list_backup_vaults", "BackupVaultList", _of("BackupVaultName")),
        "Its recovery points first, then: aws backup delete-backup-vault --region {region} "
        "--backup-vault-name {name}",
    ),
    Named(
        "workflows",
        {"AWS::StepFunctions::StateMachine": "StateMachineName"},
        _listed("stepfunctions", "list_state_machines", "stateMachines", _of("name")),
        "Look whose {name} in {region} is, then: aws stepfunctions delete-state-machine "
        "--state-machine-arn ARN",
    ),
    Named(
        "build projects",
        {"AWS::CodeBuild::Project": "Name"},
        _listed("codebuild", "list_projects", "projects", str),
        _DELETE.format("codebuild delete-project", "--name"),
    ),
    Named(
        "pipelines",
        {"AWS::CodePipeline::Pipeline": "Name"},
        _listed("codepipeline", "list_pipelines", "pipelines", _of("name")),
        _DELETE.format("codepipeline delete-pipeline", "--name"),
    ),
    Named(
        "key aliases",
        {"AWS::KMS::Alias": "AliasName"},
        _listed("kms", "list_aliases", "Aliases", _of("AliasName")),
        _DELETE.format("kms delete-alias", "--alias-name"),
    ),
    Named(
        "IAM roles",
        {"AWS::IAM::Role": "RoleName"},
        _listed("iam", "list_roles", "Roles", _of("RoleName")),
        "Look whose it is, detach its policies, then: aws iam delete-role --role-name {name}",
        everywhere=True,
    ),
    Named(
        "managed policies",
        {"AWS::IAM::ManagedPolicy": "ManagedPolicyName"},
        _listed("iam", "list_policies", "Policies", _of("PolicyName"), Scope="Local"),
        "Look who has it, detach {name}, then: aws iam delete-policy --policy-arn ARN",
        everywhere=True,
    ),
)

CHECKS: Questions = tuple(
    Question(
        f"names of {one.what}",
        "account" if one.everywhere else "region",
        tuple(one.types),
        partial(is_free, one),
    )
    for one in NAMED
)
