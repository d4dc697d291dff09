"""What DescribeStacks, ListStacks and DescribeStackEvents say, member by member as AWS does.

A client that reads `stack["Outputs"]` of a stack without outputs fails on AWS, where the member is
absent, and must fail here: ministack writes an empty one.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from scripts.sandbox import seams, stack_api, stack_settings
from scripts.sandbox.stack_api import Answer, Request, element

_ABSENT_WHEN_EMPTY = (
    "Description",
    "LastUpdatedTime",
    "Outputs",
    "Parameters",
    "ResourceStatusReason",
    "StackStatusReason",
    "StatusReason",
)


def install() -> None:
    """Have descriptions say what AWS's say."""
    seams.DESCRIBE_STACKS.replace(_amended(seams.DESCRIBE_STACKS.value, _describe))
    seams.LIST_STACKS.replace(_amended(seams.LIST_STACKS.value, _summarise))
    for seam in (seams.DESCRIBE_STACK_EVENTS, seams.LIST_CHANGE_SETS):
        seam.replace(_amended(seam.value, lambda _member, _record: None))


def drop_empty(parent: Element, *more: str) -> None:
    """Take out the members that AWS leaves out when they have nothing to say."""
    for name in (*_ABSENT_WHEN_EMPTY, *more):
        for child in parent.findall(f"{{*}}{name}"):
            if not len(child) and not child.text:
                parent.remove(child)


def drop(parent: Element, *names: str) -> None:
    """Take out members, whatever they say."""
    for name in names:
        for child in parent.findall(f"{{*}}{name}"):
            parent.remove(child)


def tell_parameters(parent: Element, resolved: dict[str, Any]) -> None:
    """Say of a parameter that names an SSM parameter both the name and the value; no secrets."""
    for member in parent.findall("{*}Parameters/{*}member"):
        held = resolved.get(member.findtext("{*}ParameterKey", ""), {})
        value = member.find("{*}ParameterValue")
        if value is not None and held.get("NoEcho"):
            value.text = "****"
        elif value is not None and "SsmName" in held:
            value.text = held["SsmName"]
            member.append(element("ResolvedValue", str(held["Value"])))


def _amended(handler: stack_api.Handler, amend: Any) -> stack_api.Handler:
    def described(params: Request) -> Answer:
        answer = handler(params)
        if answer[0] >= 400:
            return answer
        document = stack_api.parse(answer)
        by_id = {record["StackId"]: record for record in seams.STACKS.value.values()}
        for member in document.findall("./*/*/{*}member"):
            drop_empty(member)
            amend(member, by_id.get(member.findtext("{*}StackId", ""), {}))
        return stack_api.written(answer, document)

    return described


def _describe(member: Element, record: dict[str, Any]) -> None:
    drop_empty(member, "Capabilities")
    for output in member.findall("{*}Outputs/{*}member"):
        drop_empty(output)
    tell_parameters(member, record.get("_resolved_params", {}))
    member.extend(stack_settings.described(record.get("_settings", {})))
    _place(member, record)
    for name in ("ChangeSetId", "DeletionTime"):
        if record.get(name):
            member.append(element(name, record[name]))
    if record.get("StackStatus") == "DELETE_COMPLETE":
        drop(member, "EnableTerminationProtection")


def _summarise(member: Element, record: dict[str, Any]) -> None:
    _place(member, record)
    if record.get("Description"):
        member.append(element("TemplateDescription", record["Description"]))


def _place(member: Element, record: dict[str, Any]) -> None:
    for name in ("ParentId", "RootId"):
        if record.get(name):
            member.append(element(name, record[name]))
