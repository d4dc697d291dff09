"""S3 buckets with the settings that ministack's own type leaves out, put through the S3 API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scripts.sandbox.resources.api_resources.calls import JSON, CallRefused, call
from scripts.sandbox.resources.handlers import Handler, Properties
from scripts.sandbox.resources.schema_resources import Created

_EXPIRATION = {
    "ExpirationInDays": "Days",
    "ExpirationDate": "Date",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}


def bucket(native: Handler) -> Handler:
    """AWS::S3::Bucket with encryption, lifecycle, replication, ownership, logging and tags set."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        name, attributes = native["create"](logical_id, properties, stack)
        try:
            _settle(name, {}, properties)
        except CallRefused:
            native["delete"](name, properties)
            raise
        return name, attributes

    def update(name: str, old: Properties, new: Properties, stack: str) -> Created:
        name, attributes = native["update"](name, old, new, stack)
        _settle(name, old, new)
        return name, attributes

    def delete(name: str, properties: Properties) -> None:
        """Delete the bucket as its API does: one that holds an object, or a version of one, stays."""
        try:
            call("s3", "DeleteBucket", {"Bucket": name})
        except CallRefused as refusal:
            if not refusal.is_missing:
                raise
        native["delete"](name, properties)

    return {**native, "create": create, "update": update, "delete": delete}


def _settle(name: str, old: Properties, new: Properties) -> None:
    for setting, (put, shape, delete) in _SETTINGS.items():
        if setting in new and new[setting] != old.get(setting):
            if setting == "ReplicationConfiguration":
                _refuse_missing_destinations(new[setting])
            call("s3", put, {"Bucket": name, **shape(new[setting])})
        elif setting in old and setting not in new:
            call("s3", delete, {"Bucket": name, **(shape({}) if delete == put else {})})


def _refuse_missing_destinations(configuration: Properties) -> None:
    for rule in configuration.get("Rules", ()):
        destination = str(rule["Destination"]["Bucket"]).rpartition(":")[2]
        try:
            call("s3", "HeadBucket", {"Bucket": destination})
        except CallRefused as refusal:
            if refusal.is_missing:  # and not in another Region, which is refused otherwise
                raise CallRefused(
                    "s3", "InvalidRequest", "Destination bucket must exist.", 400
                ) from None


def _encryption(given: Properties) -> JSON:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
            "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
        }
        for rule in given["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _lifecycle(given: Properties) -> JSON:
    rules = [_lifecycle_rule(number, rule) for number, rule in enumerate(given["Rules"], 1)]
    return {"LifecycleConfiguration": {"Rules": rules}}


def _lifecycle_rule(number: int, rule: Properties) -> JSON:
    made: JSON = {"ID": rule.get("Id", f"rule-{number}"), "Status": rule["Status"]}
    made["Filter"] = _filter(rule)
    expiration = {to: rule[name] for name, to in _EXPIRATION.items() if name in rule}
    if expiration:
        made["Expiration"] = expiration
    transitions = [*rule.get("Transitions", ()), *_single(rule, "Transition")]
    if transitions:
        made["Transitions"] = [
            _renamed(step, {"TransitionInDays": "Days", "TransitionDate": "Date"})
            for step in transitions
        ]
    older = [
        *rule.get("NoncurrentVersionTransitions", ()),
        *_single(rule, "NoncurrentVersionTransition"),
    ]
    if older:
        made["NoncurrentVersionTransitions"] = [
            _renamed(step, {"TransitionInDays": "NoncurrentDays"}) for step in older
        ]
    if "NoncurrentVersionExpirationInDays" in rule:
        days = rule["NoncurrentVersionExpirationInDays"]
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            made[name] = rule[name]
    return made


def _filter(rule: Properties) -> JSON:
    parts: JSON = {
        name: rule[name]
        for name in ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
        if name in rule
    }
    tags = list(rule.get("TagFilters", ()))
    if len(parts) + len(tags) > 1:
        return {"And": {**parts, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else parts or {"Prefix": ""}


def _single(rule: Properties, name: str) -> list[Any]:
    return [rule[name]] if name in rule else []


def _renamed(given: Properties, names: Mapping[str, str]) -> JSON:
    return {names.get(name, name): value for name, value in given.items()}


def _logging(given: Properties) -> JSON:
    if not given:
        return {"BucketLoggingStatus": {}}
    enabled = {
        "TargetBucket": given.get("DestinationBucketName"),
        "TargetPrefix": given.get("LogFilePrefix", ""),
    }
    return {"BucketLoggingStatus": {"LoggingEnabled": enabled}}


def _replication(given: Properties) -> JSON:
    rules = [{"ID": f"rule-{number}", **rule} for number, rule in enumerate(given["Rules"], 1)]
    return {"ReplicationConfiguration": {"Role": given["Role"], "Rules": rules}}


_SETTINGS: Mapping[str, tuple[str, Callable[[Any], JSON], str]] = {
    "OwnershipControls": (
        "PutBucketOwnershipControls",
        lambda given: {"OwnershipControls": given},
        "DeleteBucketOwnershipControls",
    ),
    "BucketEncryption": ("PutBucketEncryption", _encryption, "DeleteBucketEncryption"),
    "LifecycleConfiguration": (
        "PutBucketLifecycleConfiguration",
        _lifecycle,
        "DeleteBucketLifecycle",
    ),
    "ReplicationConfiguration": ("PutBucketReplication", _replication, "DeleteBucketReplication"),
    "LoggingConfiguration": ("PutBucketLogging", _logging, "PutBucketLogging"),
    "Tags": (
        "PutBucketTagging",
        lambda tags: {"Tagging": {"TagSet": tags}},
        "DeleteBucketTagging",
    ),
}
"""Property to the call that sets it, what that call takes, and the call that takes it away."""
