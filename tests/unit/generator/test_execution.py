from __future__ import annotations

import json
import re
from typing import Any

import pytest
from troposphere import encode_to_dict

from generator import execution
from generator.deployers import POLICIES_PER_ROLE, Deployers
from generator.errors import BuildError
from generator.execution import BESIDES, CUSTOM, REFUSED, provided
from generator.handler_permissions import SNAPSHOT, HandlerPermissions, handler_permissions
from generator.iam_reference import parsed, reference
from generator.naming import artifact_bucket, pascal
from generator.policy_size import POLICY_LIMIT, size
from generator.reach import acts_on
from generator.stacks import build, resource_types
from scripts.errors import TradewindError
from scripts.validate.snapshots import handler_snapshot, schema_permissions
from tests.unit.generator.iam import allows, resolved, statements
from tests.unit.generator.resolved import Made

ACCOUNT = "111111111111"

#: The property that names a resource of a service whose execution role acts by name, and its ARN.
NAMES = {
    "AWS::CloudTrail::Trail": ("TrailName", "cloudtrail:us-east-1:{account}:trail/{name}"),
    "AWS::CodeBuild::Project": ("Name", "codebuild:us-east-1:{account}:project/{name}"),
    "AWS::CodeDeploy::Application": (
        "ApplicationName",
        "codedeploy:us-east-1:{account}:application:{name}",
    ),
    "AWS::ElastiCache::User": ("UserId", "elasticache:us-east-1:{account}:user:{name}"),
    "AWS::Personalize::DatasetGroup": (
        "Name",
        "personalize:us-east-1:{account}:dataset-group/{name}",
    ),
    "AWS::Personalize::Filter": ("Name", "personalize:us-east-1:{account}:filter/{name}"),
    "AWS::Personalize::Schema": ("Name", "personalize:us-east-1:{account}:schema/{name}"),
    "AWS::Personalize::Solution": ("Name", "personalize:us-east-1:{account}:solution/{name}"),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier", "rds:us-east-1:{account}:cluster:{name}"),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier", "rds:us-east-1:{account}:db:{name}"),
    "AWS::Scheduler::Schedule": ("Name", "scheduler:us-east-1:{account}:schedule/default/{name}"),
    "AWS::CloudWatch::Alarm": ("AlarmName", "cloudwatch:us-east-1:{account}:alarm:{name}"),
    "AWS::DynamoDB::GlobalTable": ("TableName", "dynamodb:us-east-1:{account}:table/{name}"),
    "AWS::DynamoDB::Table": ("TableName", "dynamodb:us-east-1:{account}:table/{name}"),
    "AWS::Events::EventBus": ("Name", "events:us-east-1:{account}:event-bus/{name}"),
    "AWS::IAM::Role": ("RoleName", "iam::{account}:role/{name}"),
    "AWS::KinesisFirehose::DeliveryStream": (
        "DeliveryStreamName",
        "firehose:us-east-1:{account}:deliverystream/{name}",
    ),
    "AWS::Lambda::Function": ("FunctionName", "lambda:us-east-1:{account}:function:{name}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "logs:us-east-1:{account}:log-group:{name}"),
    "AWS::OpenSearchService::Domain": ("DomainName", "es:us-east-1:{account}:domain/{name}"),
    "AWS::SNS::Topic": ("TopicName", "sns:us-east-1:{account}:{name}"),
    "AWS::SQS::Queue": ("QueueName", "sqs:us-east-1:{account}:{name}"),
    "AWS::SecretsManager::Secret": (
        "Name",
        "secretsmanager:us-east-1:{account}:secret:{name}-AbCdEf",
    ),
    "AWS::StepFunctions::StateMachine": (
        "StateMachineName",
        "states:us-east-1:{account}:stateMachine:{name}",
    ),
}


@pytest.fixture(scope="module")
def deployers() -> Deployers:
    return Deployers(resource_types())


