"""What CloudWatch hears of a build that has ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.sandbox.builds import records
from scripts.sandbox.builds.metrics import data
from scripts.sandbox.builds.records import Build

BUILD = Build("works:1", "111111111111", "eu-west-1", "works", 1, 100.0, "somebody", {}, end=130.0)


@pytest.mark.parametrize(
    ("status", "failed", "succeeded"),
    [
        (records.SUCCEEDED, 0, 1),
        (records.FAILED, 1, 0),
        (records.TIMED_OUT, 1, 0),
        (records.STOPPED, 0, 0),
        (records.FAULT, 0, 0),
    ],
)
def test_a_build_counts_as_it_ended_for_its_project_and_for_the_account(
    status: str, failed: int, succeeded: int
) -> None:
    told = data(replace(BUILD, status=status))
    wanted = {"Builds": 1, "FailedBuilds": failed, "SucceededBuilds": succeeded, "Duration": 30}
    for dimensions in ([{"Name": "ProjectName", "Value": "works"}], []):
        found = {one["MetricName"]: one["Value"] for one in told if one["Dimensions"] == dimensions}
        assert found == wanted
