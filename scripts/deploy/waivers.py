"""What a gate is told to let pass: params/waivers.yaml, where every waiver has a reason and an end.

    - environment: prod
      region: eu-central-1               # may be left out: then in every region
      resource: Orders/OrdersDatabase    # a logical id, or the path to it from the root's stack
      finding: data-loss                 # the name that the refusal says in brackets
      reason: moved to Aurora, ticket 4711
      until: 2026-12-01                  # to the end of that day, UTC

A waiver without a reason or an end is an error, and so is one that could never match: a waiver that does
nothing looks like one that does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from generator import marked_yaml
from generator.environments import WAIVERS, names
from generator.marked_yaml import Report, Value
from generator.problems import Problem, nearest, remedy, told
from scripts.deploy.gates.findings import ONLY_SHOWN, Concern
from scripts.deploy.release import SHIPMENT
from scripts.errors import UsageError

#: The file, as a person names it.
FILE = f"params/{WAIVERS}.yaml"

#: A waiver that is to last longer than this deserves a question.
LONGEST = timedelta(days=90)

_NEEDED = ("environment", "resource", "finding", "reason", "until")
_KEYS = (*_NEEDED, "region")


@dataclass(frozen=True)
class Place:
    """Where a plan goes."""

    environment: str
    region: str


@dataclass(frozen=True)
class Waiver:
    """A finding that may pass, on one resource, for a reason, until the end of a day (UTC)."""

    environment: str
    resource: str
    finding: Concern
    reason: str
    until: date
    region: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """`params/waivers.yaml:7`."""
        return f"{FILE}:{self.line}"

    def lasts(self, today: date) -> bool:
        """Whether it still holds on a day."""
        return today <= self.until

    def covers(self, place: Place, path: Sequence[str], finding: Concern) -> bool:
        """Whether it is about this finding, whatever the day."""
        return (
            self.environment == place.environment
            and self.region in ("", place.region)
            and self.finding is finding
            and self.resource in (path[-1], "/".join(path))
        )

    def to_json(self) -> dict[str, Any]:
        """For --json and for history."""
        return {
            "environment": self.environment,
            "region": self.region,
            "resource": self.resource,
            "finding": self.finding,
            "reason": self.reason,
            "until": self.until.isoformat(),
            "line": self.line,
        }


@dataclass(frozen=True)
class Waivers:
    """The waivers of a project, in the order of the file."""

    all: tuple[Waiver, ...] = ()

    def covering(self, place: Place, path: Sequence[str], finding: Concern) -> tuple[Waiver, ...]:
        """Those about a finding, expired ones too."""
        return tuple(one for one in self.all if one.covers(place, path, finding))

    def warnings(self, environment: str, today: date) -> tuple[str, ...]:
        """What is to be said of an environment's waivers before they are used."""
        return tuple(
            f"{one.place}: the waiver for {one.resource} lasts until {one.until}, "
            f"more than {LONGEST.days} days."
            for one in self.all
            if one.environment == environment and one.until - today > LONGEST
        )


def read(params: Path) -> Waivers:
    """The waivers of a project; none where there is no file. Raises UsageError that names every line.

    An unpacked shipment has the settings of its own environment alone, but the waivers of all.
    """
    file = params / f"{WAIVERS}.yaml"
    if not file.exists():
        return Waivers()
    problems: list[Problem] = []
    items = marked_yaml.read_list(file, problems.append) or ()
    environments = () if (params.parent / SHIPMENT).is_file() else names(params)
    waivers = [_waiver(item, environments, problems.append) for item in items]
    if problems:
        raise UsageError(told(problems, FILE), fix=remedy(problems) or f"Correct {FILE}.")
    return Waivers(tuple(one for one in waivers if one is not None))


def _waiver(item: Value, environments: Collection[str], report: Report) -> Waiver | None:
    """One item as a waiver, or None where something is wrong with it, which is reported."""
    problems: list[Problem] = []
    if item.kind != "section":
        report(item.problem("", f"a waiver has keys, not {item.shown}", f"Write {_form()}."))
        return None
    for key, value in item.section.items():
        if key not in _KEYS:
            problems.append(
                value.problem(key, f"there is no {key} in a waiver", nearest(key, _KEYS))
            )
    for key in _NEEDED:
        if not _text(item.section, key):
            problems.append(item.problem(key, f"a waiver lacks its {key}", f"Write {_form()}."))
    region = item.section.get("region")
    if region is not None and not _text(item.section, "region"):
        problems.append(
            region.problem("region", "a waiver names one region here, or leaves it out")
        )
    finding = _finding(item.section.get("finding"), problems.append)
    until = _day(item.section.get("until"), problems.append)
    _check_environment(item.section.get("environment"), environments, problems.append)
    for problem in problems:
        report(problem)
    if problems or finding is None or until is None:
        return None
    return Waiver(
        environment=_text(item.section, "environment"),
        region=_text(item.section, "region"),
        resource=_text(item.section, "resource").strip("/"),
        finding=finding,
        reason=_text(item.section, "reason"),
        until=until,
        line=item.line,
    )


def _form() -> str:
    return ", ".join(f"{key}: ..." for key in _NEEDED)


def _text(section: Mapping[str, Value], key: str) -> str:
    """The words after a key; empty where it is missing or holds no words."""
    value = section.get(key)
    return (
        "" if value is None or value.kind in ("nothing", "section", "list") else value.text.strip()
    )


def _finding(value: Value | None, report: Report) -> Concern | None:
    if value is None or not value.text:
        return None
    known = [concern.value for concern in Concern if concern not in ONLY_SHOWN]
    if value.text in known:
        return Concern(value.text)
    if value.text in ONLY_SHOWN:
        report(value.problem("finding", f"{value.text} is shown and stops nothing", "Remove it."))
    else:
        fix = nearest(value.text, known) or f"There are {', '.join(known)}."
        report(value.problem("finding", f"there is no finding {value.shown}", fix))
    return None


def _day(value: Value | None, report: Report) -> date | None:
    if value is None or not value.text:
        return None
    try:
        return date.fromisoformat(value.text)
    except ValueError:
        report(value.problem("until", f"{value.shown} is no date", "Write it as 2026-12-01."))
        return None


def _check_environment(value: Value | None, known: Collection[str], report: Report) -> None:
    if value is None or not value.text or not known or value.text in known:
        return
    fix = nearest(value.text, known) or f"There are {', '.join(known)}."
    report(value.problem("environment", f"there is no environment {value.shown}", fix))
