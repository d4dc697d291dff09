"""The age of the last good drill: the newest report whose objectives were met, or no figure at all."""

# ruff: noqa: N803 - the fakes bear botocore's names

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.runtime.loading import execution_environment

DAY = 86400


class S3:
    """Drills by their id: verdict, and how many days ago the report was written."""

    def __init__(self, **drills: tuple[str, float]) -> None:
        self.drills = drills

    def get_paginator(self, operation: str) -> S3:
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:
        assert (Bucket, Prefix) == ("artifacts", "drills/")
        return [
            {
                "Contents": [
                    {"Key": f"drills/{drill}/{name}", "LastModified": written(days)}
                    for name in ("journal/00000001.json", "report.html", "report.json")
                ]
            }
            for drill, (_, days) in self.drills.items()
        ] or [{}]

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        _, drill, name = Key.split("/")
        assert name == "report.json"
        said = {"drill": drill, "verdict": self.drills[drill][0]}
        return {"Body": io.BytesIO(json.dumps(said).encode())}


class CloudWatch:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def put_metric_data(self, Namespace: str, MetricData: list[dict[str, Any]]) -> None:
        assert Namespace == "Tradewind/Drills"
        self.told += MetricData


def written(days: float) -> datetime:
    return datetime.fromtimestamp(time.time() - days * DAY, UTC)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in {
        "BUCKET": "artifacts",
        "DRILLS": "drills/",
        "ENVIRONMENT": "dev",
        "NAMESPACE": "Tradewind/Drills",
        "AWS_DEFAULT_REGION": "us-west-2",
    }.items():
        monkeypatch.setenv(name, value)

    def ask(**drills: tuple[str, float]) -> tuple[Any, list[dict[str, Any]]]:
        cloudwatch = CloudWatch()
        function = execution_environment("drill_age", s3=S3(**drills), cloudwatch=cloudwatch)
        return function.handler({}, None), cloudwatch.told

    return ask


def test_the_age_is_that_of_the_newest_drill_that_met_its_objectives(told: Any) -> None:
    answer, figures = told(
        old=("met", 40), good=("met", 9), missed=("missed", 2), aborted=("aborted", 1)
    )

    assert answer == {"drill": "good"}
    (figure,) = figures
    assert figure["MetricName"] == "DaysSinceGoodDrill"
    assert figure["Dimensions"] == [{"Name": "Environment", "Value": "dev"}]
    assert figure["Value"] == pytest.approx(9, abs=0.01)


def test_without_a_good_drill_there_is_no_figure(told: Any) -> None:
    assert told(missed=("missed", 2)) == ({"drill": None}, [])
    assert told() == ({"drill": None}, [])
