"""How strong a guard is: a number that may not become less; 0 is no guard at all, None cannot be known."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TypeAlias

from scripts.deploy.explanations import HIDDEN, LATER, Value
from scripts.deploy.gates.property_paths import Absent

#: A value, or its absence, as a strength.
Strength: TypeAlias = Callable[["Value | Absent"], "int | None"]

#: The TLS version that a policy's name promises: ELB's, CloudFront's, API Gateway's and OpenSearch's forms.
#: TLSv1_2016 is 1.0, of that year.
_VERSION = re.compile(r"(?:TLS13-1-|FS-1-|TLS[v_-]?1[._-])(\d)(?!\d)")

#: What is written instead of a version.
_NO_TLS = {"HTTP", "TCP", "UDP", "TCP_UDP", "preferred", "allow-all", "http-only", "match-viewer"}
_SOME_TLS = {"HTTPS", "TLS", "required", "redirect-to-https", "https-only"}


def on(*, absent: bool = False) -> Strength:
    """A toggle that guards by being true; `absent` is what AWS takes where nothing is said."""
    return _toggle(guards=True, absent=absent)


def off(*, absent: bool = False) -> Strength:
    """A toggle that guards by being false; `absent` says whether its absence guards."""
    return _toggle(guards=False, absent=absent)


def _toggle(*, guards: bool, absent: bool) -> Strength:
    def strength(value: Value | Absent) -> int | None:
        if isinstance(value, Absent) or value is None:
            return int(absent)
        match str(value).lower():
            case "true" | "1":
                return int(guards)
            case "false" | "0":
                return int(not guards)
        return None

    return strength


def present(value: Value | Absent) -> int | None:
    """Something that guards by being there; a reference that is not known yet is one."""
    return 0 if isinstance(value, Absent) or value in (None, "", [], {}) else 1


def own_key(value: Value | Absent) -> int | None:
    """A key that is somebody's; under alias/aws/ lie those that AWS keeps for everybody."""
    return 0 if "alias/aws/" in str(value) else present(value)


def one_of(*guarding: str) -> Strength:
    """A word that guards; `guarding` are the words, weakest first."""

    def strength(value: Value | Absent) -> int | None:
        if isinstance(value, Absent) or value is None:
            return 0
        if isinstance(value, str) and (LATER in value or HIDDEN in value):
            return None
        return guarding.index(value) + 1 if value in guarding else 0

    return strength


def amount(*, absent: int = 0) -> Strength:
    """A number of days, say: less is less."""

    def strength(value: Value | Absent) -> int | None:
        if isinstance(value, Absent) or value is None:
            return absent
        try:
            return int(str(value))
        except ValueError:
            return None

    return strength


def tls(*, absent: int = 0) -> Strength:
    """The lowest version of TLS that is spoken, in tenths; 0 is none at all."""

    def strength(value: Value | Absent) -> int | None:
        if isinstance(value, Absent) or value is None:
            return absent
        if isinstance(value, list):
            known = [strength(one) for one in value]
            return _least(known)
        text = str(value)
        if text in _NO_TLS or text.startswith("SSL"):
            return 0
        if text in _SOME_TLS:
            return 1
        if found := _VERSION.search(text):
            return 10 + int(found[1])
        return 10 if text.startswith(("ELBSecurityPolicy-", "TLSv1")) else None

    return strength


def _least(known: Collection[int | None]) -> int | None:
    if not known:
        return 0
    return None if None in known else min(one for one in known if one is not None)