@pytest.fixture(scope="module")
def policies(deployers: Deployers) -> list[dict[str, Any]]:
    return [s for document in _documents(deployers) for s in statements(document)]


def test_every_type_of_the_root_has_what_its_handlers_call(policies: list[dict[str, Any]]) -> None:
    allowed = {action for s in policies for action in s["Action"]}
    permissions = handler_permissions()
    for type in provided(resource_types()["platform"]):
        needed = {*permissions.types[type], *BESIDES.get(type, ())} - set(REFUSED)
        assert needed <= allowed, type


def test_only_what_handlers_call_is_allowed(policies: list[dict[str, Any]]) -> None:
    types = resource_types()["platform"]
    asked = set(handler_permissions().actions(provided(types)))
    asked |= {action for actions in BESIDES.values() for action in actions}
    others = {action for s in policies for action in s["Action"]} - asked
    assert {action.split(":")[0] for action in others} <= {"iam", "kms"}


def test_a_type_that_the_snapshot_lacks_fails_the_build() -> None:
    with pytest.raises(BuildError, match="lacks AWS::Braket::Quantum: run make snapshots"):
        Deployers({"platform": ["AWS::Braket::Quantum"]})


def test_a_type_whose_schema_is_silent_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = HandlerPermissions({"AWS::Mute::Thing": ()})
    monkeypatch.setattr(execution, "handler_permissions", lambda: silent)
    with pytest.raises(BuildError, match="no provider schema says what AWS::Mute::Thing needs"):
        execution.needed(["AWS::Mute::Thing"])


def test_a_custom_resource_needs_the_call_of_its_function() -> None:
    assert "lambda:InvokeFunction" in execution.needed([CUSTOM])
    assert execution.needed(["Custom::Closed"]) == execution.needed([CUSTOM])


def test_the_code_of_our_functions_is_read_as_the_role(policies: list[dict[str, Any]]) -> None:
    """Lambda fetches a bundle with the permissions of whoever makes the function, and encrypts its copy."""
    bucket = artifact_bucket("dev", ACCOUNT, "us-east-1")
    ours = f"arn:aws:s3:::{bucket}/releases/0123456789abcdef/order_commit.zip"
    for action in ("s3:GetObject", "s3:GetObjectVersion"):
        assert allows(policies, action, ours)
        assert not allows(policies, action, ours.replace("tradewind-dev", "tradewind-prod"))
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0"
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert allows(policies, action, key, kms__ResourceAliases="alias/tradewind-dev-artifacts")


def test_policies_within_iams_quotas(deployers: Deployers) -> None:
    documents = _documents(deployers)
    assert 1 <= len(documents) <= POLICIES_PER_ROLE
    assert all(size(document) <= POLICY_LIMIT for document in documents)
    attached = deployers.template.resources["PlatformExecution"].ManagedPolicyArns
    assert len(attached) == len(documents)


def test_the_whole_of_a_large_root_fits_on_one_role() -> None:
    """Every type of the snapshot: what the platform will at most grow to without a refresh."""
    everything = Deployers({"platform": [*handler_permissions().types, CUSTOM]})
    assert all(size(document) <= POLICY_LIMIT for document in _documents(everything))


def test_more_policies_than_a_role_takes_fail_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.deployers.POLICIES_PER_ROLE", 0)
    with pytest.raises(BuildError, match="the execution role of account takes"):
        Deployers(resource_types())


def test_a_wildcard_resource_only_where_aws_offers_no_scope_and_only_within_the_regions(
    policies: list[dict[str, Any]],
) -> None:
    for statement in policies:
        if "*" in statement["Resource"]:
            assert not [action for action in statement["Action"] if acts_on(action)]
            assert "aws:RequestedRegion" in statement["Condition"]["StringEquals"]


