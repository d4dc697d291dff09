"""What a request says of a stack beside its template: who is told, what rolls it back, as whom it acts.

None of it is acted on (limits.py); all of it is told again by DescribeStacks and DescribeChangeSet.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from scripts.sandbox import seams, stack_api
from scripts.sandbox.stack_api import Answer, Request, element, first

Settings = dict[str, Any]

_TRIGGERS = "RollbackConfiguration.RollbackTriggers.member"
_MONITORING = "RollbackConfiguration.MonitoringTimeInMinutes"


def install() -> None:
    """Keep what requests say."""
    seams.CREATE_STACK.replace(_kept(seams.CREATE_STACK.value, created=True))
    seams.UPDATE_STACK.replace(_kept(seams.UPDATE_STACK.value, created=False))
    seams.CREATE_CHANGE_SET.replace(_kept_for_execution(seams.CREATE_CHANGE_SET.value))


def take(stack: dict[str, Any], settings: Settings) -> None:
    """Have a stack keep settings; what an operation does not name stays as it was."""
    stack.setdefault("_settings", {}).update(settings)


def described(settings: Settings) -> list[Element]:
    """The settings as elements. Topics and rollback triggers are told of even when there are none."""
    topics = element("NotificationARNs")
    topics.extend(element("member", arn) for arn in settings.get("NotificationARNs", ()))
    rollback = element("RollbackConfiguration")
    given = settings.get("RollbackConfiguration", {})
    if given.get("RollbackTriggers"):
        triggers = element("RollbackTriggers")
        for trigger in given["RollbackTriggers"]:
            member = element("member")
            member.extend(element(name, trigger[name]) for name in ("Arn", "Type"))
            triggers.append(member)
        rollback.append(triggers)
    if "MonitoringTimeInMinutes" in given:
        rollback.append(element("MonitoringTimeInMinutes", given["MonitoringTimeInMinutes"]))
    told = [topics, rollback]
    told += [
        element(name, settings[name])
        for name in ("RoleARN", "TimeoutInMinutes")
        if name in settings
    ]
    return told


def _kept(handler: stack_api.Handler, created: bool) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        answer = handler(params)
        stack = stack_api.stack_of(first(params, "StackName"))
        if answer[0] < 400 and stack is not None:
            take(stack, _given(params))
            stack.pop("ChangeSetId", None)
            if created:
                stack.pop("LastUpdatedTime", None)  # it is the time of the last update
        return answer

    return handled


def _kept_for_execution(create: stack_api.Handler) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        answer = create(params)
        if answer[0] < 400:
            document = stack_api.parse(answer)
            change_set = seams.CHANGE_SETS.value[stack_api.text_of(document, "Id")]
            change_set["_settings"] = _given(params)
            stack = stack_api.stack_of(change_set["StackId"])
            if stack is not None and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
                stack.pop("LastUpdatedTime", None)
        return answer

    return handled


def _given(params: Request) -> Settings:
    settings: Settings = {
        name: first(params, name) for name in ("RoleARN", "TimeoutInMinutes") if first(params, name)
    }
    if any(name.startswith("NotificationARNs") for name in params):
        settings["NotificationARNs"] = _listed(params, "NotificationARNs.member")
    if any(name.startswith("RollbackConfiguration") for name in params):
        arns = _listed(params, _TRIGGERS, ".Arn")
        types = _listed(params, _TRIGGERS, ".Type")
        given: dict[str, Any] = {
            "RollbackTriggers": [
                {"Arn": arn, "Type": kind} for arn, kind in zip(arns, types, strict=True)
            ]
        }
        if first(params, _MONITORING):
            given["MonitoringTimeInMinutes"] = first(params, _MONITORING)
        settings["RollbackConfiguration"] = given
    return settings


def _listed(params: Request, prefix: str, suffix: str = "") -> list[str]:
    values: list[str] = []
    while value := first(params, f"{prefix}.{len(values) + 1}{suffix}"):
        values.append(value)
    return values
