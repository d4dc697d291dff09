"""A call of AWS that hangs is tried again, and given up, before Lambda ends the function around it."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

import pytest

from generator.bundles import RUNTIME, function_bundle
from generator.stacks import build
from tests.unit.runtime.loading import execution_environment

CALLERS = sorted(
    path.stem
    for path in (RUNTIME / "functions").glob("*.py")
    if "boto3.client(" in path.read_text()
)


@cache
def timeouts() -> dict[str, int]:
    """Seconds of each function, by its source."""
    return {
        made["Properties"]["Handler"].removesuffix(".handler"): made["Properties"]["Timeout"]
        for body in build().files.values()
        for made in json.loads(body)["Resources"].values()
        if made["Type"] == "AWS::Lambda::Function"
    }


def shortest(source: str) -> int:
    """Seconds that a module has: those of the shortest function with it in its bundle."""
    return min(
        seconds
        for function, seconds in timeouts().items()
        if f"{source}.py" in {member.path for member in function_bundle(function).members}
    )


def patience(file: Path) -> list[ast.expr | None]:
    """What each client of a module is made with."""
    return [
        next((given.value for given in call.keywords if given.arg == "config"), None)
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "boto3.client"
    ]


@pytest.mark.parametrize("source", CALLERS)
def test_every_try_of_a_call_ends_before_the_function(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("USER_ID", "shop")
    module = execution_environment(source)

    for given in patience(RUNTIME / "functions" / f"{source}.py"):
        assert given is not None, "it waits as long as botocore does"
        config = eval(ast.unparse(given), vars(module))
        tries = config.retries["total_max_attempts"]
        assert tries * (config.connect_timeout + config.read_timeout) < shortest(source)
