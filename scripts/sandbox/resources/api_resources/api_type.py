"""A resource type that is made through its service's API, declared.

`ApiType` is a table row: which calls create, read, update and delete a resource, and where in their
answers its identity and attributes stand. The rows are in the modules beside this one.

A parameter's source is written as a string:

    Name            the property of that name; `A.B` reaches inside
    $id             the physical id;  $id[1] the second part of one joined by `|` or `_`
    $name           the name in the properties, or the one CloudFormation generates
    $token          an idempotency token
    $disabled       whether the property `Enabled` is set to false
    $tags           the tags put on the resource;  $tag_keys, $removed_tags those taken off
    $kms_tags       the same as KMS writes them
    @Arn            an attribute
    =text           the text itself
    [source]        a list of that one value
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.sandbox.resources.api_resources.calls import JSON, CallRefused, call, in_region
from scripts.sandbox.resources.replacement import value_at
from scripts.sandbox.resources.schemas import PropertyPath
from scripts.sandbox.seams import Seam

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """The resource a call is about."""

    type_name: str
    properties: Properties
    name: str
    physical_id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    previous: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One API call.

    With `same_names`, every property that the operation takes under its own name is handed over;
    `parameters` adds to them. `shape` makes what names alone cannot say. A call with `when` is made
    only if that property is set and not false, one with `on_change` only if one of those properties
    changed.
    """

    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    same_names: bool = False
    shape: Callable[[Subject], JSON] | None = None
    when: str = ""
    unless: str = ""
    on_change: tuple[str, ...] = ()
    service: str = ""
    region: Callable[[Subject], str] | None = None
    """Where the call goes, if not to the Region of the stack."""

    def applies(self, subject: Subject) -> bool:
        """Whether the call is to be made for this resource."""
        if self.when and not _is_set(subject, self.when):
            return False
        if self.unless and _is_set(subject, self.unless):
            return False
        return not self.on_change or any(
            subject.properties.get(name) != subject.previous.get(name) for name in self.on_change
        )

    def make(self, service: str, subject: Subject) -> JSON:
        """Make the call. Raises CallRefused."""
        arguments: JSON = {}
        if self.same_names:
            arguments |= subject.properties
        arguments |= self.shape(subject) if self.shape else {}
        for parameter, source in self.parameters.items():
            value = _read(source, subject)
            if value is not None:
                arguments[parameter] = value
        with in_region(self.region(subject)) if self.region else contextlib.nullcontext():
            return call(self.service or service, self.operation, arguments)


@dataclass(frozen=True)
class Forget:
    """Deletes a resource from where ministack keeps it, in place of a call it does not have."""

    store: Seam

    def applies(self, _subject: Subject) -> bool:
        """Always."""
        return True

    def make(self, _service: str, subject: Subject) -> JSON:
        """Delete it."""
        self.store.value.pop(subject.physical_id, None)
        return {}


@dataclass(frozen=True)
class ApiType:
    """One resource type."""

    type_name: str
    service: str
    create: tuple[Call, ...]
    """The first call creates the resource; the rest set what it does not take."""
    ref: str
    """The physical id: a path in the first call's answer, or `$name`; empty where identity.py says."""
    delete: tuple[Call | Forget, ...]
    read: Call | None = None
    """What is asked for attributes; the answer of `create` where there is none."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Attribute to its path in the answer; `0` is the first item of a list."""
    update: tuple[Call, ...] = ()
    name_property: PropertyPath = ()
    """The property with the name, where that is not the first of the primary identifier."""
    tag_property: str = ""
    """The property with the tags; `tag` and `untag` put a change of them through."""
    stack_tags: bool = False
    """Whether the service takes the `aws:cloudformation:` tags."""
    tag: Call | None = None
    untag: Call | None = None
    not_in_api: frozenset[str] = frozenset()
    """Properties that the emulator's API does not take: kept by the stack, seen by nobody else."""


def create(
    row: ApiType, subject: Subject, identify: Callable[[Properties], str]
) -> tuple[str, dict[str, Any]]:
    """Make the resource; what was made is taken back when a later call fails.

    `identify` gives the physical id of a row that has no `ref`, from the attributes.
    """
    first, *rest = row.create
    answer = first.make(row.service, subject)
    told = {name: at(answer, path) for name, path in row.attributes.items()}
    physical_id = row.ref and str(
        _read(row.ref, subject) if "$" in row.ref else at(answer, row.ref)
    )
    made = _with(subject, physical_id or identify(told), told)
    try:
        for step in rest:
            if step.applies(made):
                step.make(row.service, made)
        made = _with(made, made.physical_id, read(row, made, answer))
        if row.tag and row.untag and _tags(made.properties, row):
            row.tag.make(row.service, made)
        return made.physical_id, dict(made.attributes)
    except CallRefused:
        delete(row, made)
        raise


