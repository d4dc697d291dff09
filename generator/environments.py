"""Environments: params/<environment>.yaml over params/defaults.yaml over the settings' own defaults.

    account_id: "111111111111"
    primary_region: us-east-1
    standby_region: us-west-2
    vpc_cidr: 10.0.0.0/16           # any setting, for both regions
    regions:
      us-west-2:
        vpc_cidr: 10.1.0.0/16       # the same setting, for one of them

Everything is checked against `Settings` before anything is built or deployed, and all that is wrong is
said at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator import marked_yaml
from generator.agreements import Chosen, disagreements
from generator.availability import offers
from generator.complaints import complaint, normal
from generator.marked_yaml import Report, Value
from generator.places import EDGE_REGION, Places
from generator.problems import EnvironmentInvalid, Problem, nearest
from generator.regions import partitions
from generator.settings import FALSE, TRUE, Setting, Settings

__all__ = ["Environment", "EnvironmentInvalid", "Problem", "names", "read"]

DEFAULTS = "defaults"
#: What gates are told to let pass (scripts/deploy/waivers.py): a file of params/, and no environment.
WAIVERS = "waivers"
#: What the names begin with under which environments are tested (tests/taskcat): no environment's does.
TESTED = "tc"
ACCOUNT, REGIONS = "account_id", "regions"
PRIMARY, STANDBY = PAIR = ("primary_region", "standby_region")
IDENTITY = (ACCOUNT, *PAIR, REGIONS)
KNOBS: Mapping[str, Setting] = {
    setting.key: setting for setting in Settings.all() if setting.given_by == "environment"
}
FACTS = frozenset(setting.key for setting in Settings.all() if setting.given_by == "planner")


@dataclass(frozen=True)
class Environment:
    """One environment: an account, its regions, and a value for every setting in each of them."""

    name: str
    account_id: str
    primary_region: str
    standby_region: str
    settings: Mapping[str, Mapping[str, str]]

    @property
    def pair(self) -> tuple[str, str]:
        """The primary, then the standby: where the shop stands."""
        return self.primary_region, self.standby_region

    @property
    def places(self) -> Places:
        """The region of each role; the edge's may be one of the pair."""
        return {
            "primary": self.primary_region,
            "standby": self.standby_region,
            "edge": EDGE_REGION,
        }

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that has stacks, in the order of the first roll-out."""
        return tuple(dict.fromkeys(self.places.values()))

    @property
    def hosted_zone(self) -> tuple[str, str]:
        """The id and the domain of the public hosted zone, which stands before any stack."""
        values = self.values(self.primary_region)
        return values[Settings.hosted_zone_id.key], values[Settings.domain_name.key]

    def role(self, region: str) -> str:
        """What the region is to the shop: "primary", "standby", or "edge" where it is neither."""
        return next(role for role, place in self.places.items() if place == region)

    def peer(self, region: str) -> str:
        """The other region of the pair; of the edge, the primary."""
        return self.standby_region if region == self.primary_region else self.primary_region

    def values(self, region: str) -> Mapping[str, str]:
        """Setting key -> value, as CloudFormation takes it: what the environment gives."""
        return self.settings[region]

    def facts(self, region: str) -> Mapping[str, str]:
        """What is known of the region's stacks without asking AWS or a release."""
        return {
            Settings.environment.key: self.name,
            Settings.region_role.key: self.role(region),
            Settings.primary_region.key: self.primary_region,
            Settings.standby_region.key: self.standby_region,
            Settings.peer_region.key: self.peer(region),
            Settings.edge_apart.key: FALSE if EDGE_REGION in self.pair else TRUE,
            Settings.holds_edge.key: TRUE if region == EDGE_REGION else FALSE,
            **offers(region),
        }


def names(params: Path) -> tuple[str, ...]:
    """The environments of a project, by name."""
    apart = (DEFAULTS, WAIVERS)
    return tuple(sorted(file.stem for file in params.glob("*.yaml") if file.stem not in apart))


def read(params: Path, name: str) -> Environment:
    """Read and check an environment. Raises EnvironmentInvalid with every problem in its files."""
    if name not in names(params):
        raise EnvironmentInvalid(name, [_unknown(params, name)])
    problems: list[Problem] = []
    defaults = marked_yaml.read(params / f"{DEFAULTS}.yaml", problems.append)
    said = marked_yaml.read(params / f"{name}.yaml", problems.append)
    if defaults is None or said is None:
        raise EnvironmentInvalid(name, problems)
    reading = _Reading(name, f"{params.name}/{name}.yaml", said, problems.append)
    reading.check_name()
    account, pair = reading.account(), reading.pair()
    values = reading.values(defaults, pair)
    problems += disagreements({region: values[region] for region in pair or values})
    if problems:
        raise EnvironmentInvalid(name, dict.fromkeys(problems))
    primary, standby = pair
    settings = {
        region: {key: chosen.text for key, chosen in held.items()}
        for region, held in values.items()
    }
    return Environment(name, account, primary, standby, settings)


def _unknown(params: Path, name: str) -> Problem:
    known = names(params)
    there = f"There are {', '.join(known)}." if known else f"Write {params.name}/{name}.yaml."
    fix = " ".join(part for part in (nearest(name, known), there) if part)
    return Problem(params.name, 0, "", f"there is no environment {name}", fix)


