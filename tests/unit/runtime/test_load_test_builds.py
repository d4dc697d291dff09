"""What a build does, run by bash with an aws and a jmeter that only take notes."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from generator.load_test import SPECIFICATION

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "awk", "gunzip", "sed"))),
    reason="needs bash, awk, gzip and sed",
)

AWS = """#!/bin/bash
echo "$*" >>"$NOTES"
[ "$1" = cloudwatch ] && [ -n "${NO_METRICS:-}" ] && exit 1
exit 0
"""
JMETER = """#!/bin/bash
echo "jmeter $*" >>"$NOTES"
[ "$1" = -g ] && { mkdir report; cp "$2" report/seen; exit 0; }
echo "Starting the test"
echo "summary +   1200 in 00:00:30 =   40.0/s Avg:    85 Min:     9 Max:   900 Err:     2 (0.17%) Active: 5"
echo "summary =   1200 in 00:00:30 =   40.0/s Avg:    85 Min:     9 Max:   900 Err:     2 (0.17%)"
echo "summary +      0 in 00:00:30 = 0.0/s Avg: 0 Min: 9223372036854775807 Max: 0 Err: 0 (0.00%)"
[ -n "${NO_RESULTS:-}" ] || printf 'head\\none\\n' >"$PART.jtl"
exit "${JMETER_ENDS:-0}"
"""
GIVEN = {
    "RESULTS": "s3://exports/load-tests/",
    "RUN": "run-1",
    "METRICS_NAMESPACE": "Tradewind/LoadTest",
    "PROJECT": "tradewind-dev-load-test-us-east-1",
    "TARGET": "https://shop.example.com",
    "USERS": "5",
    "RAMP_SECONDS": "1",
    "PEAK_SECONDS": "2",
    "DECAY_SECONDS": "3",
    "PART": "generator_2",
}


class Build:
    """A build in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.notes_file = directory, directory / "notes"
        for name, script in {"bin/aws": AWS, "jmeter/bin/jmeter": JMETER}.items():
            path = directory / name
            path.parent.mkdir(parents=True)
            path.write_text(script)
            path.chmod(0o755)
        self.phases = yaml.safe_load(SPECIFICATION.read_text())["phases"]

    def run(self, phase: str, **variables: str) -> int:
        (script,) = self.phases[phase]["commands"]
        path = f"{self.directory / 'bin'}:{os.environ['PATH']}"
        given = {**GIVEN, "PATH": path, "NOTES": str(self.notes_file), **variables}
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.directory, env=given, capture_output=True, check=False
        )
        return done.returncode

    @property
    def notes(self) -> str:
        return self.notes_file.read_text() if self.notes_file.exists() else ""


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def test_a_generator_runs_the_plan_as_it_was_told(build: Build) -> None:
    assert build.run("build") == 0

    assert (
        "--logfile generator_2.jtl -Jtarget=https://shop.example.com -Jusers=5 -Jramp=1 -Jpeak=2 -Jdecay=3"
        in build.notes
    )


def test_figures_are_published_so_that_averages_keep_their_weight(build: Build) -> None:
    build.run("build")
    published = [line for line in build.notes.splitlines() if line.startswith("cloudwatch")]

    of = "Dimensions=[{Name=Project,Value=tradewind-dev-load-test-us-east-1}]"
    assert published == [
        "cloudwatch put-metric-data --namespace Tradewind/LoadTest --metric-data "
        f"MetricName=Requests,Value=1200,{of} MetricName=Errors,Value=2,{of} "
        "MetricName=ResponseTime,StatisticValues={SampleCount=1200,Sum=102000,Minimum=9,Maximum=900},"
        + of
    ]


def test_figures_that_cannot_be_published_end_no_run(build: Build) -> None:
    assert build.run("build", NO_METRICS="1") == 0


@pytest.mark.parametrize("trouble", [{"JMETER_ENDS": "1"}, {"NO_RESULTS": "1"}])
def test_a_jmeter_that_fails_fails_the_build(build: Build, trouble: dict[str, str]) -> None:
    assert build.run("build", **trouble) != 0


def test_what_a_failed_generator_measured_is_kept(build: Build) -> None:
    build.run("build", JMETER_ENDS="1")
    assert build.run("post_build") == 0

    assert "s3://exports/load-tests/run-1/generator_2.jtl.gz" in build.notes
    with gzip.open(build.directory / "generator_2.jtl.gz", "rt") as kept:
        assert kept.read() == "head\none\n"


def test_a_run_without_a_name_is_refused(build: Build) -> None:
    assert build.run("build", RUN="") != 0
    assert "jmeter" not in build.notes


def test_the_report_is_of_all_parts_under_one_head(build: Build) -> None:
    parts = build.directory / "parts"
    parts.mkdir()
    for number in (1, 2):
        with gzip.open(parts / f"generator_{number}.jtl.gz", "wt") as part:
            part.write(f"head\nline of {number}\n")

    assert build.run("build", PART="report") == 0

    assert (build.directory / "report" / "seen").read_text() == "head\nline of 1\nline of 2\n"
    assert "s3://exports/load-tests/run-1/report/" in build.notes


def test_jmeter_is_checked_before_it_is_unpacked() -> None:
    commands = yaml.safe_load(SPECIFICATION.read_text())["phases"]["install"]["commands"]
    (checked,) = (at for at, command in enumerate(commands) if "sha512sum --check" in command)
    (unpacked,) = (at for at, command in enumerate(commands) if command.startswith("tar "))

    assert checked < unpacked
