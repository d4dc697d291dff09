"""On what an execution role may act: for every action the ARNs that IAM's data give it, narrowed to ours.

What bears our names is named (`territory`). What has an id that no one can foretell, a subnet or a listener,
is anything of that type in the account. "*" is left for the actions for which AWS offers no resource at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby

from awacs.aws import Action

from generator.iam_reference import WIDE, reference, service_of
from generator.territory import ARNS, LENT

#: A variable in the form of an ARN.
VARIABLE = re.compile(r"\$\{(\w+)\}")

#: The variables that say where, and what stands for them in a pattern.
PLACES = {"Region": "*", "Account": "{account}"}

#: A service with more types than this is written as one pattern: IAM's quotas leave no room for all.
MOST_TYPES = 8


@dataclass(frozen=True)
class Reach:
    """Actions of one service, and what they act on: what follows `arn:partition:`, or "*" alone."""

    actions: tuple[str, ...]
    patterns: tuple[str, ...]

    @property
    def everywhere(self) -> bool:
        """Whether AWS offers nothing to scope these actions by."""
        return self.patterns == ("*",)


def reaches(actions: Collection[str]) -> Iterator[Reach]:
    """What each of these actions acts on, service by service."""
    services = {service_of(action) for action in actions}
    for _, group in groupby(sorted(actions), key=service_of):
        yield from _of_service(list(group), services)


def acts_on(action: str) -> list[str]:
    """The forms of the ARNs that an action acts on, after the partition; none where it is granted on "*"."""
    if action in WIDE:
        return []
    return [form.split(":", 2)[2] for form in reference().arns(action).values()]


def of_the_environment(actions: Iterable[Action]) -> tuple[str, ...]:
    """What bears our names among what these actions act on, and what is lent to us."""
    forms = [form for action in actions for form in acts_on(action.JSONrepr())]
    return _collapsed(p for form in forms for table in (ARNS, LENT) for p in _fitting(form, table))


def of_the_account(actions: Iterable[Action]) -> tuple[str, ...]:
    """What these actions act on, whatever it is called, in our account."""
    return _collapsed(_open(form) for action in actions for form in acts_on(action.JSONrepr()))


def _of_service(actions: list[str], services: Collection[str]) -> Iterator[Reach]:
    forms = {action: _forms(action, services) for action in actions}
    tagged = {form for action in actions if not _tags(action) for form in forms[action]}
    for action in filter(_tags, actions):
        forms[action] = [form for form in forms[action] if form in tagged] or forms[action]
    asked = [action for action in actions if forms[action] and _lists(action)]
    named = [action for action in actions if forms[action] and not _lists(action)]
    nowhere = [action for action in actions if not forms[action]]
    if named:
        yield Reach(tuple(named), _collapsed(p for a in named for f in forms[a] for p in _ours(f)))
    if asked:
        yield Reach(tuple(asked), _collapsed(_open(f) for a in asked for f in forms[a]))
    if nowhere:
        yield Reach(tuple(nowhere), ("*",))


def _forms(action: str, services: Collection[str]) -> list[str]:
    """The forms of the ARNs that an action acts on, of services in use: no shop has all that it could be."""
    forms = acts_on(action)
    return [form for form in forms if service_of(form) in services] or forms


def _tags(action: str) -> bool:
    """An action on tags takes every type of its service; what nothing else acts on is not ours to tag."""
    return "Tag" in action


def _lists(action: str) -> bool:
    """Whether an action on what bears our names asks for all: where ARNs name no account it may not."""
    described = reference().find(action)
    accountable = all(form.split(":")[4] for form in reference().arns(action).values())
    listing = described is not None and described.level == "List"
    return listing and accountable and service_of(action) in ARNS


def _ours(form: str) -> list[str]:
    """What is ours of this form, or lent to us; where it bears none of our names, all of the account's."""
    named = list(_fitting(form, ARNS))
    return [*named, *_fitting(form, LENT)] if named else [_open(form)]


def _fitting(form: str, table: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The patterns of a table that are of this form, or of a whole that it is part of, as a log stream is."""
    service = service_of(form)
    wholes = [
        _open(form[: variable.end()])
        for variable in VARIABLE.finditer(form)
        if variable[1] not in PLACES
    ]
    for rest in table.get(service, ()):
        pattern = f"{service}:{rest}"
        if fnmatchcase(_filled(form, "{ours}-"), pattern) or any(
            fnmatchcase(pattern, whole) for whole in wholes
        ):
            yield pattern


def _open(form: str) -> str:
    """The form for any region and name, in our account."""
    return _filled(form, "*")


def _filled(form: str, name: str) -> str:
    return VARIABLE.sub(lambda variable: PLACES.get(variable[1], name), form)


def _collapsed(patterns: Iterable[str]) -> tuple[str, ...]:
    """Without those that another one covers; where a service has many types without names, one for all."""
    every = sorted(set(patterns))
    least = [p for p in every if not any(p != q and fnmatchcase(p, q) for q in every)]
    heads: dict[str, list[str]] = {}
    for pattern in least:
        heads.setdefault(":".join(pattern.split(":", 3)[:3]), []).append(pattern)
    return tuple(
        pattern
        for head, several in heads.items()
        for pattern in (several if _few(several) else [f"{head}:{_any(several)}"])
    )


def _few(patterns: list[str]) -> bool:
    return len(patterns) <= MOST_TYPES or any("{ours}" in pattern for pattern in patterns)


def _any(patterns: list[str]) -> str:
    """The widest name, but for the slash that all of them have."""
    return "*/*" if all("/" in pattern for pattern in patterns) else "*"
