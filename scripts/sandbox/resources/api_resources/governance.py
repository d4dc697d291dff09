"""What watches an account: CloudTrail, Config, Budgets, Backup, CloudWatch, EventBridge archives."""

from __future__ import annotations

from scripts.sandbox.resources.api_resources.api_type import ApiType, Call, Forget, Subject
from scripts.sandbox.resources.api_resources.calls import JSON, CallRefused
from scripts.sandbox.seams import Kind, Seam

_CONFIG = "ministack.services.config"
RECORDERS = Seam(_CONFIG, "_recorders", None, Kind.MAPPING, None, "one recorder a Region")
CHANNELS = Seam(_CONFIG, "_delivery_channels", None, Kind.MAPPING, None, "one channel a Region")
SEAMS = (RECORDERS, CHANNELS)

_SELECTORS = ("EventSelectors", "AdvancedEventSelectors")


def _rule(subject: Subject) -> JSON:
    rule = {**subject.properties, "ConfigRuleName": subject.name}
    rule.pop("Compliance", None)
    return {"ConfigRule": rule}


def _refuse_second(store: Seam, subject: Subject, kind: str) -> None:
    """AWS Config takes one recorder and one delivery channel in an account's Region."""
    if any(name != subject.name for name in store.value):
        plural = f"{kind}s"
        raise CallRefused(
            "config",
            f"MaxNumberOf{plural.title().replace(' ', '')}ExceededException",
            f"Failed to put {kind} '{subject.name}' because the maximum number of "
            f"{plural}: 1 is reached.",
            400,
        )


def _recorder(subject: Subject) -> JSON:
    given = subject.properties
    _refuse_second(RECORDERS, subject, "configuration recorder")
    return {
        "ConfigurationRecorder": {
            "name": subject.name,
            "roleARN": given["RoleARN"],
            "recordingGroup": given.get("RecordingGroup"),
            "recordingMode": given.get("RecordingMode"),
        }
    }


def _channel(subject: Subject) -> JSON:
    _refuse_second(CHANNELS, subject, "delivery channel")
    return {"DeliveryChannel": {**subject.properties, "name": subject.name}}


def _budget(subject: Subject) -> JSON:
    from ministack.core.responses import get_account_id

    given = subject.properties
    return {
        "AccountId": get_account_id(),
        "Budget": {**given["Budget"], "BudgetName": subject.name},
        "NotificationsWithSubscribers": given.get("NotificationsWithSubscribers"),
    }


def _new_budget(subject: Subject) -> JSON:
    arguments = _budget(subject)
    return {"AccountId": arguments["AccountId"], "NewBudget": arguments["Budget"]}


def _budget_name(subject: Subject) -> JSON:
    return {"AccountId": _budget(subject)["AccountId"], "BudgetName": subject.name}