def read(row: ApiType, subject: Subject, answer: JSON) -> dict[str, Any]:
    """The attributes as the service tells them."""
    if row.read:
        answer = row.read.make(row.service, subject)
    found = {name: at(answer, path) for name, path in row.attributes.items()}
    return {name: value for name, value in found.items() if value is not None}


def update(row: ApiType, subject: Subject) -> dict[str, Any]:
    """Put new properties through to the service; gives the attributes."""
    answer: JSON = {}
    if row.read:
        subject = _with(subject, subject.physical_id, read(row, subject, {}))
    for step in row.update:
        if step.applies(subject):
            answer = step.make(row.service, subject)
    if row.tag and row.untag and _tags(subject.properties, row) != _tags(subject.previous, row):
        if _removed(subject, row):
            row.untag.make(row.service, subject)
        if _tags(subject.properties, row):
            row.tag.make(row.service, subject)
    return {**subject.attributes, **(read(row, subject, answer) if row.read else {})}


def delete(row: ApiType, subject: Subject) -> None:
    """Delete the resource; one that is gone already is no error."""
    try:
        if row.read:
            subject = _with(subject, subject.physical_id, read(row, subject, {}))
        for step in row.delete:
            if step.applies(subject):
                step.make(row.service, subject)
    except CallRefused as refusal:
        if not refusal.is_missing:
            raise


def at(answer: Any, path: str) -> Any:
    """The value at `A.0.B` in an answer, None where there is none."""
    for part in path.split("."):
        if isinstance(answer, list):
            answer = answer[int(part)] if int(part) < len(answer) else None
        else:
            answer = answer.get(part) if isinstance(answer, Mapping) else None
    return answer


def _with(subject: Subject, physical_id: str, attributes: Mapping[str, Any]) -> Subject:
    return Subject(
        subject.type_name,
        subject.properties,
        subject.name,
        physical_id,
        attributes,
        subject.previous,
    )


def _is_set(subject: Subject, source: str) -> bool:
    value = _read(source, subject)
    return value not in (None, "", [], {}) and str(value).lower() != "false"


def _read(source: str, subject: Subject) -> Any:
    if source.startswith("["):
        inner = _read(source[1:-1], subject)
        return None if inner is None else [inner]
    if source.startswith("="):
        return source[1:]
    if source.startswith("@"):
        return subject.attributes.get(source[1:])
    if source.startswith("$id["):
        parts = subject.physical_id.split("|" if "|" in subject.physical_id else "_")
        return parts[int(source[4:-1])]
    match source:
        case "$id":
            return subject.physical_id
        case "$name":
            return subject.name
        case "$disabled":
            return str(subject.properties.get("Enabled", True)).lower() == "false"
        case "$token":
            return str(uuid.uuid4())
        case "$tags":
            return _listed(subject.properties)
        case "$kms_tags":
            tags = _listed(subject.properties)
            return [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags]
        case "$tag_keys":
            return [tag["Key"] for tag in _dropped(subject)]
        case "$removed_tags":
            return [{"Key": tag["Key"]} for tag in _dropped(subject)]
        case _:
            return value_at(subject.properties, tuple(source.split(".")))


def _listed(properties: Properties) -> list[dict[str, str]]:
    """A resource's tags, whichever of its properties holds them."""
    for name in ("Tags", "HealthCheckTags", "ResourceTags"):
        tags = properties.get(name)
        if isinstance(tags, Mapping):
            return [{"Key": str(key), "Value": str(value)} for key, value in tags.items()]
        if tags:
            return [{"Key": str(tag["Key"]), "Value": str(tag.get("Value", ""))} for tag in tags]
    return []


def _dropped(subject: Subject) -> list[dict[str, str]]:
    kept = {tag["Key"] for tag in _listed(subject.properties)}
    return [tag for tag in _listed(subject.previous) if tag["Key"] not in kept]


def _tags(properties: Properties, row: ApiType) -> list[dict[str, str]]:
    return _listed({row.tag_property: properties.get(row.tag_property)})


def _removed(subject: Subject, row: ApiType) -> bool:
    return bool(row.tag_property and _dropped(subject))
