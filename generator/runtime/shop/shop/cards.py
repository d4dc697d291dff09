"""No card number comes in: a request that carries what looks like one is refused before anybody reads it.

The shop takes payment tokens. A card number that somebody sends all the same must reach no log, no table, no
event and no error page, so this stands before all that, and says nothing of what it found.

A card number has 13 to 19 digits of which the last is a check digit (ISO/IEC 7812, Luhn), in any script,
grouped or not, percent-encoded or escaped as in JSON.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_plus

#: What stands between groups of digits: spaces and dashes of all kinds, and points.
BETWEEN = r"[\s.\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"

#: Digits that may be a card number, or hold one.
RUN = re.compile(rf"\d(?:{BETWEEN}{{0,3}}\d){{12,}}")

#: As RUN, of whole words: what a header holds besides is random, and long, and has letters in it.
WORD = re.compile(r"(?<![\w+/])\d(?:[ \-]?\d){12,}(?![\w+/])")

GROUPS = re.compile(r"\d+")

#: What has another shape altogether: order ids and idempotency keys, and a trace's id (W3C Trace Context).
OTHERWISE = re.compile(
    r"(?<![0-9a-fA-F-])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})(?![0-9a-fA-F-])"
)

ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")

SHORTEST, LONGEST = 13, 19

#: No number has so many digits, and looking through them would take long.
SUSPICIOUS = 256

#: How often something may have been percent-encoded.
LAYERS = 3


def in_text(text: str) -> bool:
    """Whether any digits in it, wherever they begin, are a card number's. For what customers write."""
    for layer in layers(text):
        for run in RUN.finditer(OTHERWISE.sub(" ", layer)):
            digits = plain(run[0])
            if len(digits) > SUSPICIOUS or any(map(is_card, windows(digits))):
                return True
    return False


def in_header(text: str) -> bool:
    """Whether whole groups of digits in it are a card number's. For what browsers and proxies write."""
    for layer in layers(text):
        for run in WORD.finditer(OTHERWISE.sub(" ", layer)):
            groups = [plain(group) for group in GROUPS.findall(run[0])]
            if len(groups) > SUSPICIOUS or any(map(is_card, neighbours(groups))):
                return True
    return False


def layers(text: str) -> Iterator[str]:
    """The text as it came, and as it is when decoded."""
    for _ in range(LAYERS):
        yield text
        decoded = ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), unquote_plus(text))
        if decoded == text:
            return
        text = decoded
    yield text


def plain(digits: str) -> str:
    """Digits of any script as 0 to 9, without what stands between."""
    return "".join(str(unicodedata.decimal(one)) for one in digits if one.isdecimal())


def windows(digits: str) -> Iterator[str]:
    """Every part that is as long as a card number."""
    for length in range(SHORTEST, min(LONGEST, len(digits)) + 1):
        for start in range(len(digits) - length + 1):
            yield digits[start : start + length]


def neighbours(groups: list[str]) -> Iterator[str]:
    """Every sequence of groups that is as long as a card number."""
    for start in range(len(groups)):
        joined = ""
        for group in groups[start:]:
            joined += group
            if len(joined) > LONGEST:
                break
            if len(joined) >= SHORTEST:
                yield joined


def is_card(digits: str) -> bool:
    """Whether an issuer could have given it out.

    Cards begin with 2 to 6; with 1 those of airlines, of 15 digits. So a time in milliseconds is none.
    """
    return (digits[0] in "23456" or (digits[0] == "1" and len(digits) == 15)) and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit fits the others (ISO/IEC 7812-1, annex B)."""
    doubled = {digit: sum(divmod(2 * digit, 10)) for digit in range(10)}
    numbers = [int(digit) for digit in reversed(digits)]
    return (sum(numbers[::2]) + sum(doubled[number] for number in numbers[1::2])) % 10 == 0
