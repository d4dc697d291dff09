"""dev on the twin: deployed into a sandbox of its own, its shop open in both regions, drilled by command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from generator.places import EDGE_REGION
from scripts import failpoints
from tests.rehearsal.runtime import platform
from tests.rehearsal.sandbox.running import until

PRIMARY, STANDBY = platform.PRIMARY, platform.STANDBY

_MAIN = ("-c", "import sys; from scripts.cli import main; sys.exit(main())")
_PLANTED = ("-m", "tests.rehearsal.drill.planted")

#: Seconds after which a command hangs, and how often a drill is begun that its preflight refuses.
_HANGS, _TRIES = 600, 3

#: Words that a command says, and what is done as soon as it does.
Cue = tuple[str, Callable[[subprocess.Popen[str]], object]]


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it said, and its document if it had one."""

    code: int
    told: str
    document: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """What a drill left on disk."""
        return Path(self.document["journal"]).parent

    @property
    def report(self) -> dict[str, Any]:
        """A drill's."""
        told: dict[str, Any] = json.loads(Path(self.document["report"]).read_text())
        return told


@dataclass(frozen=True)
class Twin(platform.Platform):
    """The platform, drilled."""

    def command(
        self, *words: str, cues: Sequence[Cue] = (), planted: str = "", **variables: str
    ) -> Ended:
        """A command of the tool, whatever its exit code; `cues` in their order, `planted` in planted.py."""
        main = (*_PLANTED, planted) if planted else _MAIN
        told, waiting = [], list(cues)
        with TemporaryFile("w+") as out:
            with subprocess.Popen(
                [sys.executable, *main, "--project", str(self.project), *words, "--sandbox"],
                env={**os.environ, "TRADEWIND_SANDBOX_HOME": str(self.sandbox.home), **variables},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
            ) as running:
                hangs = threading.Timer(_HANGS, running.kill)
                hangs.start()
                try:
                    assert running.stderr is not None
                    for line in running.stderr:
                        told.append(line)
                        if waiting and waiting[0][0] in line:
                            waiting.pop(0)[1](running)
                except BaseException:
                    running.kill()
                    raise
                finally:
                    hangs.cancel()
            out.seek(0)
            said = out.read()
        document = json.loads(said) if said.lstrip().startswith("{") else {}
        ended = Ended(running.returncode, "".join(told) + said, document)
        assert not waiting or "refused" in document, f"never {waiting[0][0]!r}: {ended.told}"
        return ended

    def drill(self, *options: str, **how: Any) -> Ended:
        """A drill from its preflight to its report. One that the preflight refuses is begun again once the
        checkers are content: those of a loaded machine may be behind.
        """
        for _ in range(_TRIES):
            ended = self.drill_once(*options, **how)
            if "refused" not in ended.document:
                return ended
            until(self.checkers_are_content, seconds=180)
        raise AssertionError(f"its preflight always refused it: {ended.told}")

    def drill_once(self, *options: str, **how: Any) -> Ended:
        """The same, refused or not."""
        return self.command("failover-drill", "run", "dev", "--yes", "--json", *options, **how)

    def left(self, failpoint: str, *options: str) -> None:
        """A drill whose process is killed at that line."""
        ended = self.drill("--speed", "30", *options, **{failpoints.VARIABLE: failpoint})
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

    def checkers_are_content(self) -> bool:
        """Whether Route 53 finds every endpoint well."""
        return all(self.sandbox.page("GET", "routing/status")["checks"].values())

    def lag(self, seconds: float) -> None:
        """How long a write takes to the other region, in drill seconds."""
        self.sandbox.page("PUT", "replication", {"lag": seconds})

    def fault(self, region: str, **said: Any) -> None:
        """Have the region fail so."""
        self.sandbox.page("PUT", f"faults/{region}", said)

    def clear(self, region: str) -> None:
        """Have nothing be wrong with it."""
        self.sandbox.page("DELETE", f"faults/{region}")


@contextmanager
def deployed(home: Path, way: platform.Way = "direct", /, **settings: object) -> Iterator[Twin]:
    """The twin, for as long as it is used; its clock is the wall's until a drill makes it faster."""
    with platform.deployed(home, 1, way, **settings) as running:
        yield Twin(running.sandbox, running.project)
