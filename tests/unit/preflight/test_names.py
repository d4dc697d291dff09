"""Planted: names that somebody has already, in this account or in another."""

from __future__ import annotations

import pytest

from scripts.aws import AwsSaidNo
from scripts.checks import Verdict
from scripts.preflight import names
from tests.unit.preflight.grounds import PRIMARY, STANDBY, Cloud, ask, resource

BUCKET, SECRET = "AWS::S3::Bucket", "AWS::SecretsManager::Secret"


@pytest.mark.parametrize(
    ("code", "verdict", "said"),
    [
        ("404", Verdict.PASSED, "1 are free"),
        ("403", Verdict.REFUSED, "shop-logs belongs to somebody else, or may not be read"),
        ("301", Verdict.REFUSED, "shop-logs is there already, in another region"),
    ],
)
def test_a_bucket_may_be_taken_by_anybody(code: str, verdict: Verdict, said: str) -> None:
    cloud = Cloud()
    cloud.refuses("s3", "head_bucket", code)

    reply = ask("names of buckets", cloud.ground(resource(BUCKET, BucketName="shop-logs")))

    assert (reply.answer.verdict, reply.answer.found) == (verdict, said)
    assert bool(reply.concerns) is (verdict is Verdict.REFUSED)


def test_a_bucket_that_an_earlier_environment_kept_is_in_the_way() -> None:
    cloud = Cloud()
    cloud.says("s3", "head_bucket", {})

    answer = ask("names of buckets", cloud.ground(resource(BUCKET, BucketName="shop-logs"))).answer

    assert answer.verdict is Verdict.REFUSED
    assert "aws s3 rb s3://shop-logs --force" in answer.remedy


def test_a_name_that_our_own_stack_has_is_not_asked_for() -> None:
    ground = Cloud().ground(resource(BUCKET, BucketName="shop-logs"), stands={"One": "shop-logs"})

    assert ask("names of buckets", ground).answer.found == "nothing new is named"


def test_what_s3_does_not_say_is_not_called_free() -> None:
    cloud = Cloud()
    cloud.refuses("s3", "head_bucket", "503")

    with pytest.raises(AwsSaidNo):
        ask("names of buckets", cloud.ground(resource(BUCKET, BucketName="shop-logs")))


def test_a_secret_that_is_to_be_deleted_holds_its_name() -> None:
    cloud = Cloud()
    cloud.says("secretsmanager", "describe_secret", {"DeletedDate": 1_800_000_000})

    answer = ask("names of secrets", cloud.ground(resource(SECRET, Name="orders"))).answer

    assert answer.verdict is Verdict.REFUSED
    assert "orders is scheduled for deletion, and holds its name" in answer.found
    assert "--secret-id orders --force-delete-without-recovery" in answer.remedy


def test_a_secret_that_is_not_there_is_free() -> None:
    cloud = Cloud()
    cloud.refuses("secretsmanager", "describe_secret", "ResourceNotFoundException")

    answer = ask("names of secrets", cloud.ground(resource(SECRET, Name="orders"))).answer

    assert answer.verdict is Verdict.PASSED


def test_the_replica_of_a_table_needs_its_name_in_the_other_region() -> None:
    cloud = Cloud()
    cloud.says("dynamodb", "list_tables", {"TableNames": ["carts", "another"]}, STANDBY)
    table = resource(
        "AWS::DynamoDB::GlobalTable",
        TableName="carts",
        Replicas=[{"Region": PRIMARY}, {"Region": STANDBY}],
    )

    reply = ask("names of tables", cloud.ground(table), STANDBY)

    assert reply.answer.verdict is Verdict.REFUSED
    assert reply.answer.found == "carts is there already"
    assert "--region us-west-2 --table-name carts" in reply.answer.remedy


def test_a_log_group_that_was_kept_is_in_the_way() -> None:
    cloud = Cloud()
    groups = [{"logGroupName": "/tradewind/dev/flow"}, {"logGroupName": "/tradewind/dev/flows"}]
    cloud.says("logs", "describe_log_groups", {"logGroups": groups})
    group = resource("AWS::Logs::LogGroup", LogGroupName="/tradewind/dev/flow")

    answer = ask("names of log groups", cloud.ground(group)).answer

    assert answer.found == "/tradewind/dev/flow is there already"


def test_a_role_is_one_for_all_regions() -> None:
    cloud = Cloud()
    role = {
        "RoleName": "shop",
        "Path": "/",
        "RoleId": "AROAEXAMPLEEXAMPLE",
        "Arn": "arn:aws:iam::111111111111:role/shop",
        "CreateDate": 1_700_000_000,
    }
    cloud.says("iam", "list_roles", {"Roles": [role]})
    wanted = (
        resource("AWS::IAM::Role", RoleName="shop", region=STANDBY),
        resource("AWS::IAM::Role", "Two", RoleName="free"),
    )

    reply = ask("names of IAM roles", cloud.ground(*wanted))

    assert reply.answer.found == "shop is there already"
    assert [one.region for one in reply.concerns] == [STANDBY]


@pytest.mark.parametrize(
    ("kind", "name", "operation", "gone", "key", "member"),
    [
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "names of load balancers",
            "describe_load_balancers",
            "LoadBalancerNotFoundException",
            "LoadBalancers",
            "LoadBalancerName",
        ),
        (
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "names of target groups",
            "describe_target_groups",
            "TargetGroupNotFoundException",
            "TargetGroups",
            "TargetGroupName",
        ),
    ],
)
def test_load_balancing_is_asked_by_name(
    kind: str, name: str, operation: str, gone: str, key: str, member: str
) -> None:
    taken, free = Cloud(), Cloud()
    taken.says("elbv2", operation, {key: [{member: "shop"}]})
    free.refuses("elbv2", operation, gone)

    assert ask(name, taken.ground(resource(kind, Name="shop"))).answer.verdict is Verdict.REFUSED
    assert ask(name, free.ground(resource(kind, Name="shop"))).answer.verdict is Verdict.PASSED


def test_queues_and_topics_are_known_by_the_end_of_their_address() -> None:
    cloud = Cloud()
    cloud.says("sqs", "list_queues", {"QueueUrls": ["https://sqs.example/111111111111/orders"]})
    cloud.says("sns", "list_topics", {"Topics": [{"TopicArn": "arn:aws:sns:us-east-1:1:orders"}]})
    ground = cloud.ground(
        resource("AWS::SQS::Queue", QueueName="orders"),
        resource("AWS::SNS::Topic", TopicName="orders"),
    )

    assert ask("names of queues", ground).answer.verdict is Verdict.REFUSED
    assert ask("names of topics", ground).answer.verdict is Verdict.REFUSED


def test_every_remedy_can_be_said() -> None:
    for one in names.NAMED:
        said = one.remedy.format(region="REGION", name="NAME", params="PARAMS")
        assert "aws " in said, one.what
        assert "{" not in said, one.what
