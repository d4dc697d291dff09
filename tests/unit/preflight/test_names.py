"""Planted: names that somebody has already, in this account or in another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from generator import environments
from scripts.aws import AwsSaidNo
from scripts.checks import Verdict
from scripts.commands import preflight
from scripts.preflight import names
from tests.unit.preflight.grounds import PARAMS, PRIMARY, STANDBY, Cloud, ask, later, resource

BUCKET, SECRET = "AWS::S3::Bucket", "AWS::SecretsManager::Secret"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


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
            LOAD_BALANCER,
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


@pytest.mark.parametrize(
    ("kind", "properties", "question", "service", "operation", "answer"),
    [
        (
            "AWS::ElastiCache::User",
            {"UserId": "shop"},
            "names of cache users",
            "elasticache",
            "describe_users",
            {"Users": [{"UserId": "shop"}]},
        ),
        (
            "AWS::OpenSearchService::Domain",
            {"DomainName": "shop"},
            "names of search domains",
            "opensearch",
            "describe_domain",
            {
                "DomainStatus": {
                    "DomainId": "1",
                    "DomainName": "shop",
                    "ARN": "arn:aws:es:us-east-1:1:domain/shop",
                    "ClusterConfig": {},
                }
            },
        ),
        (
            "AWS::Events::EventBus",
            {"Name": "shop"},
            "names of event buses",
            "events",
            "describe_event_bus",
            {"Name": "shop"},
        ),
        (
            "AWS::CloudWatch::CompositeAlarm",
            {"AlarmName": "shop"},
            "names of composite alarms",
            "cloudwatch",
            "describe_alarms",
            {"CompositeAlarms": [{"AlarmName": "shop"}], "MetricAlarms": [{"AlarmName": "other"}]},
        ),
        (
            "AWS::CloudFront::OriginAccessControl",
            {"OriginAccessControlConfig": {"Name": "shop"}},
            "names of origin access controls",
            "cloudfront",
            "list_origin_access_controls",
            {
                "OriginAccessControlList": {
                    "Marker": "",
                    "MaxItems": 1,
                    "IsTruncated": False,
                    "Quantity": 1,
                    "Items": [
                        {
                            "Id": "E1",
                            "Name": "shop",
                            "Description": "",
                            "SigningProtocol": "sigv4",
                            "SigningBehavior": "always",
                            "OriginAccessControlOriginType": "s3",
                        }
                    ],
                }
            },
        ),
    ],
)
def test_what_is_there_holds_its_name(
    kind: str,
    properties: dict[str, Any],
    question: str,
    service: str,
    operation: str,
    answer: dict[str, Any],
) -> None:
    cloud = Cloud()
    cloud.says(service, operation, answer)

    reply = ask(question, cloud.ground(resource(kind, **properties)))

    assert reply.answer.verdict is Verdict.REFUSED
    assert reply.answer.found == "shop is there already"


def test_a_bus_that_is_not_there_is_free() -> None:
    cloud = Cloud()
    cloud.refuses("events", "describe_event_bus", "ResourceNotFoundException")

    answer = ask("names of event buses", cloud.ground(resource("AWS::Events::EventBus", Name="a")))

    assert answer.answer.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("what", "kind", "service", "operation"),
    [
        ("event buses", "AWS::Events::EventBus", "events", "describe_event_bus"),
        ("secrets", SECRET, "secretsmanager", "describe_secret"),
        ("load balancers", LOAD_BALANCER, "elbv2", "describe_load_balancers"),
    ],
)
def test_what_may_not_be_described_is_not_called_free(
    what: str, kind: str, service: str, operation: str
) -> None:
    cloud = Cloud()
    cloud.refuses(service, operation, "AccessDeniedException")

    with pytest.raises(AwsSaidNo):
        ask(f"names of {what}", cloud.ground(resource(kind, Name="shop")))


def test_a_firewall_is_looked_for_on_every_page_of_its_own_scope() -> None:
    cloud, acl = Cloud(), "AWS::WAFv2::WebACL"
    listing = cloud.stub("wafv2")
    first = {"Scope": "REGIONAL"}
    listing.add_response("list_web_acls", {"WebACLs": [], "NextMarker": "more"}, first)
    told = {"WebACLs": [{"Name": "shop"}, {"Name": "edge"}]}
    listing.add_response("list_web_acls", told, {**first, "NextMarker": "more"})
    ground = cloud.ground(
        resource(acl, Name="shop", Scope="REGIONAL"), resource(acl, Name="edge", Scope="CLOUDFRONT")
    )

    assert ask("names of firewalls", ground).answer.found == "shop is there already"
    cloud.assert_all_asked()


def test_policies_of_cloudfront_are_looked_for_on_every_page() -> None:
    cloud, custom = Cloud(), {"Type": "custom"}
    listing = cloud.stub("cloudfront")
    page = {"MaxItems": 1, "Quantity": 1}
    listing.add_response(
        "list_cache_policies", {"CachePolicyList": {**page, "NextMarker": "more"}}, custom
    )
    policy = {
        "Id": "1",
        "LastModifiedTime": 1_700_000_000,
        "CachePolicyConfig": {"Name": "files", "MinTTL": 0},
    }
    held = {"Type": "custom", "CachePolicy": policy}
    listing.add_response(
        "list_cache_policies",
        {"CachePolicyList": {**page, "Items": [held]}},
        {**custom, "Marker": "more"},
    )
    ground = cloud.ground(
        resource("AWS::CloudFront::CachePolicy", CachePolicyConfig={"Name": "files"})
    )

    assert ask("names of cache policies", ground).answer.found == "files is there already"
    cloud.assert_all_asked()


def test_a_rule_of_a_bus_of_ours_is_in_nobodys_way() -> None:
    ground = Cloud().ground(
        resource("AWS::Events::Rule", Name="shop", EventBusName=later("Bus")),
    )

    assert ask("names of event rules", ground).answer.found == "nothing new is named"


#: Types whose name of ours nobody else can have taken, or that another question is about.
OTHERWISE = {
    "AWS::ApiGateway::RestApi": "names of APIs may be equal",
    "AWS::ApiGateway::Stage": "in its API",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "in its target",
    "AWS::Backup::BackupSelection": "in its plan",
    "AWS::Backup::RestoreTestingSelection": "in its plan",
    "AWS::CodeDeploy::DeploymentGroup": "in its application",
    "AWS::EventSchemas::Schema": "in its registry",
    "AWS::Logs::MetricFilter": "in its log group",
    "AWS::Personalize::Dataset": "in its group",
    "AWS::Personalize::EventTracker": "in its group",
    "AWS::CloudFormation::Stack": "only passes names on",
    "AWS::Config::ConfigurationRecorder": "a region has one: singletons",
    "AWS::Config::DeliveryChannel": "a region has one: singletons",
    "AWS::IAM::ServiceLinkedRole": "linked_roles",
}


@pytest.mark.parametrize("name", environments.names(PARAMS))
def test_every_name_of_ours_is_asked_for_or_is_said_not_to_be(name: str) -> None:
    """Of all that the templates make in any environment."""
    environment = environments.read(PARAMS, name)
    context: Any = SimpleNamespace(project=PARAMS.parent)
    ours = re.compile(rf"tradewind[-_]{name}|/tradewind/{name}")
    named = {
        one.type
        for one in preflight._wanted(context, environment).resources
        if any(ours.match(text) for text in _texts(one.properties))
    }

    known = {kind for one in names.NAMED for kind in one.types} | {*names.UNASKED} | {*OTHERWISE}
    assert named <= known, named - known
    assert len(named) > 30


def _texts(properties: Mapping[str, Any]) -> Iterator[str]:
    for name, value in properties.items():
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict) and name not in ("Tags", "Conditions"):
            yield from _texts(value)


def test_what_is_not_asked_is_named() -> None:
    ground = Cloud().ground(
        resource("AWS::RedshiftServerless::Workgroup", WorkgroupName="a"),
        resource("AWS::RedshiftServerless::Workgroup", "Two", WorkgroupName="b"),
        resource(BUCKET, BucketName="shop-logs"),
    )

    assert names.unasked(ground) == ("AWS::RedshiftServerless::Workgroup",)


def test_every_remedy_can_be_said() -> None:
    for one in names.NAMED:
        said = one.remedy.format(region="REGION", name="NAME", params="PARAMS")
        assert "aws " in said, one.what
        assert "{" not in said, one.what