def test_a_resource_with_a_name_is_ours_and_one_without_is_of_our_account(
    policies: list[dict[str, Any]],
) -> None:
    theirs = "arn:aws:dynamodb:us-east-1:111111111111:table/tradewind-prod-carts"
    assert not allows(policies, "dynamodb:DeleteTable", theirs)
    assert allows(policies, "dynamodb:DeleteTable", theirs.replace("prod", "dev"))
    subnet = "arn:aws:ec2:us-east-1:{}:subnet/subnet-1"
    assert allows(policies, "ec2:DeleteSubnet", subnet.format(ACCOUNT))
    assert not allows(policies, "ec2:DeleteSubnet", subnet.format("222222222222"))
    zone = "arn:aws:route53:::hostedzone/{}"
    assert allows(policies, "route53:ChangeResourceRecordSets", zone.format("Z0123456789ABC"))
    assert not allows(policies, "route53:ChangeResourceRecordSets", zone.format("ZOTHER"))


def test_roles_are_made_under_the_runtime_boundary_and_nobody_gets_more(
    policies: list[dict[str, Any]],
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/tradewind-dev-web-us-east-1"
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/tradewind-dev-runtime-boundary-us-east-1"
    assert allows(policies, "iam:CreateRole", role, iam__PermissionsBoundary=boundary)
    assert not allows(policies, "iam:CreateRole", role)
    assert not allows(policies, "iam:CreatePolicyVersion", boundary)
    assert not allows(policies, "iam:DeleteRolePermissionsBoundary", role)


def test_keys_are_used_only_where_they_bear_the_environments_alias(
    policies: list[dict[str, Any]],
) -> None:
    key = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/mrk-1"
    ours = {"kms__ResourceAliases": "alias/tradewind-dev-data"}
    assert allows(policies, "kms:Decrypt", key, **ours)
    assert allows(policies, "kms:CreateGrant", key, kms__GrantIsForAWSResource="true", **ours)
    assert not allows(policies, "kms:CreateGrant", key, **ours)
    assert not allows(policies, "kms:Decrypt", key, kms__ResourceAliases="alias/other")


def test_replicas_in_the_peer_region_are_within_reach(policies: list[dict[str, Any]]) -> None:
    table = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/tradewind-dev-carts"
    secret = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:tradewind-dev-db-AbCdEf"
    everything = Deployers({"platform": [*handler_permissions().types]})
    allowed = [s for document in _documents(everything) for s in statements(document)]
    assert allows(allowed, "dynamodb:CreateTableReplica", table)
    assert allows(allowed, "secretsmanager:ReplicateSecretToRegions", secret)
    target = f"arn:aws:application-autoscaling:eu-central-1:{ACCOUNT}:scalable-target/0ec5abc"
    assert allows(allowed, "application-autoscaling:RegisterScalableTarget", target)


def test_what_the_schemas_leave_out_of_work_across_regions_is_allowed(
    policies: list[dict[str, Any]],
) -> None:
    witness = f"arn:aws:dynamodb:eu-west-2:{ACCOUNT}:table/tradewind-dev-order-intake"
    for action in ("CreateGlobalTableWitness", "DeleteGlobalTableWitness"):
        assert allows(policies, f"dynamodb:{action}", witness, aws__RequestedRegion="eu-west-2")
    assert allows(policies, "rds:CrossRegionCommunication", aws__RequestedRegion="eu-central-1")


def test_each_role_stands_where_its_root_does() -> None:
    def roles(role: str, holds_edge: str) -> set[str]:
        made = Made(InPlace, region_role=role, holds_edge=holds_edge)
        return set(made.of_type("AWS::IAM::Role"))

    pair = {"AccountExecution", "PlatformExecution", "LoadTestExecution"}
    assert roles("primary", "false") == {*pair, "PipelineExecution"}
    assert roles("standby", "true") == {*pair, "EdgeExecution"}
    assert roles("edge", "true") == {"AccountExecution", "EdgeExecution"}


def test_every_root_with_a_role_hands_it_on(deployers: Deployers) -> None:
    for root in execution.ROOTS:
        assert f"{pascal(root.replace('-', '_'))}ExecutionRoleArn" in deployers.template.outputs


class InPlace(Deployers):
    """The deployers of the templates as they are."""

    def __init__(self) -> None:
        super().__init__(resource_types())


def test_every_name_in_the_templates_lies_in_the_environments_territory(
    deployers: Deployers,
) -> None:
    """A name outside it could not be made with the role: derive it by `self.named`."""
    patterns = {
        arn
        for root in execution.ROOTS
        for document in _documents(deployers, pascal(root.replace("-", "_")))
        for s in statements(document)
        for arn in s["Resource"]
    }
    strays = [
        f"{file} {title}: {name}"
        for file, body in build().files.items()
        if file not in ("foundation.json", "deployers.json")
        for title, resource in json.loads(body)["Resources"].items()
        if resource["Type"] in NAMES
        for name in [_name(resource)]
        if name and not _within(resource["Type"], name, patterns)
    ]
    assert not strays


def test_only_cloudformation_acts_as_the_role_and_only_for_our_stacks(
    deployers: Deployers,
) -> None:
    role = resolved(encode_to_dict(deployers.template.resources["PlatformExecution"]))["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {
            "aws:SourceArn": f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/tradewind-dev-*"
        },
    }
    assert role["RoleName"] == "tradewind-dev-platform-execution-us-east-1"
    assert role["PermissionsBoundary"].endswith(":policy/tradewind-dev-deployer-boundary-us-east-1")


