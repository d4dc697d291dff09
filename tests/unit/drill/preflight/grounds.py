"""A drill of dev that is about to begin, on an AWS that answers from a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator import environments
from generator.environments import Environment
from scripts.drill.clock import Realtime
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.drill.preflight.ground import Ground
from scripts.drill.stage import Answer, Asked, Stage, Told, Unreachable
from tests.functional.stubbed import StubbedSession
from tests.unit.drill.theatres import theatre

PRIMARY, STANDBY = "us-east-1", "us-west-2"
PARAMS = Path(__file__).parents[4] / "params"


THEATRE = theatre(PRIMARY, STANDBY)


class Nameless:
    """No check of the preflight asks DNS."""

    def servers(self, name: str) -> tuple[str, ...]:
        raise AssertionError(name)

    def ask(self, server: str, name: str) -> Answer:
        raise AssertionError(name)


@dataclass
class Customer:
    """A visitor who is told what the test says, or reaches nobody."""

    told: Told | None

    def send(self, asked: Asked) -> Told:
        if self.told is None:
            raise Unreachable(f"nobody at {asked.path}")
        return self.told

    def close(self) -> None:
        pass


@dataclass
class Cloud(StubbedSession):
    """Answers in the order in which they were said, each of the shape that AWS's model has."""

    told: Told | None = field(
        default_factory=lambda: Told(200, {"x-tradewind-region": PRIMARY}, b"", 0.1)
    )

    def says(
        self, service: str, operation: str, answer: Mapping[str, Any], at: str = STANDBY
    ) -> None:
        self.stub(service, at).add_response(operation, dict(answer))

    def refuses(self, service: str, operation: str, code: str, at: str = STANDBY) -> None:
        self.stub(service, at).add_client_error(operation, code, "no")

    def ground(self, folder: Path = Path(), **planned: Any) -> Ground:
        plan = Plan(
            environment="dev",
            trigger=Trigger.TAKEOVER,
            data=False,
            hold=False,
            objectives=Objectives(rto=300, rpo=5, errors=1.0),
            pace=Pace(),
            theatre=THEATRE,
        )
        stage = Stage(self.aws(), Realtime(), Nameless(), lambda: Customer(self.told), False)
        return Ground(stage, replace(plan, **planned), dev(), folder)


def dev(**settings: str) -> Environment:
    """dev, as params have it; with these settings in both regions."""
    read = environments.read(PARAMS, "dev")
    return replace(
        read, settings={region: {**held, **settings} for region, held in read.settings.items()}
    )
