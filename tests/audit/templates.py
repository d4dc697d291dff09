"""The templates of an environment with its parameters' values: conditions decided, intrinsics resolved.

What a setting turns off is not there to be judged, and what it turns on is judged with its values. A
reference within a template stays one; a value that another stack hands over is a text that says whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.coverage.marking import MINTED
from tests.coverage.platform import JSON_TEXTS, Resource, Standing, platform


def as_they_lie(folder: Path) -> dict[str, dict[str, Any]]:
    """File name -> template, of a folder. Raises OSError or ValueError where one cannot be read."""
    return {file.name: json.loads(file.read_bytes()) for file in sorted(folder.glob("*.json"))}


def fullest(environments: Iterable[str]) -> str:
    """The environment in which most stands: what others lack, their parameters turn off by name."""
    return max(environments, key=lambda name: len(platform(Standing(name)).resources))


def resolved(environment: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Region and layer -> the template that stands there."""
    by_layer: dict[tuple[str, str], list[Resource]] = {}
    for resource in platform(Standing(environment)).resources:
        by_layer.setdefault((resource.region, resource.layer), []).append(resource)
    for place, resources in by_layer.items():
        yield (
            place,
            {
                "AWSTemplateFormatVersion": "2010-09-09",
                "Resources": {
                    resource.logical_id: {"Type": resource.type, **plain(resource.said, *place)}
                    for resource in resources
                },
            },
        )


def plain(value: Any, region: str, layer: str) -> Any:
    """A value of a template as CloudFormation would take it."""
    match value:
        case dict():
            return {
                key: json.dumps(part)
                if key in JSON_TEXTS and isinstance(part, dict)
                else plain(part, region, layer)
                for key, part in value.items()
            }
        case list():
            return [plain(part, region, layer) for part in value]
        case str():
            return _referring(value, region, layer)
    return value


def _referring(text: str, region: str, layer: str) -> Any:
    """A text whose references to its own template are written as CloudFormation's."""
    whole = MINTED.fullmatch(text)
    if whole and (whole["region"], whole["layer"]) == (region, layer):
        return _reference(whole["id"], whole["attribute"])
    return text


def _reference(logical_id: str, attribute: str) -> dict[str, Any]:
    if attribute == "Ref":
        return {"Ref": logical_id}
    return {"Fn::GetAtt": [logical_id, attribute]}
