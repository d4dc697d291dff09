"""Template -> bytes: the same on every run, machine and Python version."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from troposphere import Template

#: The order in which a person reads a template.
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)

#: Hex digits of a child's address: 64 bits, far beyond any collision among a project's templates.
ADDRESS_DIGITS = 16


def render(template: Template) -> bytes:
    """Stable JSON: sections in reading order, resources in the order they were built, properties by name."""
    said = template.to_dict()
    said.setdefault("AWSTemplateFormatVersion", "2010-09-09")
    ordered = {section: _by_name(said[section], section) for section in SECTIONS if section in said}
    return (json.dumps(ordered, indent=1, ensure_ascii=True) + "\n").encode()


def address(body: bytes) -> str:
    """Where a nested template lies below the base URL: an unchanged template is an unchanged address."""
    return hashlib.sha256(body).hexdigest()[:ADDRESS_DIGITS]


def _by_name(value: Any, section: str = "") -> Any:
    """Sort mappings by key, but for the resources themselves."""
    if isinstance(value, dict):
        names = list(value) if section == "Resources" else sorted(value)
        return {name: _by_name(value[name]) for name in names}
    if isinstance(value, list):
        return [_by_name(item) for item in value]
    return value
