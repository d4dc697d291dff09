"""References to variables: `#{namespace.key}` in configurations of actions and rules.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: Namespaces that no action may take.
PIPELINE, EXECUTION = "variables", "codepipeline"

_REFERENCE = re.compile(r"#\{([^{}]*)\}")
_NAMED = re.compile(r"([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_]+)")


class Unresolved(Exception):
    """A reference to what is not there."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


def found_in(text: str) -> Iterator[tuple[str, str, str]]:
    """The text, namespace and key of each reference; both empty where it is malformed."""
    for match in _REFERENCE.finditer(text):
        named = _NAMED.fullmatch(match[1])
        yield match[0], named[1] if named else "", named[2] if named else ""


def resolved(text: str, known: Mapping[str, Mapping[str, str]]) -> str:
    """The text with every reference replaced, once: a value is not read again. Raises Unresolved."""

    def value(match: re.Match[str]) -> str:
        named = _NAMED.fullmatch(match[1])
        if named is None or named[2] not in known.get(named[1], {}):
            raise Unresolved(match[0])
        return known[named[1]][named[2]]

    return _REFERENCE.sub(value, text)
