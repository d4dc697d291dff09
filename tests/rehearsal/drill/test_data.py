"""The data steps against the sandbox: Aurora in two regions, its secret, and what commits to it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.order_states import IN_TURN
from scripts.aws import Aws, connect_endpoint
from scripts.checks import Verdict
from scripts.drill.data.checks import checks
from scripts.drill.data.relocation import Act, relocation
from scripts.drill.data.situation import commands, situation
from scripts.drill.steps import Standing, Token
from scripts.drill.theatre import Region, Theatre
from scripts.sandbox import process
from tests.functional.stubbed import Environment
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.global_database import PEER, global_database, group
from tests.rehearsal.sandbox.orders_stack import REGION
from tests.rehearsal.sandbox.running import Account, until
from tests.unit.drill.data.cloud import commits, theatre

ACCOUNT = "777777000009"
TOKEN = Token("2026-11-23T16-49-29Z-ab12", 7)
COMMIT = "def handler(event, context):\n    return {'outcome': 'committed'}\n"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("data")
    running = process.start(home, free_port())
    made = Sandbox(home, running.url)
    made.page("PUT", "clock", {"speed": 60})
    yield made
    process.stop(home)


@pytest.fixture(scope="module")
def stage(sandbox: Sandbox) -> tuple[Aws, Theatre]:
    """Both regions, as far as the data concerns them."""
    global_database(sandbox, ACCOUNT)
    for region in (REGION, PEER):
        Account(sandbox, ACCOUNT, region).function(commits(region), COMMIT)
        sandbox.client("lambda", region, ACCOUNT).put_function_concurrency(
            FunctionName=commits(region), ReservedConcurrentExecutions=20
        )
    rotation = Account(sandbox, ACCOUNT).function("rotation", COMMIT)
    sandbox.client("lambda", REGION, ACCOUNT).add_permission(
        FunctionName="rotation",
        StatementId="rotates",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )
    secrets = sandbox.client("secretsmanager", REGION, ACCOUNT)
    secret = secrets.create_secret(Name="tradewind-dev-orders-database", SecretString="{}")["ARN"]
    secrets.rotate_secret(
        SecretId=secret,
        RotationLambdaARN=rotation,
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )
    plays = theatre("orders")
    aws = connect_endpoint(Environment("dev", ACCOUNT, REGION), sandbox.endpoint)
    return aws, replace(
        plays,
        primary=_region(plays.primary, REGION, secret),
        standby=_region(plays.standby, PEER, secret),
    )


def _region(said: Region, region: str, secret: str) -> Region:
    arn = f"arn:aws:rds:{region}:{ACCOUNT}:cluster:orders"
    return replace(
        said, name=region, database="orders", database_arn=arn, secrets={"orders": secret}
    )


def perform(stage: tuple[Aws, Theatre], acts: tuple[Act, ...], befores: dict[str, Any]) -> None:
    for act in acts:
        before = befores[act.step.name]
        if act.undo:
            act.step.undo(before, TOKEN)
            until(lambda act=act, before=before: not act.step.restored(before))  # type: ignore[misc]
        else:
            act.step.make(TOKEN)
            until(
                lambda act=act, before=before: act.step.standing(before, TOKEN) is Standing.MADE  # type: ignore[misc]
            )


def standing(sandbox: Sandbox, stage: tuple[Aws, Theatre]) -> tuple[Any, ...]:
    """All that the steps change."""
    told = sandbox.client("secretsmanager", REGION, ACCOUNT).describe_secret(
        SecretId=stage[1].primary.secrets["orders"]
    )
    return (
        [
            one["DBClusterArn"]
            for one in group(sandbox, ACCOUNT)["GlobalClusterMembers"]
            if one["IsWriter"]
        ],
        [
            sandbox.client("lambda", region, ACCOUNT).get_function_concurrency(
                FunctionName=commits(region)
            )["ReservedConcurrentExecutions"]
            for region in (REGION, PEER)
        ],
        told["RotationEnabled"],
        told["RotationLambdaARN"],
        told["RotationRules"],
    )


def test_the_data_go_there_and_come_back_to_what_they_were(
    sandbox: Sandbox, stage: tuple[Aws, Theatre]
) -> None:
    aws, plays = stage
    assert {check.verdict for check in checks(aws, plays)} == {Verdict.PASSED}
    moved = relocation(aws, plays)
    befores = {step.name: dict(step.snapshot()) for step in moved.steps}
    before = standing(sandbox, stage)

    perform(stage, moved.there, befores)

    assert standing(sandbox, stage)[:3] == ([plays.standby.database_arn], [20, 20], False)
    assert (
        situation(aws, plays)[0]
        == f"Orders are written in {PEER}; the global database is available."
    )

    perform(stage, moved.back, befores)

    assert standing(sandbox, stage) == before


def test_an_order_waits_while_commits_are_fenced_and_is_committed_afterwards(
    sandbox: Sandbox, stage: tuple[Aws, Theatre]
) -> None:
    fence = relocation(*stage).steps[1]
    before = fence.snapshot()
    account = Account(sandbox, ACCOUNT)
    machine = account.workflow(
        "order",
        {
            "First": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": commits(REGION), "Payload": {}},
                "Retry": [IN_TURN],
                "End": True,
            }
        },
    )
    states = account.client("stepfunctions")

    fence.make(TOKEN)
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    until(lambda: b"TooManyRequests" in history(states, execution))
    assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    fence.undo(before, TOKEN)

    until(lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")


def history(states: Any, execution: str) -> bytes:
    told = states.get_execution_history(executionArn=execution)["events"]
    return json.dumps(told, default=str).encode()


#: Makes the way there as far as a step, and dies where a power cut would have it die.
DYING = """
import os, signal, sys
sys.path.insert(0, {root!r})
from scripts.aws import connect_endpoint
from scripts.drill.data.relocation import relocation
from scripts.drill.steps import Token
from tests.functional.stubbed import Environment
from scripts.drill.theatre import Theatre
import json
plays = Theatre.of_json(json.loads(sys.argv[1]))
aws = connect_endpoint(Environment("dev", {account!r}, plays.primary.name), sys.argv[2])
for act in relocation(aws, plays).there:
    if not act.undo:
        act.step.make(Token("drill", 1))
    if act.step.name == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    "dies_after", ["data.rotation", f"data.fence-there.{REGION}", "data.switchover"]
)
def test_after_a_kill_in_the_middle_reading_says_what_is_so_and_the_steps_undo_it(
    sandbox: Sandbox, stage: tuple[Aws, Theatre], dies_after: str
) -> None:
    import sys

    aws, plays = stage
    before = standing(sandbox, stage)
    moved = relocation(aws, plays)
    befores = {step.name: dict(step.snapshot()) for step in moved.steps}
    root = str(Path(__file__).parents[3])
    died = subprocess.run(
        [
            sys.executable,
            "-c",
            DYING.format(root=root, account=ACCOUNT),
            json.dumps(plays.to_json()),
            sandbox.endpoint,
            dies_after,
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr

    assert "The orders secret does not rotate." in situation(aws, plays)
    said = commands(aws, plays, befores)
    assert any(line.startswith("aws secretsmanager rotate-secret") for line in said)
    assert any("switchover-global-cluster" in line for line in said)
    for step in reversed(moved.steps):
        until(
            lambda step=step: step.standing(befores[step.name], TOKEN) is not Standing.UNDER_WAY  # type: ignore[misc]
        )
        step.undo(befores[step.name], TOKEN)
        until(lambda step=step: not step.restored(befores[step.name]))  # type: ignore[misc]

    assert standing(sandbox, stage) == before
