"""IAM statements as sets, and whether one allows (or denies) all that another does.

Policies say the same in many ways: a word or a list of one, any order, any case of an action, a `Principal`
of "*" or of {"AWS": "*"}. Here they are all one. What a statement covers is judged by its patterns, never by
listing what they stand for.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, TypeAlias

from scripts.deploy.explanations import Value

Effect: TypeAlias = Literal["Allow", "Deny"]

#: Everything, of whatever a statement speaks of.
EVERYTHING = "*"
_WILD = frozenset("*?")

#: What marks an operator that every value makes stricter (StringNotEquals); of the others, any value will do.
_NEGATED = "not"

#: An operator that also passes where its key is missing: weaker than the same one without.
_OPTIONAL = "ifexists"


class Unreadable(Exception):
    """A policy document that is none, or cannot be known before it is deployed."""


@dataclass(frozen=True)
class Terms:
    """The actions, resources or principals of a statement; `but` turns them round: everything but these."""

    patterns: frozenset[str]
    but: bool = False

    @cached_property
    def _wild(self) -> tuple[str, ...]:
        return tuple(one for one in self.patterns if _WILD & {*one})

    def means(self, pattern: str) -> bool:
        """Whether one of the patterns stands for all of another."""
        return pattern in self.patterns or any(_matches(one, pattern) for one in self._wild)

    def covers(self, other: Terms) -> bool:
        """Whether everything that `other` means is meant here, too."""
        if self.but and other.but:
            return all(map(other.means, self.patterns))
        if self.but:
            return not any(
                _overlap(mine, theirs) for mine in self.patterns for theirs in other.patterns
            )
        if other.but:
            return EVERYTHING in self.patterns
        return not self.missing(other)

    def missing(self, other: Terms) -> frozenset[str]:
        """What `other` means and this does not, pattern by pattern."""
        if self.but or other.but:
            return frozenset() if self.covers(other) else other.patterns
        return frozenset(theirs for theirs in other.patterns if not self.means(theirs))

    def __str__(self) -> str:
        said = ", ".join(sorted(self.patterns))
        return f"everything but {said}" if self.but else said


@dataclass(frozen=True)
class Condition:
    """One key of one operator; `values` are alternatives."""

    operator: str
    key: str
    values: frozenset[str]

    def is_as_strict_as(self, other: Condition) -> bool:
        """Whether whatever passes this one passes the other."""
        mine, theirs = self.operator.lower(), other.operator.lower()
        if self.key.lower() != other.key.lower() or theirs not in (mine, mine + _OPTIONAL):
            return False
        if _NEGATED in mine:
            return self.values >= other.values
        return self.values <= other.values

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {', '.join(sorted(self.values))}"


@dataclass(frozen=True)
class Statement:
    """One statement; `sid` is what a person calls it."""

    effect: Effect
    actions: Terms
    resources: Terms
    principals: Terms
    conditions: frozenset[Condition]
    sid: str = ""

    def covers(self, other: Statement) -> bool:
        """Whether it says of everything what `other` says."""
        return (
            self.effect == other.effect
            and self.actions.covers(other.actions)
            and self.resources.covers(other.resources)
            and self.principals.covers(other.principals)
            and not self.stricter(other)
        )

    def stricter(self, other: Statement) -> frozenset[Condition]:
        """The conditions here that `other` does without, or has in a weaker form."""
        return frozenset(
            mine
            for mine in self.conditions
            if not any(theirs.is_as_strict_as(mine) for theirs in other.conditions)
        )

    def atoms(self) -> Iterator[Statement]:
        """The statement taken apart, one action, resource and principal each."""
        for actions in _apart(self.actions):
            for resources in _apart(self.resources):
                for principals in _apart(self.principals):
                    yield Statement(
                        self.effect, actions, resources, principals, self.conditions, self.sid
                    )


def parsed(document: Value) -> tuple[Statement, ...]:
    """The statements of a document, or of its text. Raises Unreadable."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError as error:
            raise Unreadable(document) from error
    if not isinstance(document, Mapping) or "Statement" not in document:
        raise Unreadable(document)
    return tuple(_statement(said) for said in _several(document["Statement"]))


def _statement(said: Any) -> Statement:
    if not isinstance(said, Mapping) or said.get("Effect") not in ("Allow", "Deny"):
        raise Unreadable(said)
    return Statement(
        effect=said["Effect"],
        actions=_terms(said, "Action", lower=True),
        resources=_terms(said, "Resource"),
        principals=_principals(said),
        conditions=frozenset(_conditions(said.get("Condition", {}))),
        sid=str(said.get("Sid", "")),
    )


def _terms(said: Mapping[str, Any], name: str, *, lower: bool = False) -> Terms:
    """`Action` or `NotAction`; a trust policy has no Resource, and then means all of itself."""
    turned = f"Not{name}" in said
    patterns = [
        str(one) for one in _several(said.get(f"Not{name}" if turned else name, EVERYTHING))
    ]
    return Terms(
        frozenset(one.lower() for one in patterns) if lower else frozenset(patterns), turned
    )


def _principals(said: Mapping[str, Any]) -> Terms:
    """`AWS:arn...`, `Service:sns.amazonaws.com`; of a policy without, everything: the identity it is of."""
    turned = "NotPrincipal" in said
    principal = said.get("NotPrincipal" if turned else "Principal", EVERYTHING)
    if not isinstance(principal, Mapping):
        return Terms(frozenset(map(str, _several(principal))), turned)
    named = {
        EVERYTHING if one == EVERYTHING and kind == "AWS" else f"{kind}:{one}"
        for kind, several in principal.items()
        for one in _several(several)
    }
    return Terms(frozenset(named), turned)


def _conditions(said: Any) -> Iterator[Condition]:
    if not isinstance(said, Mapping):
        raise Unreadable(said)
    for operator, keys in said.items():
        if not isinstance(keys, Mapping):
            raise Unreadable(keys)
        for key, values in keys.items():
            yield Condition(operator, key, frozenset(_word(one) for one in _several(values)))


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _several(said: Any) -> Iterable[Any]:
    return said if isinstance(said, list) else [said]


def _apart(terms: Terms) -> Iterable[Terms]:
    return [terms] if terms.but else [Terms(frozenset({one})) for one in sorted(terms.patterns)]


def _matches(pattern: str, other: str) -> bool:
    """Whether a pattern stands for everything that another, or a name, stands for."""
    return pattern in (EVERYTHING, other) or _expression(pattern).fullmatch(other) is not None


def _overlap(one: str, other: str) -> bool:
    """Whether two patterns may mean the same thing; a doubt is a yes."""
    if _matches(one, other) or _matches(other, one):
        return True
    if not (_WILD & {*one} and _WILD & {*other}):
        return False
    head, its_head = (re.split(r"[*?]", text)[0] for text in (one, other))
    return head.startswith(its_head) or its_head.startswith(head)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression, for names and other patterns: `*` means `?`, and not the reverse."""
    parts = (".*" if c == "*" else "[^*]" if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.DOTALL)
