"""What is never shown: values whose property, or whose neighbour, says that they are secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scripts.deploy.explanations import HIDDEN

#: The end of a name, in lower case and without marks, that says that its value is a secret.
_SECRET = re.compile(
    r"(password|passwd|passphrase|secretstring|authtoken|privatekey|secretkey|clientsecret"
    r"|secretaccesskey|accesstoken|refreshtoken|oauthtoken|secrettoken|sharedsecret|sharedkey"
    r"|presharedkey|apikey|apitoken|bearertoken|credentials?|connectionstring|licensekey"
    r"|(?<!service)token|secret|pin)$"
)

#: Where a list has pairs, what names the one and what holds the other.
_PAIRS = (
    ("Name", "Value"),
    ("Key", "Value"),
    ("ParameterKey", "ParameterValue"),
    ("HeaderName", "HeaderValue"),
    ("OptionName", "Value"),
    ("name", "value"),
)

#: An ARN or an identifier tells where a secret is, and not what it is.
_WHEREABOUTS = re.compile(r"^(arn:aws[\w-]*:|\{\{resolve:)")

#: An address that brings its own password: postgres://shop:hunter2@host.
_LOGIN = re.compile(r"://[^/\s:@]*:[^/\s@]+@")

_MARKS = re.compile(r"[^a-z0-9]")


def is_secret(name: str) -> bool:
    """Whether what stands under this name is a secret."""
    return bool(_SECRET.search(_MARKS.sub("", name.lower())))


def hidden(value: Any, name: str = "") -> Any:
    """The value as it may be shown: under a secret's name, nothing of it."""
    if name and is_secret(name):
        return _covered(value)
    match value:
        case dict():
            paired = _paired(value)
            return {
                key: _covered(held) if key == paired else hidden(held, key)
                for key, held in value.items()
            }
        case list():
            return [hidden(held) for held in value]
        case str() if _LOGIN.search(value):
            return HIDDEN
    return value


def holds_secret(value: Any) -> bool:
    """Whether something in a shown value is hidden."""
    match value:
        case dict():
            return any(map(holds_secret, value.values()))
        case list():
            return any(map(holds_secret, value))
    return isinstance(value, str) and HIDDEN in value


def _covered(value: Any) -> Any:
    """A secret's place. What only leads to one, an ARN or a reference, may be seen; and so may its shape."""
    match value:
        case None | bool():
            return value
        case dict():
            return {key: _covered(held) for key, held in value.items()}
        case list():
            return [_covered(held) for held in value]
        case str() if _WHEREABOUTS.match(value) or value == "":
            return value
    return HIDDEN


def _paired(value: Mapping[str, Any]) -> str:
    """The key of a pair's value, where its name is a secret's; empty where there is none."""
    for name, held in _PAIRS:
        if held in value and isinstance(value.get(name), str) and is_secret(value[name]):
            return held
    return ""