def test_every_iam_and_kms_action_that_a_handler_asks_for_is_decided() -> None:
    """They are granted by hand, so a new one has to be granted or refused in so many words."""
    everything = Deployers({"platform": [*handler_permissions().types]})
    granted = {a for d in _documents(everything) for s in statements(d) for a in s["Action"]}
    asked = {
        action
        for actions in handler_permissions().types.values()
        for action in actions
        if action.startswith(("iam:", "kms:"))
    }
    assert asked <= granted | set(REFUSED)
    assert not granted & set(REFUSED)


def test_the_snapshot_is_what_the_schemas_say() -> None:
    """`make snapshots` after cfn-lint has moved; the golden diff shows what it changes."""
    snapshot = json.loads(SNAPSHOT.read_text())
    fresh = handler_snapshot(snapshot["types"], dict(schema_permissions()), reference())
    assert snapshot == fresh


IAM = parsed(
    {
        "prefixes": ["ec2", "mute", "sqs"],
        "services": {
            "sqs": {"actions": {"GetQueue": "Read: queue", "GetSecret": "Read"}, "arns": {}},
            "ec2": {"actions": {"GetOne": "Read", "GetPasswordData": "Read"}, "arns": {}},
        },
    }
)


def test_a_wildcard_is_spelt_out_and_what_iam_does_not_know_is_named() -> None:
    named = {
        "AWS::SQS::A": ["sqs:Get*", "sqs:Invented", "kinesis:PutRecords", "SQS:getqueue"],
        "AWS::SQS::B": ["ec2:Get*", "ec2:GetOne"],
        "AWS::SQS::C": [],
    }
    made = handler_snapshot(["AWS::SQS::A", "AWS::SQS::B"], named, IAM)
    assert made["types"] == {
        "AWS::SQS::A": ["sqs:GetQueue", "sqs:GetSecret"],
        "AWS::SQS::B": ["ec2:GetOne"],
    }
    assert made["wildcards"] == {
        "AWS::SQS::A": {"sqs:Get*": ["sqs:GetQueue", "sqs:GetSecret"]},
        "AWS::SQS::B": {"ec2:Get*": ["ec2:GetOne"]},
    }
    assert made["dropped"] == {
        "kinesis:PutRecords": "no Kinesis streams",
        "sqs:Invented": "unknown to IAM",
    }


