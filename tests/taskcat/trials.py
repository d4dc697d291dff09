"""Environments as taskcat tests them: with a name of their own, so that nothing of a deployed one is theirs.

Every stack, bucket, role and table carries the environment's name, and every host name the domain. What an
account has once (its recorder, its trail ...) carries neither: beside others those stay off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator.environments import TESTED, Environment
from generator.naming import PREFIX, stack_name
from generator.places import EDGE_ONLY
from generator.settings import FALSE, Settings
from scripts.deploy import waves
from scripts.deploy.waves import Wave
from scripts.validate import lint

#: How long an environment's name may be.
LONGEST = 12

#: What would outlive the test that made it, or refuse to go.
PASSING = {
    Settings.deletion_protection.key: FALSE,
    Settings.backup_vault_lock.key: FALSE,
    Settings.shield_advanced.key: FALSE,
}

#: What an account, or a region of it, has but one of, and what needs one.
ACCOUNT_WIDE = tuple(
    setting.key
    for setting in (
        Settings.audit_trail,
        Settings.config_recorder,
        Settings.config_linked_role,
        Settings.search_linked_role,
        Settings.config_rules,
        Settings.access_analyzer,
        Settings.unused_access_analyzer,
        Settings.guardduty,
        Settings.security_hub,
        Settings.api_gateway_account,
        Settings.block_snapshot_sharing,
        Settings.cost_anomalies,
    )
)


@dataclass(frozen=True)
class Trial:
    """An environment as it is tested, and the hosted zone that stands before it."""

    environment: Environment
    hosted_zone: tuple[str, str]

    @property
    def bucket(self) -> str:
        """Where taskcat uploads to, in us-east-1."""
        return f"{PREFIX}-{self.environment.name}-taskcat-{self.environment.account_id}"

    def cases(self, roots: Collection[str]) -> tuple[Case, ...]:
        """One for each stack of these roots, in the order in which they can stand."""
        places = self.environment.places
        waits = [root for root, _ in waves.ON_DEMAND if root in roots]
        order = waves.roll_out(set(roots), places)
        order += waves.named((), waits, places) if waits else ()
        return tuple(Case(self, wave) for wave in order)


@dataclass(frozen=True)
class Case:
    """One stack of a trial; what `settles` completes an earlier one, and is no test of taskcat's."""

    trial: Trial
    wave: Wave

    @property
    def name(self) -> str:
        """What taskcat calls it."""
        environment = self.trial.environment
        role = () if self.wave.root in EDGE_ONLY else (environment.role(self.wave.region),)
        again = ("again",) if self.wave.settles else ()
        return "-".join((environment.name, self.wave.root, *role, *again))

    @property
    def stack(self) -> str:
        """The stack's name: the planner looks for what is handed on under it."""
        return stack_name(self.trial.environment.name, self.wave.root)


def name_of(environment: str) -> str:
    """What an environment is called while it is tested."""
    plain = f"{TESTED}{environment}"
    if len(plain) <= LONGEST:
        return plain
    digest = hashlib.sha256(environment.encode()).hexdigest()
    return f"{plain[: LONGEST - 4]}{digest[:4]}"


def read(project: Path) -> tuple[Trial, ...]:
    """A trial of each environment. Raises UsageError that names every problem of params/ by file and line."""
    return tuple(of(environment) for environment in lint.read_environments(project))


def of(environment: Environment) -> Trial:
    """The trial of an environment."""
    name, hosted_zone = name_of(environment.name), environment.hosted_zone
    domain = {Settings.domain_name.key: f"{name}.{hosted_zone[1]}"}
    return Trial(replace(_with(environment, {**PASSING, **domain}), name=name), hosted_zone)


def as_guest(trial: Trial) -> Trial:
    """The same in an account where others live: what it has but one of is left alone, nobody is mailed."""
    quiet = {Settings.alarm_email.key: "", **dict.fromkeys(ACCOUNT_WIDE, FALSE)}
    return replace(trial, environment=_with(trial.environment, quiet))


def _with(environment: Environment, wanted: Mapping[str, str]) -> Environment:
    settings = {region: {**held, **wanted} for region, held in environment.settings.items()}
    return replace(environment, settings=settings)
