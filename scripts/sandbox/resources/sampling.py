"""A text that fits a regular expression.

For attributes whose shape only their schema's pattern tells. The parse tree is the standard
library's own (`re._parser`, private): where it changes or a pattern asks for what is not sampled
here (look-around, Java classes), there is no sample.
"""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Iterable
from typing import Any

from scripts.sandbox.resources.patterns import matches

_SPANS = (8, 1, 3, 16, 32, 64)
"""How many repetitions of an unbounded `+` or `*` are tried, the likeliest to fit first."""
_CATEGORIES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_WORD": "abcdefghijklmnopqrstuvwxyz0123456789",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "abcdefghijklmnopqrstuvwxyz0123456789",
    "CATEGORY_NOT_DIGIT": "abcdefghijklmnopqrstuvwxyz",
    "CATEGORY_NOT_WORD": "-",
}
_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789-"


def sample(pattern: str, seed: str, *, minimum: int = 0, maximum: int = 2048) -> str | None:
    """A text of `minimum` to `maximum` characters that `pattern` matches; None if none is found.

    The same seed gives the same text.
    """
    try:
        from re import _parser  # type: ignore[attr-defined]

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = _parser.parse(pattern)
    except (ImportError, re.error):
        return None
    dice = random.Random(seed)  # noqa: S311 - identifiers of an emulator, not secrets
    for span in (*_SPANS, minimum, maximum):
        for _ in range(10):
            text = _text(tree, dice, span, {})
            if minimum <= len(text) <= maximum and matches(pattern, text):
                return text
    return None


def _text(
    tree: Iterable[tuple[Any, Any]], dice: random.Random, span: int, groups: dict[int, str]
) -> str:
    return "".join(_node(str(code), argument, dice, span, groups) for code, argument in tree)


def _node(code: str, argument: Any, dice: random.Random, span: int, groups: dict[int, str]) -> str:
    match code:
        case "LITERAL":
            return chr(argument)
        case "ANY" | "NOT_LITERAL":
            return next(char for char in _shuffled(_PLAIN, dice) if ord(char) != argument)
        case "IN":
            return dice.choice(_set(argument))
        case "BRANCH":
            return _text(dice.choice(argument[1]), dice, span, groups)
        case "SUBPATTERN":
            number, _, _, inner = argument
            text = _text(inner, dice, span, groups)
            if number is not None:
                groups[number] = text
            return text
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = argument
            times = dice.randint(
                max(int(least), min(int(most), span) // 2), min(int(most), max(int(least), span))
            )
            return "".join(_text(inner, dice, span, groups) for _ in range(times))
        case "ATOMIC_GROUP":
            return _text(argument, dice, span, groups)
        case "GROUPREF":
            return groups.get(argument, "")
        case _:
            return ""  # anchors and look-around add no text; the caller checks the whole


def _set(items: list[tuple[Any, Any]]) -> str:
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    chars = ""
    for code, argument in items:
        match str(code):
            case "LITERAL":
                chars += chr(argument)
            case "RANGE":
                low, high = argument
                chars += "".join(chr(point) for point in range(low, min(high, low + 127) + 1))
            case "CATEGORY":
                chars += _CATEGORIES.get(str(argument), "a")
    if negated:
        return "".join(char for char in _PLAIN if char not in chars) or "_"
    alphanumeric = "".join(char for char in chars if char.isascii() and char.isalnum())
    return alphanumeric or chars or "a"


def _shuffled(chars: str, dice: random.Random) -> list[str]:
    return dice.sample(chars, len(chars))
