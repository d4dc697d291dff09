"""What a resource looks like before and after a change set: `IncludePropertyValues`."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element

from scripts.sandbox import seams, stack_api

_HIDDEN = "****"
_ATTRIBUTES = (
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
)


def note(change_set: dict[str, Any]) -> None:
    """Keep, with a new change set, what it starts from: the stack may have moved on when it is read."""
    stack = stack_api.stack_of(change_set["StackId"]) or {}
    update = change_set["ChangeSetType"] == "UPDATE"
    place = (change_set["StackName"], change_set["StackId"])
    before = stack.get("_template", {}) if update else {}
    change_set["_before"] = _resources(before, stack.get("_resolved_params", {}), place)
    change_set["_after"] = _resources(
        change_set["_template"], change_set["_resolved_params"], place
    )


def add(change_set: dict[str, Any], logical_id: str, change: Element) -> None:
    """Add BeforeContext and AfterContext to a ResourceChange, and the values to its details."""
    before = change_set.get("_before", {}).get(logical_id)
    after = change_set.get("_after", {}).get(logical_id)
    for side, context in (("BeforeContext", before), ("AfterContext", after)):
        if context is not None:
            change.append(stack_api.element(side, json.dumps(context)))
    for target in change.iterfind("{*}Details/{*}member/{*}Target"):
        name = target.findtext("{*}Name")
        if target.findtext("{*}Attribute") != "Properties" or not name:
            continue
        old = (before or {}).get("Properties", {}).get(name)
        new = (after or {}).get("Properties", {}).get(name)
        target.append(stack_api.element("Path", f"/Properties/{name}"))
        if old is not None:
            target.append(stack_api.element("BeforeValue", _written(old)))
        if new is not None:
            target.append(stack_api.element("AfterValue", _written(new)))
        kind = "Add" if old is None else "Remove" if new is None else "Modify"
        target.append(stack_api.element("AttributeChangeType", kind))


def _resources(
    template: dict[str, Any], parameters: dict[str, Any], place: tuple[str, str]
) -> dict[str, Any]:
    """Every resource with its properties evaluated; parameters with NoEcho are not shown."""
    shown = {
        name: {**held, "Value": _HIDDEN} if held["NoEcho"] else held
        for name, held in parameters.items()
    }
    resolved = seams.PROPERTIES_FOR_DIFF.value(template, shown, *place).get("Resources", {})
    return {
        logical_id: {
            "Properties": _plain(resource.get("Properties") or {}),
            **{name: resource[name] for name in _ATTRIBUTES if name in resource},
        }
        for logical_id, resource in resolved.items()
    }


def _plain(value: Any) -> Any:
    """The value as JSON has it: what is left out (AWS::NoValue) and what is no JSON goes."""
    return json.loads(json.dumps(value, default=lambda _held: None))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
