"""What must not be shown of a drifted resource, judged as the explainer judges a template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scripts.deploy.explainer.hiding import hidden, is_secret
from scripts.deploy.explainer.terms import at
from scripts.deploy.explanations import HIDDEN

if TYPE_CHECKING:
    from scripts.deploy.topology import Difference


def masked(difference: Difference, *resources: Mapping[str, Any]) -> Difference:
    """The difference without secrets; `resources` are the properties in which it stands, as far as known."""
    steps = difference.pointer.strip("/").split("/")
    if any(map(is_secret, steps)) or any(at(hidden(one), steps) == HIDDEN for one in resources):
        return replace(difference, expected=HIDDEN, actual=HIDDEN)
    return replace(
        difference, expected=_shown(difference.expected), actual=_shown(difference.actual)
    )


def _shown(text: str) -> str:
    """A value that may be a structure in JSON, without the secrets inside it."""
    if not text.startswith(("{", "[")):
        return str(hidden(text))
    try:
        return json.dumps(hidden(json.loads(text)), sort_keys=True)
    except ValueError:
        return text
