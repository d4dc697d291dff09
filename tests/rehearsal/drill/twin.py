"""dev on the twin: deployed into a sandbox of its own, its shop open in both regions, drilled by command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.places import EDGE_REGION
from scripts import failpoints
from scripts.sandbox import process
from tests.rehearsal.runtime import platform

PRIMARY, STANDBY = platform.PRIMARY, platform.STANDBY

_MAIN = "import sys; from scripts.cli import main; sys.exit(main())"


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it said, and its document if it had one."""

    code: int
    told: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Twin(platform.Platform):
    """The platform, drilled."""

    def command(self, *words: str, **variables: str) -> Ended:
        """A command of the tool, whatever its exit code."""
        with self.started(*words, **variables) as running:
            out, told = running.communicate(timeout=600)
        document = json.loads(out) if out.lstrip().startswith("{") else {}
        return Ended(running.returncode, told + out, document)

    @contextmanager
    def started(self, *words: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """The same under way. It is killed where nobody waited for its end."""
        running = subprocess.Popen(
            [sys.executable, "-c", _MAIN, "--project", str(self.project), *words, "--sandbox"],
            env={**os.environ, "TRADEWIND_SANDBOX_HOME": str(self.sandbox.home), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            with running:
                yield running
        finally:
            if running.poll() is None:
                running.kill()
                running.wait()

    def drill(self, *options: str, **variables: str) -> Ended:
        """A drill from its preflight to its report."""
        return self.command(
            "failover-drill", "run", "dev", "--yes", "--json", *options, **variables
        )

    def left(self, failpoint: str, *options: str) -> None:
        """A drill whose process is killed at that line."""
        ended = self.drill(*options, **{failpoints.VARIABLE: failpoint})
        assert ended.code == -signal.SIGKILL, ended.told

    def configuration(self) -> dict[str, Any]:
        """What a drill may change, byte for byte: switch, item of health, checks, open drill."""
        dynamodb, route53 = self.client("dynamodb", STANDBY), self.client("route53")
        (switch,) = [name for name in dynamodb.list_tables()["TableNames"] if "SwitchTable" in name]
        carts = dynamodb.get_item(
            TableName="tradewind-dev-carts", Key={"cart_id": {"S": "health-check"}}
        )
        return {
            "switch": dynamodb.scan(TableName=switch, ConsistentRead=True)["Items"],
            "health-check": carts.get("Item"),
            "open": self.open_drill(),
            "checks": [
                one["HealthCheckConfig"] for one in route53.list_health_checks()["HealthChecks"]
            ],
            "functions": self._concurrencies(),
        }

    def open_drill(self) -> Any:
        dynamodb = self.client("dynamodb", STANDBY)
        try:
            answer = dynamodb.get_item(
                TableName="tradewind-dev-leases",
                Key={"lease": {"S": "open-drill"}},
                ConsistentRead=True,
            )
        except dynamodb.exceptions.ResourceNotFoundException:
            return None
        return answer.get("Item")

    def _concurrencies(self) -> dict[str, Any]:
        found = {}
        for region in (PRIMARY, STANDBY):
            functions = self.client("lambda", region)
            for one in functions.list_functions()["Functions"]:
                told = functions.get_function_concurrency(FunctionName=one["FunctionName"])
                found[one["FunctionArn"]] = told.get("ReservedConcurrentExecutions")
        return found

    def alarms(self) -> list[str]:
        """The alarms that are off, in either region."""
        return [
            one["AlarmName"]
            for region in (PRIMARY, STANDBY, EDGE_REGION)
            for one in self.client("cloudwatch", region).describe_alarms(StateValue="ALARM")[
                "MetricAlarms"
            ]
        ]

    def lag(self, seconds: float) -> None:
        """How long a write takes to the other region, in drill seconds."""
        self.page("/_tradewind/replication", {"lag": seconds})

    def fault(self, region: str, **said: Any) -> None:
        """Have the region fail so."""
        self.page(f"/_tradewind/faults/{region}", said)

    def clear(self, region: str) -> None:
        """Have nothing be wrong with it."""
        process.page(self.sandbox.home, "DELETE", f"faults/{region}")


@contextmanager
def deployed(home: Path) -> Iterator[Twin]:
    """The twin, for as long as it is used; its clock is the wall's until a drill makes it faster."""
    with platform.deployed(home, speed=1) as running:
        yield Twin(running.sandbox, running.project)
