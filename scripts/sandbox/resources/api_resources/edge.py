"""What stands in front: Route 53 health checks, AWS WAF."""

from __future__ import annotations

from scripts.sandbox.resources.api_resources.api_type import ApiType, Call, Subject
from scripts.sandbox.resources.api_resources.calls import JSON, call

_ID_OF_SET = {"Name": "$id[0]", "Id": "$id[1]", "Scope": "$id[2]"}


def _locked(kind: str) -> Call:
    """WAF's updates and deletes carry the lock token of the last read."""

    def shape(subject: Subject) -> JSON:
        name, identifier, scope = subject.physical_id.split("|")
        found = call("wafv2", f"Get{kind}", {"Name": name, "Id": identifier, "Scope": scope})
        return {"LockToken": found["LockToken"]}

    return Call(f"Update{kind}", _ID_OF_SET, same_names=True, shape=shape)


def _set(
    kind: str, *, regular_expressions: bool = False, not_in_api: frozenset[str] = frozenset()
) -> ApiType:
    """An IP set, a pattern set or a rule group: alike but for what they hold."""
    update = _locked(kind)

    def patterns(subject: Subject) -> JSON:
        given = subject.properties.get("RegularExpressionList", [])
        return {"RegularExpressionList": [{"RegexString": text} for text in given]}

    def updated(subject: Subject) -> JSON:
        locked = update.shape(subject) if update.shape else {}
        return locked | (patterns(subject) if regular_expressions else {})

    answer = "Summary"
    return ApiType(
        f"AWS::WAFv2::{kind}",
        "wafv2",
        create=(
            Call(
                f"Create{kind}",
                {"Name": "$name"},
                same_names=True,
                shape=patterns if regular_expressions else None,
            ),
        ),
        ref="",
        attributes={"Arn": f"{answer}.ARN", "Id": f"{answer}.Id"},
        update=(Call(update.operation, _ID_OF_SET, same_names=True, shape=updated),),
        delete=(Call(f"Delete{kind}", _ID_OF_SET, shape=update.shape),),
        tag_property="Tags",
        tag=Call("TagResource", {"ResourceARN": "@Arn", "Tags": "$tags"}),
        untag=Call("UntagResource", {"ResourceARN": "@Arn", "TagKeys": "$tag_keys"}),
        not_in_api=not_in_api,
    )


TYPES = (
    ApiType(
        "AWS::Route53::HealthCheck",
        "route53",
        create=(
            Call(
                "CreateHealthCheck",
                {"CallerReference": "$token", "HealthCheckConfig": "HealthCheckConfig"},
            ),
        ),
        ref="HealthCheck.Id",
        attributes={"HealthCheckId": "HealthCheck.Id"},
        update=(
            Call(
                "UpdateHealthCheck",
                {"HealthCheckId": "$id"},
                shape=lambda subject: dict(subject.properties["HealthCheckConfig"]),
                on_change=("HealthCheckConfig",),
            ),
        ),
        delete=(Call("DeleteHealthCheck", {"HealthCheckId": "$id"}),),
        tag_property="HealthCheckTags",
        tag=Call(
            "ChangeTagsForResource",
            {"ResourceType": "=healthcheck", "ResourceId": "$id", "AddTags": "$tags"},
        ),
        untag=Call(
            "ChangeTagsForResource",
            {"ResourceType": "=healthcheck", "ResourceId": "$id", "RemoveTagKeys": "$tag_keys"},
        ),
    ),
    ApiType(
        "AWS::WAFv2::WebACLAssociation",
        "wafv2",
        create=(Call("AssociateWebACL", same_names=True),),
        ref="",
        delete=(Call("DisassociateWebACL", {"ResourceArn": "ResourceArn"}),),
    ),
    _set("IPSet"),
    _set("RegexPatternSet", regular_expressions=True),
    _set(
        "RuleGroup",
        not_in_api=frozenset({"AvailableLabels", "ConsumedLabels", "MonetizationConfig"}),
    ),
)
