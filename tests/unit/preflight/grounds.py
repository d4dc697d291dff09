"""A deploy of dev that is about to begin, on an AWS that answers from a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from generator import environments
from generator.environments import Environment
from scripts.aws import Aws
from scripts.preflight import table
from scripts.preflight.ground import Ground, NoName, Reply
from scripts.preflight.wanted import Resource, Wanted
from tests.functional.stubbed import StillClock, StubbedSession

PRIMARY, STANDBY = "us-east-1", "us-west-2"
ZONE, DOMAIN = "Z01111111111111111111", "dev.example.com"
SERVERS = ("ns-1.awsdns-01.org.", "ns-2.awsdns-02.com.")
PARAMS = Path(__file__).parents[3] / "params"


def resource(
    kind: str, logical_id: str = "One", region: str = PRIMARY, **properties: Any
) -> Resource:
    """One that a deploy would make."""
    path = ("Layer", logical_id)
    return Resource(region, "platform", path, "layer.json", kind, properties)


def later(logical_id: str) -> Any:
    """What another resource will answer."""
    return SimpleNamespace(of=logical_id)


@dataclass
class Names:
    """DNS that says what the test says; a text is why it does not."""

    servers: tuple[str, ...] | str = SERVERS
    issuers: Mapping[str, tuple[str, ...]] | str = field(default_factory=dict)

    def delegation(self, zone: str) -> tuple[str, ...]:
        assert zone == DOMAIN
        if isinstance(self.servers, str):
            raise NoName(self.servers)
        return self.servers

    def authorities(self, name: str) -> tuple[str, ...]:
        if isinstance(self.issuers, str):
            raise NoName(self.issuers)
        return self.issuers.get(name, ())


@dataclass
class Stands:
    """What stands already, by logical id -> physical id."""

    held: Mapping[str, str]

    def identifier(self, one: Resource) -> str:
        return self.held.get(one.logical_id, "")

    def holds(self, one: Resource) -> bool:
        return bool(self.identifier(one))


@dataclass
class Cloud(StubbedSession):
    """Answers in the order in which they were said, each of the shape that AWS's model has."""

    def says(
        self, service: str, operation: str, answer: Mapping[str, Any], at: str = PRIMARY
    ) -> None:
        self.stub(service, at).add_response(operation, dict(answer))

    def refuses(self, service: str, operation: str, code: str, at: str = PRIMARY) -> None:
        self.stub(service, at).add_client_error(operation, code, "no")

    def has_quota(self, service: str, code: str, value: float, at: str = PRIMARY) -> None:
        """What Service Quotas tells of a service."""
        quota = {"QuotaCode": code, "Value": value, "ServiceCode": service}
        self.says("service-quotas", "list_service_quotas", {"Quotas": [quota]}, at)

    def ground(
        self,
        *resources: Resource,
        names: Names | None = None,
        stands: Mapping[str, str] | None = None,
    ) -> Ground:
        wanted = Wanted(resources)
        ground = Ground(
            Aws(self, dev(), StillClock()), dev(), wanted, names if names is not None else Names()
        )
        ground.standing = Stands(stands or {})  # type: ignore[assignment]
        return ground


def dev() -> Environment:
    """As params have it."""
    return environments.read(PARAMS, "dev")


def ask(name: str, ground: Ground, region: str = PRIMARY) -> Reply:
    """The answer to one question of the table."""
    (question,) = [one for one in table.QUESTIONS if one.name == name]
    assert not question.types or ground.wanted.of(question.types), f"{name} is about nothing here"
    return question.ask(ground, region)
