"""What a person is told who has to go on by hand: what is so, and commands that a shell takes as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.aws import AwsSaidNo
from scripts.checks import Verdict
from scripts.drill.data.checks import checks
from scripts.drill.data.relocation import relocation
from scripts.drill.data.situation import commands, situation
from tests.unit.drill.data.cloud import GROUP, PRIMARY, STANDBY, Cloud, cluster, theatre


def test_what_is_so_is_read_and_said() -> None:
    cloud = Cloud(
        towards=STANDBY, looks=100, _left=100, concurrency={PRIMARY: 0, STANDBY: 20}, rotates=False
    )
    assert situation(cloud.aws, theatre()) == (
        f"The global database {GROUP} is switching-over, towards {STANDBY}; {PRIMARY} was the last to write.",
        f"No order is committed in {PRIMARY}: the commit function may not run, and orders wait.",
        f"Orders are committed in {STANDBY} where its database writes.",
        "The orders secret does not rotate.",
    )


def test_what_cannot_be_read_is_said_as_that() -> None:
    cloud = Cloud()

    def away(call: str) -> None:
        if call.endswith(PRIMARY):
            raise AwsSaidNo(f"{PRIMARY} does not answer.")

    cloud.before = away
    assert situation(cloud.aws, theatre()) == (
        f"Orders are written in {PRIMARY}; the global database is available.",
        f"Not known: {PRIMARY} does not answer.",
        f"Orders are committed in {STANDBY} where its database writes.",
        f"Not known: {PRIMARY} does not answer.",
    )


#: An aws that remembers what it was told, and of which the database is where it was last switched to.
AWS = """#!/bin/sh
echo "$*" >> "$TOLD"
case "$*" in
  *switchover-global-cluster*) for last; do :; done; echo "$last" > "$WRITER" ;;
  *IsWriter*) cat "$WRITER" ;;
  *GlobalClusters*Status*) echo available ;;
esac
"""


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell")
@pytest.mark.parametrize("writer", [PRIMARY, STANDBY])
def test_the_commands_take_the_data_back_in_a_shell(tmp_path: Path, writer: str) -> None:
    cloud = Cloud()
    befores = {step.name: step.snapshot() for step in relocation(cloud.aws, theatre()).steps}
    lines = commands(cloud.aws, theatre(), befores)
    (tmp_path / "aws").write_text(AWS)
    (tmp_path / "aws").chmod(0o755)
    (tmp_path / "writer").write_text(cluster(writer))
    told = tmp_path / "told"

    ran = subprocess.run(
        ["sh", "-eu", "-c", "\n".join(lines)],
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "TOLD": str(told),
            "WRITER": str(tmp_path / "writer"),
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "writer").read_text().strip() == cluster(PRIMARY)
    mutations = [line for line in told.read_text().splitlines() if "describe" not in line]
    switched = [line for line in mutations if line.startswith("rds switchover")]
    assert len(switched) == (writer == STANDBY)
    assert [line.split()[1] for line in mutations if line not in switched] == [
        "put-function-concurrency",
        "put-function-concurrency",
        "rotate-secret",
    ]
    assert '--rotation-rules {"AutomaticallyAfterDays":30} --no-rotate-immediately' in mutations[-1]


def test_all_checks_pass_where_the_data_can_move() -> None:
    found = list(checks(Cloud().aws, theatre()))
    assert {check.verdict for check in found} == {Verdict.PASSED}
    assert [check.name for check in found] == [
        "data: writer",
        "data: at rest",
        "data: engine versions",
        "data: rotation",
        f"data: commits in {PRIMARY}",
        f"data: commits in {STANDBY}",
    ]


@pytest.mark.parametrize(
    ("name", "cloud", "found"),
    [
        ("data: writer", Cloud(writer=STANDBY), f"{GROUP} is written in {STANDBY}"),
        ("data: at rest", Cloud(towards=STANDBY, looks=9, _left=9), "switching-over"),
        (
            "data: engine versions",
            Cloud(versions={PRIMARY: "17.9", STANDBY: "17.7"}),
            f"17.9 in {PRIMARY}, 17.7 in {STANDBY}",
        ),
        ("data: rotation", Cloud(pending=True), "under way"),
        (
            f"data: commits in {STANDBY}",
            Cloud(concurrency={PRIMARY: 20, STANDBY: 0}),
            "fenced",
        ),
    ],
)
def test_each_check_refuses_what_it_is_for_and_says_what_to_do(
    name: str, cloud: Cloud, found: str
) -> None:
    refused = [check for check in checks(cloud.aws, theatre()) if check.verdict is Verdict.REFUSED]
    assert [(check.name, check.found) for check in refused] == [(name, found)]
    assert refused[0].remedy


def test_what_cannot_be_asked_is_unknown_and_the_rest_is_asked() -> None:
    cloud = Cloud()

    def denied(call: str) -> None:
        if call.startswith("describe_global"):
            raise AwsSaidNo("may not", code="AccessDenied", fix="Have it added.")

    cloud.before = denied
    found = {check.name: check.verdict for check in checks(cloud.aws, theatre())}
    assert found.pop("data: writer") is Verdict.UNKNOWN
    assert set(found.values()) == {Verdict.PASSED}
