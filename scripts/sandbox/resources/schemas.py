"""The provider schemas of CloudFormation's resource types, as cfn-lint bundles them.

AWS publishes one JSON schema a resource type and Region; cfn-lint ships them all, already amended
with what its authors found missing (`requiredXor`, `dependentExcluded`, narrower patterns), so no
patch of its own has to be applied on top. They are read as data: `import cfnlint` takes 0.6 to 2 s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scripts.errors import Failed

JSON = Mapping[str, Any]
"""A node of a schema: any JSON object."""

PropertyPath = tuple[str, ...]
"""The names on the way to a property; `*` stands for every item of a list."""


@cache
def schemas_directory() -> Path:
    """Where cfn-lint keeps them. Raises Failed where it does not."""
    spec = find_spec("cfnlint")
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        directory = Path(place) / "data" / "schemas"
        if (directory / "providers").is_dir() and (directory / "resources").is_dir():
            return directory
    raise Failed(
        "the CloudFormation resource schemas are missing: cfn-lint is not installed, or no longer "
        "keeps them in data/schemas",
        fix="run `make install`",
    )


@cache
def regions() -> frozenset[str]:
    """Every Region that has a list of resource types."""
    return frozenset(path.stem for path in (schemas_directory() / "providers").glob("*-*-*.json"))


@cache
def types_in(region: str) -> Mapping[str, str]:
    """The resource types CloudFormation offers in `region`, each with the name of its schema.

    A Region without a list offers nothing.
    """
    path = schemas_directory() / "providers" / f"{region}.json"
    if not path.is_file():
        return {}
    types: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return types


@dataclass(frozen=True)
class ResourceSchema:
    """What CloudFormation knows about one resource type."""

    type_name: str
    document: JSON

    def node(self, path: PropertyPath) -> JSON:
        """The schema of the property at `path`; empty when the schema does not describe it."""
        node = self.deref(self.document)
        for name in path:
            if name == "*":
                node = self.deref(node.get("items", {}))
                continue
            node = self.deref(node.get("properties", {}).get(name) or self._in_branches(node, name))
        return node

    def deref(self, node: JSON) -> JSON:
        """`node`, or what its `$ref` leads to."""
        while "$ref" in node:
            target: Any = self.document
            for part in str(node["$ref"]).removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    @property
    def primary_identifier(self) -> tuple[PropertyPath, ...]:
        """The properties that together name one resource of the type."""
        return self._paths("primaryIdentifier")

    @property
    def read_only(self) -> tuple[PropertyPath, ...]:
        """The properties only the service sets: what Fn::GetAtt may read."""
        return self._paths("readOnlyProperties")

    @property
    def create_only(self) -> tuple[PropertyPath, ...]:
        """The properties whose change replaces the resource; some are nested."""
        return self._paths("createOnlyProperties")

    @property
    def write_only(self) -> tuple[PropertyPath, ...]:
        """The properties the service never gives back, such as passwords."""
        return self._paths("writeOnlyProperties")

    @property
    def tag_property(self) -> tuple[str, str] | None:
        """The top-level property that takes the stack's tags, and its shape: `list` or `map`."""
        tagging: JSON = self.document.get("tagging", {})
        if not tagging.get("taggable", True):
            return None
        path = _path(tagging.get("tagProperty", "/properties/Tags"))
        node = self.node(path)
        if len(path) != 1 or not node:
            return None
        if node.get("type") != "array":
            return path[0], "map"
        tag = self.node((*path, "*")).get("properties", {})
        return (path[0], "list") if {"Key", "Value"} <= set(tag) else None

    @property
    def service(self) -> str:
        """The service's name in IAM actions and ARNs, read from what its handlers may call."""
        permissions: list[str] = (
            self.document.get("handlers", {}).get("create", {}).get("permissions", [])
        )
        namespace = self.type_name.split("::")[1].lower()
        prefixes = [permission.split(":")[0] for permission in permissions if ":" in permission]
        for prefix in prefixes:
            if prefix.replace("-", "") in namespace or namespace.startswith(prefix[:4]):
                return prefix
        return namespace

    def _in_branches(self, node: JSON, name: str) -> JSON:
        for keyword in ("oneOf", "anyOf", "allOf"):
            for branch in node.get(keyword, ()):
                found = self.deref(branch).get("properties", {}).get(name)
                if found:
                    return found  # type: ignore[no-any-return]
        return {}

    def _paths(self, keyword: str) -> tuple[PropertyPath, ...]:
        return tuple(_path(pointer) for pointer in self.document.get(keyword, ()))


def _path(pointer: str) -> PropertyPath:
    """`/properties/HealthCheckConfig/Type` as names.

    The schemas also write nested pointers with `properties` or `items` between the names.
    """
    names = pointer.removeprefix("/").split("/")[1:]
    return tuple("*" if name == "items" else name for name in names if name != "properties")


@cache
def _document(name: str) -> JSON:
    path = schemas_directory() / "resources" / f"{name}.json"
    document: JSON = json.loads(path.read_text(encoding="utf-8"))
    return document


@cache
def schema_of(type_name: str, region: str) -> ResourceSchema | None:
    """The schema of a type as it stands in `region`, or None where the Region lacks the type."""
    name = types_in(region).get(type_name)
    return ResourceSchema(type_name, _document(name)) if name else None
