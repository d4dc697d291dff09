"""What every question of the preflight is given, and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from generator.environments import Environment
from scripts.aws import Aws, Client
from scripts.checks import Answer, Check
from scripts.preflight.limits import Limits
from scripts.preflight.standing import Standing
from scripts.preflight.wanted import Resource, Wanted

#: A question of every region, or one of the account.
Scope: TypeAlias = Literal["region", "account"]


class NoName(Exception):
    """DNS has no answer, for a reason that is a sentence."""


class Names(Protocol):
    """The public DNS, as the world asks it."""

    def delegation(self, zone: str) -> tuple[str, ...]:
        """The name servers that the zone above tells of it; none where it knows none. Raises NoName."""

    def authorities(self, name: str) -> tuple[str, ...]:
        """Who may issue certificates for a name (CAA, `issue`), by it or the nearest name above that says.

        Empty where anybody may. Raises NoName.
        """


@dataclass
class Ground:
    """The deploy that is about to begin."""

    aws: Aws
    environment: Environment
    wanted: Wanted
    names: Names
    standing: Standing = field(init=False)
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.standing, self.limits = Standing(self.aws), Limits(self.aws)

    def client(self, service: str, region: str) -> Client:
        """A service in a region."""
        return self.aws.client(service, region)

    def missing(self, resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
        """Those that a deploy would make."""
        return tuple(one for one in resources if not self.standing.holds(one))

    @property
    def params(self) -> str:
        """The environment's file, as people call it."""
        return f"params/{self.environment.name}.yaml"


@dataclass(frozen=True)
class Reply:
    """An answer, and the resources of ours that it is about."""

    answer: Answer
    concerns: tuple[Resource, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is asked, where anything of these types is wanted; without types always.

    `ask` is given the region; where the scope is the account, the one in which global services answer. What
    AWS says against being asked makes the answer unknown.
    """

    name: str
    scope: Scope
    types: tuple[str, ...]
    ask: Callable[[Ground, str], Reply]


Questions: TypeAlias = tuple[Question, ...]


@dataclass(frozen=True)
class Line:
    """A check of the table; `region` is empty where it is of the account."""

    region: str
    check: Check
    concerns: tuple[Resource, ...] = ()
