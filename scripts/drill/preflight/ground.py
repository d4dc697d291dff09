"""What every check of the preflight is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from generator.environments import Environment
from scripts.aws import Aws, Client
from scripts.checks import Answer
from scripts.drill.plan import Plan
from scripts.drill.stage import Stage
from scripts.drill.theatre import Theatre


@dataclass(frozen=True)
class Ground:
    """The drill that is about to begin. `folder` is where drills are written down; it need not be there."""

    stage: Stage
    plan: Plan
    environment: Environment
    folder: Path

    @property
    def aws(self) -> Aws:
        """The account."""
        return self.stage.aws

    @property
    def theatre(self) -> Theatre:
        """What is played with."""
        return self.plan.theatre

    @property
    def now(self) -> datetime:
        """The wall clock's time, which AWS's timestamps are of."""
        return datetime.fromtimestamp(self.aws.clock.now(), UTC)

    def primary(self, service: str) -> Client:
        """A service in the region that will be left."""
        return self.aws.client(service, self.theatre.primary.name)

    def standby(self, service: str) -> Client:
        """A service in the region that will take over."""
        return self.aws.client(service, self.theatre.standby.name)

    def measured(
        self,
        client: Client,
        metric: tuple[str, str],
        dimensions: dict[str, str],
        statistic: str,
        *,
        over: timedelta,
        period: int,
    ) -> float | None:
        """The highest value of a metric (namespace, name) lately, in drill time; None where nobody published
        any.
        """
        over /= self.stage.clock.speed
        told = client.call(
            "get_metric_statistics",
            Namespace=metric[0],
            MetricName=metric[1],
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=self.now - over,
            EndTime=self.now,
            Period=period,
            Statistics=[statistic],
        )
        points: list[dict[str, Any]] = told["Datapoints"]
        return max((float(one[statistic]) for one in points), default=None)


@dataclass(frozen=True)
class Question:
    """What is asked. Where `ask` raises what AWS says, the answer is not known, and why is said."""

    name: str
    ask: Callable[[Ground], Answer]


Questions: TypeAlias = tuple[Question, ...]