TYPES = (
    ApiType(
        "AWS::CloudTrail::Trail",
        "cloudtrail",
        create=(
            Call("CreateTrail", {"Name": "$name", "TagsList": "Tags"}, same_names=True),
            Call(
                "PutEventSelectors",
                {"TrailName": "$id"} | {name: name for name in _SELECTORS},
                when="EventSelectors",
            ),
            Call("StartLogging", {"Name": "$id"}, when="IsLogging"),
        ),
        ref="Name",
        read=Call("GetTrail", {"Name": "$id"}),
        attributes={"Arn": "Trail.TrailARN", "SnsTopicArn": "Trail.SnsTopicARN"},
        update=(
            Call("UpdateTrail", {"Name": "$id"}, same_names=True),
            Call(
                "PutEventSelectors",
                {"TrailName": "$id"} | {name: name for name in _SELECTORS},
                when="EventSelectors",
                on_change=_SELECTORS,
            ),
            Call("StartLogging", {"Name": "$id"}, when="IsLogging", on_change=("IsLogging",)),
            Call("StopLogging", {"Name": "$id"}, unless="IsLogging", on_change=("IsLogging",)),
        ),
        delete=(Call("DeleteTrail", {"Name": "$id"}),),
        tag_property="Tags",
        tag=Call("AddTags", {"ResourceId": "@Arn", "TagsList": "$tags"}),
        untag=Call("RemoveTags", {"ResourceId": "@Arn", "TagsList": "$removed_tags"}),
        not_in_api=frozenset({"InsightSelectors", "AggregationConfigurations"}),
    ),
    ApiType(
        "AWS::Config::ConfigRule",
        "config",
        create=(Call("PutConfigRule", shape=_rule),),
        ref="$name",
        read=Call("DescribeConfigRules", {"ConfigRuleNames": "[$id]"}),
        attributes={
            "Arn": "ConfigRules.0.ConfigRuleArn",
            "ConfigRuleId": "ConfigRules.0.ConfigRuleId",
        },
        update=(Call("PutConfigRule", shape=_rule),),
        delete=(Call("DeleteConfigRule", {"ConfigRuleName": "$id"}),),
    ),
    ApiType(
        "AWS::Config::ConfigurationRecorder",
        "config",
        create=(
            Call("PutConfigurationRecorder", shape=_recorder),
            Call("StartConfigurationRecorder", {"ConfigurationRecorderName": "$id"}),
        ),
        ref="$name",
        update=(Call("PutConfigurationRecorder", shape=_recorder),),
        delete=(Forget(RECORDERS),),
    ),
    ApiType(
        "AWS::Config::DeliveryChannel",
        "config",
        create=(Call("PutDeliveryChannel", shape=_channel),),
        ref="$name",
        update=(Call("PutDeliveryChannel", shape=_channel),),
        delete=(Forget(CHANNELS),),
    ),
    ApiType(
        "AWS::Budgets::Budget",
        "budgets",
        create=(Call("CreateBudget", {"ResourceTags": "ResourceTags"}, shape=_budget),),
        ref="$name",
        name_property=("Budget", "BudgetName"),
        update=(Call("UpdateBudget", shape=_new_budget, on_change=("Budget",)),),
        delete=(Call("DeleteBudget", shape=_budget_name),),
    ),
    ApiType(
        "AWS::Backup::BackupSelection",
        "backup",
        create=(Call("CreateBackupSelection", {"CreatorRequestId": "$token"}, same_names=True),),
        ref="",
        attributes={"SelectionId": "SelectionId"},
        delete=(
            Call(
                "DeleteBackupSelection",
                {"SelectionId": "$id[0]", "BackupPlanId": "$id[1]"},
            ),
        ),
    ),
    ApiType(
        "AWS::CloudWatch::CompositeAlarm",
        "cloudwatch",
        create=(Call("PutCompositeAlarm", {"AlarmName": "$name"}, same_names=True),),
        ref="$name",
        read=Call("DescribeAlarms", {"AlarmNames": "[$id]", "AlarmTypes": "[=CompositeAlarm]"}),
        attributes={"Arn": "CompositeAlarms.0.AlarmArn"},
        update=(Call("PutCompositeAlarm", {"AlarmName": "$id"}, same_names=True),),
        delete=(Call("DeleteAlarms", {"AlarmNames": "[$id]"}),),
        not_in_api=frozenset({"ActionConfiguration"}),
        tag_property="Tags",
        tag=Call("TagResource", {"ResourceARN": "@Arn", "Tags": "$tags"}),
        untag=Call("UntagResource", {"ResourceARN": "@Arn", "TagKeys": "$tag_keys"}),
    ),
    ApiType(
        "AWS::Events::Archive",
        "events",
        create=(
            Call(
                "CreateArchive",
                {"ArchiveName": "$name", "EventSourceArn": "SourceArn"},
                same_names=True,
            ),
        ),
        ref="$name",
        attributes={"Arn": "ArchiveArn"},
        update=(Call("UpdateArchive", {"ArchiveName": "$id"}, same_names=True),),
        delete=(Call("DeleteArchive", {"ArchiveName": "$id"}),),
    ),
    ApiType(
        "AWS::Events::Connection",
        "events",
        create=(Call("CreateConnection", {"Name": "$name"}, same_names=True),),
        ref="$name",
        read=Call("DescribeConnection", {"Name": "$id"}),
        attributes={"Arn": "ConnectionArn", "SecretArn": "SecretArn"},
        update=(Call("UpdateConnection", {"Name": "$id"}, same_names=True),),
        delete=(Call("DeleteConnection", {"Name": "$id"}),),
    ),
    ApiType(
        "AWS::Events::ApiDestination",
        "events",
        create=(Call("CreateApiDestination", {"Name": "$name"}, same_names=True),),
        ref="$name",
        attributes={"Arn": "ApiDestinationArn"},
        update=(Call("UpdateApiDestination", {"Name": "$id"}, same_names=True),),
        delete=(Call("DeleteApiDestination", {"Name": "$id"}),),
    ),
)
