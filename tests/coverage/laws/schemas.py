"""What AWS says of its types, as cfn-lint ships it: provider schemas, life cycles, stateful types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

#: A property that names the key under which something is encrypted.
KEY_PROPERTY = re.compile(
    r"(?i)^(kms(master)?key(id|arn|identifier)?|.*kmskey(id|arn)?|"
    r"encryptionkey(arn)?|keyarn|kmskeyidentifier)$"
)
#: A property that switches encryption on.
SWITCH = re.compile(r"^(.*EncryptionEnabled|.*Encrypted|SSEEnabled|EnforceHTTPS)$")


@cache
def _data() -> Path:
    package = find_spec("cfnlint")
    assert package
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "data"


@cache
def _read(name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((_data() / name).read_text(encoding="utf-8"))
    return said


@cache
def _schema(type: str) -> dict[str, Any]:
    """A type's provider schema; empty where there is none."""
    file = _read("schemas/providers/us-east-1.json").get(type)
    return _read(f"schemas/resources/{file}.json") if file else {}


@cache
def fixed(type: str) -> frozenset[str]:
    """The properties whose change replaces the resource, or may."""
    schema = _schema(type)
    kinds = ("createOnlyProperties", "conditionalCreateOnlyProperties")
    return frozenset(pointer.split("/")[2] for kind in kinds for pointer in schema.get(kind, ()))


@cache
def properties(type: str) -> tuple[tuple[str, str], ...]:
    """Every property that a template may set: its path, and its kind ("string", "boolean", ...)."""
    schema = _schema(type)
    reported = {
        pointer.removeprefix("/properties/").replace("/", ".")
        for pointer in schema.get("readOnlyProperties", ())
    }
    return tuple(
        (path, kind) for path, kind in _walk(schema, schema, "", ()) if path not in reported
    )


def _walk(
    schema: Mapping[str, Any], node: Mapping[str, Any], path: str, seen: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from _walk(schema, schema["definitions"][name], path, (*seen, name))
        return
    for name, held in node.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        yield below, str(held.get("type", ""))
        yield from _walk(schema, held, below, seen)
    if isinstance(node.get("items"), dict):
        yield from _walk(schema, node["items"], f"{path}[*]", seen)


@cache
def keys(type: str) -> tuple[str, ...]:
    """The paths of properties that name a key."""
    return tuple(
        p for p, kind in properties(type) if kind == "string" and KEY_PROPERTY.match(_last(p))
    )


@cache
def switches(type: str) -> tuple[str, ...]:
    """The paths of properties that switch encryption on."""
    return tuple(p for p, kind in properties(type) if kind == "boolean" and SWITCH.match(_last(p)))


@cache
def flags(type: str, *names: str) -> tuple[str, ...]:
    """The paths of the yes-or-no properties of these names."""
    return tuple(p for p, kind in properties(type) if kind == "boolean" and _last(p) in names)


def stateful() -> frozenset[str]:
    """The types that cfn-lint asks for both policies, but for a nested stack, which holds nothing itself."""
    types = _read("AdditionalSpecs/StatefulResources.json")["ResourceTypes"]
    return frozenset(types) - {"AWS::CloudFormation::Stack"}


def deprecated_runtime(name: str, day: str) -> bool:
    """Whether AWS has deprecated a Lambda runtime by that day, or does not know it."""
    known = _read("AdditionalSpecs/LmbdRuntimeLifecycle.json").get(name)
    ends = known["deprecated"] if known else ""
    return known is None or bool(ends and ends <= day)


def runtimes() -> frozenset[str]:
    """The Lambda runtimes that a function may name."""
    return frozenset(_schema("AWS::Lambda::Function")["properties"]["Runtime"].get("enum", ()))


def versions(type: str, engine: str, *, deprecated: bool = False) -> frozenset[str]:
    """The versions of an engine that AWS offers, or those of them that it has deprecated."""
    stem = type.removeprefix("AWS::").replace("::", "_").lower()
    state = "_deprecated" if deprecated else ""
    file = _data() / f"schemas/extensions/aws_{stem}/engine_version{state}.json"
    if not file.exists():
        return frozenset()
    cases = json.loads(file.read_text(encoding="utf-8"))["allOf"]
    found = [case for case in cases if _engine(case) == engine]
    side = "if" if deprecated else "then"
    held = [case[side]["properties"]["EngineVersion"] for case in found]
    return frozenset(version for each in held for version in each["enum"])


def _engine(case: Mapping[str, Any]) -> str:
    said: str = case["if"]["properties"]["Engine"].get("const", "")
    return said


def _last(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("[*]")
