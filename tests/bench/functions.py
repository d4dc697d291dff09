"""What each function costs to start: its bundle, what it depends on and why, its init, its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from generator.bundle_names import bundle
from scripts.packing import Packing
from tests.bench.ratio import Ratio
from tests.bench.timing import PROJECT

ROUNDS = 2

#: Why a bundle has it, by distribution; tests/unit/test_bench.py minds that none is left out.
WHY = {
    "pg8000": "speaks PostgreSQL in pure Python",
    "scramp": "pg8000 logs in by SCRAM with it",
    "asn1crypto": "scramp binds a login to its TLS channel with it",
    "python-dateutil": "pg8000 reads timestamps with it",
    "six": "python-dateutil imports it",
}

#: Imports a module as Lambda's init does, and says what it took of the processor and of memory.
#: Byte code of boto3 is there, as in the runtime; of the bundle's it is not, as in /var/task.
CHILD = """
import importlib, json, resource, sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
began = time.process_time()
{statement}
took = time.process_time() - began
print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""

#: What no function can be quicker than: the SDK, and one client of the smallest service it has.
FLOOR = "import boto3; boto3.client('sqs')"

HEAD = """
## Functions

What a cold start of each costs here, in a fresh interpreter: `init` is the processor's time to import the
handler, SDK clients included, `peak` the memory that the process has needed by then. Lambda has Graviton and
Python 3.13, where both differ; what matters is which is out of line. The SDK is Lambda's own: with one client
it takes {floor_ms:.0f} ms and {floor_mib:.0f} MiB. All else is in the bundle:

{why}

Memory decides the share of a processor as well, 1,769 MB being a whole one, so less memory makes each call
slower and not cheaper: 256 MB is for all. The takeover responder has 512 because a health check waits for two
seconds and no longer, the search reindexer for its batches.

| function | bundle KiB | depends on | init ms | peak MiB | memory MB | timeout s |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Measured:
    """A function as it is deployed, and what its start took: the processor's seconds, and KiB of memory."""

    name: str
    size: int
    dependencies: tuple[str, ...]
    init: float
    peak: int
    memory: int
    timeout: int


def measure() -> tuple[list[Measured], tuple[float, int]]:
    """Every function of the templates, and the floor beneath them all."""
    functions = sorted(_deployed(), key=lambda function: str(function["Handler"]))
    packed = Packing.of(PROJECT).pack(function["Code"]["S3Key"] for function in functions)
    measured = []
    with tempfile.TemporaryDirectory() as scratch:
        for function, zipped in zip(functions, packed, strict=True):
            name = function["Handler"].partition(".")[0]
            place = Path(scratch) / name
            with ZipFile(zipped.path) as archive:
                archive.extractall(place)
            init, peak = _started(f"importlib.import_module({name!r})", place, _told(function))
            dependencies = tuple(wheel.distribution for wheel in bundle(name).wheels)
            measured.append(
                Measured(
                    name,
                    zipped.size,
                    dependencies,
                    init,
                    peak,
                    function["MemorySize"],
                    function["Timeout"],
                )
            )
        return measured, _started(FLOOR, Path(scratch), {})


def ratios(measured: list[Measured], floor: tuple[float, int]) -> list[Ratio]:
    """The function that is most out of line, by its time and by its memory."""
    slowest = max(measured, key=lambda one: one.init)
    fullest = max(measured, key=lambda one: one.peak / one.memory)
    return [
        Ratio(
            "init of the slowest function / of the SDK with one client",
            slowest.init / floor[0],
            1.5,
            f"{slowest.init * 1000:.0f} ms / {floor[0] * 1000:.0f} ms: {slowest.name}; "
            "a bundle has no byte code, so what is in it is compiled at each start",
        ),
        Ratio(
            "peak memory after init / what the function has, at worst",
            fullest.peak / 1024 / fullest.memory,
            0.5,
            f"{fullest.peak / 1024:.0f} MiB / {fullest.memory} MB: {fullest.name}; the rest is for the call",
        ),
    ]


def section(measured: list[Measured], floor: tuple[float, int]) -> str:
    """The page's part on functions."""
    used = {name for one in measured for name in one.dependencies}
    why = "\n".join(f"- {name}: {WHY[name]}" for name in sorted(used))
    head = HEAD.format(floor_ms=floor[0] * 1000, floor_mib=floor[1] / 1024, why=why)
    return head + "".join(
        f"| {one.name} | {one.size / 1024:.0f} | {', '.join(one.dependencies) or '-'} "
        f"| {one.init * 1000:.0f} | {one.peak / 1024:.0f} | {one.memory} | {one.timeout} |\n"
        for one in measured
    )


def _deployed() -> Iterator[dict[str, Any]]:
    """The properties of each function, once; a function that stands in two stacks has two names."""
    for path in sorted((PROJECT / "templates/out").glob("*.json")):
        for resource in json.loads(path.read_text()).get("Resources", {}).values():
            if resource["Type"] == "AWS::Lambda::Function":
                yield resource["Properties"]


def _told(function: dict[str, Any]) -> dict[str, str]:
    """Its environment; what only a deployment knows is a word."""
    variables = function.get("Environment", {}).get("Variables", {})
    return {name: said if isinstance(said, str) else "x" for name, said in variables.items()}


def _started(statement: str, place: Path, told: dict[str, str]) -> tuple[float, int]:
    """The least time and the most memory of a few fresh interpreters."""
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        **told,
    }
    command = [sys.executable, "-I", "-c", CHILD.format(statement=statement), str(place)]
    answers = [
        json.loads(subprocess.run(command, env=environment, check=True, stdout=-1).stdout)
        for _ in range(ROUNDS)
    ]
    return min(took for took, _ in answers), max(peak for _, peak in answers)