@dataclass(frozen=True)
class _Reading:
    """One environment's file on its way to an Environment; what is wrong goes to `report`."""

    name: str
    file: str
    said: Mapping[str, Value]
    report: Report

    def lacks(self, key: str, what: str) -> None:
        """A key that the file must have is not there."""
        self.report(Problem(self.file, 0, key, f"{key} is missing", f"Add {key}: {what}."))

    def check_name(self) -> None:
        """Derived names carry the environment's: it must fit into them."""
        if not re.fullmatch(Settings.environment.pattern or "", self.name):
            message = (
                f"{self.name} cannot name an environment: 2 to 12 lower-case letters and digits"
            )
            self.report(Problem(self.file, 0, "", message, "Rename the file."))
        elif self.name.startswith(TESTED):
            message = (
                f"{self.name} cannot name an environment: names that begin with {TESTED} are "
                "those of tests, which delete what carries them"
            )
            self.report(Problem(self.file, 0, "", message, "Rename the file."))

    def account(self) -> str:
        """The account's id, empty where it is not valid."""
        value = self.said.get(ACCOUNT)
        if value is None:
            self.lacks(ACCOUNT, 'the 12 digits of an AWS account, in quotes: "111111111111"')
        elif value.kind == "text" and re.fullmatch("[0-9]{12}", value.text):
            return value.text
        elif value.kind != "text" and value.text.isascii() and value.text.isdigit():
            message = (
                f"{ACCOUNT} must be text, and YAML reads a number (octal, if it begins with 0)"
            )
            self.report(value.problem(ACCOUNT, message, f'Put quotes around it: "{value.text}"'))
        else:
            self.report(value.problem(ACCOUNT, f"{ACCOUNT} must be 12 digits in quotes"))
        return ""

    def pair(self) -> tuple[str, ...]:
        """The primary and the standby; fewer where they are not valid."""
        regions = tuple(region for key in PAIR if (region := self._region(key)))
        if len(regions) < len(PAIR):
            return ()
        primary, standby = regions
        value = self.said[STANDBY]
        if primary == standby:
            self.report(
                value.problem(
                    STANDBY, f"{STANDBY} is {standby}, and so is {PRIMARY}", "Name another."
                )
            )
            return ()
        if partitions()[primary] != partitions()[standby]:
            message = f"{primary} and {standby} are in different partitions of AWS"
            self.report(value.problem(STANDBY, message, f"Choose two of {partitions()[primary]}"))
        return regions

    def _region(self, key: str) -> str:
        value = self.said.get(key)
        if value is None:
            self.lacks(key, "a region such as eu-west-1")
        elif value.kind != "text" or value.text not in partitions():
            message = f"{key}: there is no region {value.shown}"
            self.report(value.problem(key, message, nearest(value.text, partitions())))
        else:
            return value.text
        return ""

    def values(
        self, defaults: Mapping[str, Value], pair: tuple[str, ...]
    ) -> dict[str, dict[str, Chosen]]:
        """Region -> setting key -> its value; one region without a name where the pair is not known.

        An edge apart has what the primary has, unless its own section says otherwise.
        """
        own = {key: value for key, value in self.said.items() if key not in IDENTITY}
        common = self._defaults() | self._section(defaults) | self._section(own)
        overrides = self._overrides(pair)
        merged = {region: common | overrides.get(region, {}) for region in pair or ("",)}
        if pair and EDGE_REGION not in pair:
            merged[EDGE_REGION] = merged[pair[0]] | overrides.get(EDGE_REGION, {})
        for key, setting in KNOBS.items():
            if any(key not in held for held in merged.values()):
                self.lacks(key, setting.pattern_help or setting.help)
        return {
            region: {key: chosen for key in KNOBS if (chosen := held.get(key))}
            for region, held in merged.items()
        }

    def _defaults(self) -> dict[str, Chosen | None]:
        return {
            key: Chosen(key, setting.default, self.file)
            for key, setting in KNOBS.items()
            if setting.default is not None
        }

    def _overrides(self, pair: tuple[str, ...]) -> dict[str, dict[str, Chosen | None]]:
        held = self.said.get(REGIONS)
        if held is None:
            return {}
        if held.kind not in ("section", "nothing"):
            self.report(
                held.problem(REGIONS, f"{REGIONS} must hold regions, and settings below them")
            )
        for region, value in held.section.items():
            if pair and region not in (*pair, EDGE_REGION):
                message = f"{REGIONS}: {region} is neither {pair[0]} nor {pair[1]}"
                self.report(value.problem(region, message, nearest(region, pair)))
            if value.kind not in ("section", "nothing"):
                self.report(value.problem(region, f"{REGIONS}: {region} must hold settings"))
        return {region: self._section(value.section) for region, value in held.section.items()}

    def _section(self, section: Mapping[str, Value]) -> dict[str, Chosen | None]:
        """Every key, with None where its value is not valid."""
        return {key: self._choose(key, value) for key, value in section.items()}

    def _choose(self, key: str, value: Value) -> Chosen | None:
        if key in IDENTITY:
            fix = f"Set it at the top of {self.file}."
            self.report(value.problem(key, f"{key} belongs to an environment", fix))
        elif key in FACTS:
            self.report(value.problem(key, f"{key} is a fact that the planner knows", "Remove it."))
        elif key not in KNOBS:
            self.report(value.problem(key, f"there is no setting {key}", nearest(key, KNOBS)))
        elif problem := complaint(KNOBS[key], value):
            self.report(problem)
        else:
            return Chosen(key, normal(KNOBS[key], value), value.file, value.line)
        return None
