"""What a routine's drill runs: the release that was recorded, out of the standby's own bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from generator.environments import Environment
from scripts.aws import Aws
from scripts.deploy import routine_source, sealed
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.shipments import Shipment
from scripts.errors import Failed

PRIMARY, STANDBY = "eu-west-1", "eu-central-1"
SHIPMENT = Shipment("f" * 64, "staging", "somebody", "because")


@dataclass
class Buckets:
    """The artifacts of both regions, by key."""

    held: dict[str, dict[str, bytes]] = field(
        default_factory=lambda: {
            PRIMARY: {sealed.key("f" * 64): b"release", SHIPMENT.key: b"shipment"},
            STANDBY: {},
        }
    )

    def of(self, _aws: Aws, _environment: Environment, region: str) -> Any:
        return Bucket(region, self.held[region])


@dataclass
class Bucket:
    bucket: str
    held: dict[str, bytes]

    def read(self, key: str) -> bytes | None:
        return self.held.get(key)

    def put(self, key: str, body: bytes, sha256: str, content_type: str) -> None:
        assert len(sha256) == 64
        assert content_type == "application/zip"
        self.held[key] = body


@pytest.fixture
def buckets(monkeypatch: pytest.MonkeyPatch) -> Buckets:
    held = Buckets()
    monkeypatch.setattr(Artifacts, "of", held.of)
    return held


def environment(schedule: str) -> Environment:
    values = {"drill_schedule": schedule}
    return Environment("staging", "1" * 12, PRIMARY, STANDBY, {PRIMARY: values, STANDBY: values})


def keep(schedule: str = "true") -> bool:
    return routine_source.keep(cast("Aws", None), environment(schedule), SHIPMENT)


def test_the_release_and_its_shipment_are_copied_to_the_standby(buckets: Buckets) -> None:
    buckets.held[STANDBY]["routine/release.zip"] = b"the one before"

    assert keep()

    assert buckets.held[STANDBY] == {
        "routine/release.zip": b"release",
        "routine/shipment.zip": b"shipment",
    }


def test_without_a_routine_nothing_is_copied(buckets: Buckets) -> None:
    assert not keep("false")
    assert buckets.held[STANDBY] == {}


def test_a_release_that_is_gone_is_said(buckets: Buckets) -> None:
    buckets.held[PRIMARY].clear()
    with pytest.raises(Failed, match="the routine's drills cannot have it"):
        keep()
