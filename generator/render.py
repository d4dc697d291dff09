"""Template -> bytes: the same on every run, machine and Python version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from troposphere import AWSHelperFn, BaseAWSObject, Template

#: The sections in the order in which a person reads a template, and where troposphere holds each.
SECTIONS: Mapping[str, Callable[[Template], Any]] = {
    "Description": lambda template: template.description,
    "Metadata": lambda template: template.metadata,
    "Parameters": lambda template: template.parameters,
    "Mappings": lambda template: template.mappings,
    "Conditions": lambda template: template.conditions,
    "Resources": lambda template: template.resources,
    "Outputs": lambda template: template.outputs,
}

#: Hex digits of a child's address: 64 bits, far beyond any collision among a project's templates.
ADDRESS_DIGITS = 16


def render(template: Template) -> bytes:
    """Stable JSON: sections in reading order, resources in the order they were built, properties by name."""
    said: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09"}
    for section, held in SECTIONS.items():
        if value := held(template):
            said[section] = plain(value, ordered=section != "Resources")
    return (json.dumps(said, indent=1, ensure_ascii=True) + "\n").encode()


def address(body: bytes) -> str:
    """Where a nested template lies below the base URL: an unchanged template is an unchanged address."""
    return hashlib.sha256(body).hexdigest()[:ADDRESS_DIGITS]


def plain(value: Any, *, ordered: bool = True) -> Any:
    """A value as JSON has it, validated; mappings by name, but where their own order says something.

    One walk: troposphere's own encoder walks what a value holds once more at every level that holds it.
    """
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        return {name: plain(value[name]) for name in (sorted(value) if ordered else value)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    kind = type(value)
    if getattr(kind, "to_dict", None) is AWSHelperFn.to_dict:
        return plain(value.data)
    if getattr(kind, "to_dict", None) is BaseAWSObject.to_dict and value.properties:
        value._validate_props()
        value.validate()
        return plain(value.resource)
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    return plain(value.JSONrepr())
