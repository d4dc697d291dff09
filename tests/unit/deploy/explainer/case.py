"""What a case of the explainer is made of: two worlds, the change set between them, and what is to be said.

Change sets have the shape of DescribeChangeSet's answers: what the explainer reads of them is up to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Template: TypeAlias = Mapping[str, Any]
ResourceChange: TypeAlias = Mapping[str, Any]

NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Expected:
    """What must be said of one change; None asks for nothing.

    `because`, `warns` and `says` are words that the reasons, the warnings or the effect hold, `properties`
    all that are told, before and after.
    """

    certainty: str | None = None
    replacement: str | None = "none"
    effect: str | None = None
    properties: Mapping[str, tuple[Any, Any]] | None = None
    because: Sequence[str] = ()
    warns: Sequence[str] = ()
    policy: str | None = None
    says: str = ""


@dataclass(frozen=True)
class Case:
    """Two worlds as templates by the path of their stack ("" is the root's), and what CloudFormation plans.

    `after` holds what differs from `before`; None removes. `parameters` are the root's. Resources have the
    physical id that `physical` gives by "stack/logical id", else one made from the logical id. `changes` are
    by stack, too. `expect` is by the path of the change.
    """

    name: str
    before: Mapping[str, Template | None]
    changes: Mapping[str, Sequence[ResourceChange]]
    expect: Mapping[str, Expected]
    after: Mapping[str, Template | None] = field(default_factory=dict)
    parameters: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
    physical: Mapping[str, str] = field(default_factory=dict)
    cites: str = ""

    @property
    def wanted(self) -> dict[str, Template]:
        """The templates after."""
        merged = {**self.before, **self.after}
        return {path: template for path, template in merged.items() if template is not None}

    @property
    def standing(self) -> dict[str, Template]:
        """The templates before."""
        return {path: template for path, template in self.before.items() if template is not None}


def stack(
    resources: Mapping[str, Any], outputs: Mapping[str, Any] | None = None, **sections: Any
) -> Template:
    """A template; `outputs` are the values alone, Parameters may be a list of names."""
    parameters = sections.pop("Parameters", {})
    if not isinstance(parameters, Mapping):
        parameters = {name: {"Type": "String"} for name in parameters}
    given = {name: {"Value": value} for name, value in (outputs or {}).items()}
    return {"Parameters": parameters, "Resources": resources, "Outputs": given, **sections}


def nested(url: str = "1", **parameters: Any) -> dict[str, Any]:
    """An AWS::CloudFormation::Stack; `url` tells one version of its template from another."""
    properties = {"TemplateURL": f"https://bucket/{url}/child.json", "Parameters": parameters}
    return {"Type": NESTED, "Properties": properties}


def resource(type: str, /, _attributes: Mapping[str, Any] | None = None, **properties: Any) -> Any:
    """A resource of a template."""
    return {"Type": type, "Properties": properties, **(_attributes or {})}


def output(stack_id: str, name: str) -> dict[str, Any]:
    """Fn::GetAtt of a nested stack's output."""
    return {"Fn::GetAtt": [stack_id, f"Outputs.{name}"]}


def ref(name: str) -> dict[str, str]:
    """Ref."""
    return {"Ref": name}


def detail(
    name: str = "",
    recreation: str = "Never",
    *,
    attribute: str = "Properties",
    dynamic: bool = False,
    by: str = "",
    source: str = "",
    values: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """A ResourceChangeDetail; `by` is the causing entity, which tells the source where it is not given."""
    target: dict[str, Any] = {"Attribute": attribute}
    if attribute == "Properties":
        target["RequiresRecreation"] = recreation
    if name:
        target |= {"Name": name, "Path": f"/Properties/{name}"}
    if values:
        target |= {"BeforeValue": values[0], "AfterValue": values[1]}
    found = source or (
        "DirectModification"
        if not by
        else "ResourceAttribute"
        if "." in by
        else "ParameterReference"
    )
    return {
        "Target": target,
        "Evaluation": "Dynamic" if dynamic else "Static",
        "ChangeSource": found,
        **({"CausingEntity": by} if by else {}),
    }


def modify(
    logical_id: str, type: str, replacement: str = "False", *details: Mapping[str, Any]
) -> ResourceChange:
    """A ResourceChange that modifies."""
    return {
        "Action": "Modify",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": f"{logical_id.lower()}-1",
        "ResourceType": type,
        "Replacement": replacement,
        "Scope": list(dict.fromkeys(one["Target"]["Attribute"] for one in details)),
        "Details": list(details),
    }


def automatic(logical_id: str, *details: Mapping[str, Any]) -> ResourceChange:
    """A nested stack, of which CloudFormation says only that something in it may have changed."""
    said = details or (detail(dynamic=True, source="Automatic"),)
    return modify(logical_id, NESTED, "False", *said)


def add(logical_id: str, type: str) -> ResourceChange:
    """A ResourceChange that adds."""
    return {"Action": "Add", "LogicalResourceId": logical_id, "ResourceType": type}


def remove(logical_id: str, type: str) -> ResourceChange:
    """A ResourceChange that removes."""
    return {
        "Action": "Remove",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": f"{logical_id.lower()}-1",
        "ResourceType": type,
        "PolicyAction": "Delete",
    }