def test_an_action_is_written_as_iam_has_it() -> None:
    """The schema of CloudTrail writes `CloudTrail:CreateTrail`, and IAM does not mind."""
    made = handler_snapshot(["AWS::SQS::A"], {"AWS::SQS::A": ["SQS:getqueue"]}, IAM)
    assert made["types"] == {"AWS::SQS::A": ["sqs:GetQueue"]}
    assert not made["dropped"]


def test_a_service_that_iam_has_and_the_snapshot_lacks_is_an_error_and_not_unknown() -> None:
    with pytest.raises(TradewindError, match="lacks mute"):
        handler_snapshot(["AWS::Mute::A"], {"AWS::Mute::A": ["mute:Speak"]}, IAM)


def _documents(deployers: Deployers, root: str = "Platform") -> list[Any]:
    return [
        resource.PolicyDocument
        for title, resource in deployers.template.resources.items()
        if title.startswith(f"{root}Execution")
        and resource.resource_type == "AWS::IAM::ManagedPolicy"
    ]


def _name(resource: dict[str, Any]) -> str:
    """The name, or nothing where CloudFormation makes one up from the stack's."""
    key, _ = NAMES[resource["Type"]]
    match resource["Properties"].get(key):
        case {"Fn::Sub": [text, dict() as inner]}:
            for variable, value in inner.items():
                text = text.replace(f"${{{variable}}}", resolved(value))
            return str(resolved({"Fn::Sub": text}))
        case None:
            return ""
        case name:
            return str(resolved(name))


def _within(type: str, name: str, patterns: set[str]) -> bool:
    arn = "arn:aws:" + NAMES[type][1].format(account=ACCOUNT, name=name)
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), arn)
        for pattern in patterns
        if pattern != "*"
    )


def test_cloudformation_follows_the_refresh_that_it_starts(policies: list[dict[str, Any]]) -> None:
    for action in ("StartInstanceRefresh", "CancelInstanceRefresh"):
        group = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/"
        assert allows(policies, f"autoscaling:{action}", f"{group}tradewind-dev-platform-Fleet-1")
    for action in ("DescribeInstanceRefreshes", "DescribeScalingActivities"):
        assert allows(policies, f"autoscaling:{action}")


@pytest.mark.parametrize("root", ["Account", "Platform", "Edge"])
def test_a_tiers_alarm_can_be_made_which_takes_leave_for_all(
    deployers: Deployers, root: str
) -> None:
    allowed = [s for document in _documents(deployers, root) for s in statements(document)]
    assert allows(allowed, "cloudwatch:PutCompositeAlarm", "*")


def test_what_rest_apis_are_made_of_is_within_reach(deployers: Deployers) -> None:
    account, platform = (
        [s for document in _documents(deployers, root) for s in statements(document)]
        for root in ("Account", "Platform")
    )
    gateway = "arn:aws:apigateway:us-east-1::/"
    assert allows(account, "apigateway:PATCH", f"{gateway}account")
    assert allows(platform, "apigateway:POST", f"{gateway}restapis")
    assert allows(platform, "apigateway:PUT", f"{gateway}restapis/a1/resources/r1/methods/POST")
    assert allows(platform, "apigateway:PUT", f"{gateway}tags/arn%3Aaws%3Aapigateway%3Aus-east-1")
    assert not allows(platform, "apigateway:POST", f"{gateway}apis")


def test_a_search_domain_can_be_changed_and_not_only_made(policies: list[dict[str, Any]]) -> None:
    """The schema names the API's operation, which is not what IAM calls it."""
    domain = f"arn:aws:es:us-east-1:{ACCOUNT}:domain/tradewind-dev-products"
    assert allows(policies, "es:UpdateDomainConfig", domain)


def test_the_log_of_a_bus_may_be_delivered(policies: list[dict[str, Any]]) -> None:
    """PutDeliverySource asks it of the bus, and no handler says so."""
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/tradewind-dev-events-us-east-1"
    assert allows(policies, "events:AllowVendedLogDeliveryForResource", bus)
