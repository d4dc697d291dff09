"""Resources of the types ministack lacks, kept as records.

Such a resource exists for CloudFormation only: it has a physical id, attributes and the properties
of its template, is refused when AWS would refuse it, and is replaced and deleted like any other. No
service API knows it, which is what `emulation()` calls `schema`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox.resources.attributes import Birth
from scripts.sandbox.resources.identity import REF, is_global
from scripts.sandbox.resources.replacement import value_at
from scripts.sandbox.resources.schemas import PropertyPath, ResourceSchema

Created = tuple[str, dict[str, Any]]
"""What ministack's stack engine takes from a handler: the physical id and the attributes."""


class AlreadyExists(ValueError):
    """Another resource of the type holds the identifier."""

    def __init__(self, type_name: str, identifier: str) -> None:
        super().__init__(
            f"Resource handler returned message: \"Resource of type '{type_name}' with identifier "
            f"'{identifier}' already exists.\" (HandlerErrorCode: AlreadyExists)"
        )


@dataclass(frozen=True)
class Place:
    """Where a resource lives: `region` is empty for a global type."""

    account: str
    region: str
    type_name: str


@dataclass
class Record:
    """One resource."""

    stack: str
    logical_id: str
    properties: dict[str, Any]
    attributes: dict[str, Any]


@dataclass
class SchemaStore:
    """Every schema-backed resource of the sandbox: a `scripts.sandbox.stores.Store`."""

    records: dict[Place, dict[str, Record]] = field(default_factory=dict)

    def reset(self) -> None:
        """Forget every resource."""
        self.records.clear()

    def save(self, directory: Path) -> None:
        """Write the resources to one file in `directory`."""
        rows = [
            {**asdict(place), "id": identifier, **asdict(record)}
            for place, held in self.records.items()
            for identifier, record in held.items()
        ]
        self._file(directory).write_text(json.dumps(rows, indent=1, default=str), encoding="utf-8")

    def load(self, directory: Path) -> None:
        """Read what `save` wrote; a directory without it leaves the store empty."""
        self.reset()
        path = self._file(directory)
        if not path.is_file():
            return
        for row in json.loads(path.read_text(encoding="utf-8")):
            place = Place(row.pop("account"), row.pop("region"), row.pop("type_name"))
            identifier = row.pop("id")
            self.at(place)[identifier] = Record(**row)

    def at(self, place: Place) -> dict[str, Record]:
        """The resources of one type in one account and Region, by physical id."""
        return self.records.setdefault(place, {})

    @staticmethod
    def _file(directory: Path) -> Path:
        return directory / "records.json"


STORE = SchemaStore()
"""The one store: ministack is module-global too, one emulator a process."""


def create(
    schema: ResourceSchema,
    logical_id: str,
    properties: Mapping[str, Any],
    *,
    stack: str,
    name: str,
    account: str,
    region: str,
) -> Created:
    """Record a new resource; `name` is the one CloudFormation generates for it.

    Raises AlreadyExists.
    """
    birth = Birth(schema, _fitting(name, schema), properties, account, region)
    attributes = birth.attributes()
    identifier = identifier_of(birth, attributes)
    place = _place(schema.type_name, account, region)
    held = STORE.at(place)
    if identifier in held:
        raise AlreadyExists(schema.type_name, identifier)
    held[identifier] = Record(stack, logical_id, dict(properties), attributes)
    return identifier, attributes


def update(
    schema: ResourceSchema,
    identifier: str,
    properties: Mapping[str, Any],
    account: str,
    region: str,
) -> Created:
    """Take new properties; the identity and what the service set stay.

    Raises ValueError when the resource is gone, as AWS's handlers answer NotFound.
    """
    record = STORE.at(_place(schema.type_name, account, region)).get(identifier)
    if record is None:
        raise ValueError(
            f"Resource of type '{schema.type_name}' with identifier '{identifier}' was not found."
        )
    record.properties = dict(properties)
    for path in schema.read_only:
        leaf, dotted = path[-1], ".".join(path)
        if len(path) > 1 and leaf in properties and dotted in record.attributes:
            record.attributes[dotted] = properties[leaf]
    return identifier, record.attributes


def delete(type_name: str, identifier: str, account: str, region: str) -> None:
    """Remove a resource; one that is gone already is no error, as on AWS."""
    STORE.at(_place(type_name, account, region)).pop(identifier, None)


def _place(type_name: str, account: str, region: str) -> Place:
    return Place(account, "" if is_global(type_name) else region, type_name)


def identifier_of(birth: Birth, attributes: Mapping[str, Any]) -> str:
    """What `Ref` gives."""

    def part(path: PropertyPath) -> str:
        value = value_at(birth.properties, path)
        if value is None:
            value = attributes.get(".".join(path))
        return str(birth.value(path) if value is None else value)

    form = REF.get(birth.schema.type_name)
    if form is None:
        return "|".join(part(path) for path in birth.schema.primary_identifier) or birth.name

    def filled(names: re.Match[str]) -> str:
        paths = [tuple(name.split(".")) for name in names[1].split("|")]
        known = [path for path in paths if value_at(birth.properties, path) is not None]
        return part((known or paths)[0])

    return re.sub(r"\{([^}]+)\}", filled, form)


def _fitting(name: str, schema: ResourceSchema) -> str:
    """`name` cut from the left to what the identifier may measure: its suffix is what is unique."""
    limits = [
        int(schema.node(path).get("maxLength", 255))
        for path in schema.primary_identifier
        if path not in schema.read_only
    ]
    return name[-min([255, *limits]) :].lstrip("-")
