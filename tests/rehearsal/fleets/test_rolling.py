"""A revision brought to a fleet under load: no request fails, whether the revision is good or not."""

from __future__ import annotations

import http.client
import itertools
import json
from typing import Any

import pytest

from scripts.errors import Refused
from scripts.sandbox.fleets import supervision
from tests.rehearsal.fleets.conftest import Place
from tests.rehearsal.fleets.load import Findings, Round, shoppers
from tests.rehearsal.fleets.test_fleet import ask, instances, until

#: In the order of the AppSpec reference, without the hooks that nothing runs here.
LIFECYCLE = [
    "BlockTraffic",
    "ApplicationStop",
    "DownloadBundle",
    "ApplicationStart",
    "ValidateService",
    "AllowTraffic",
]


def deployed(place: Place, revision: str, share: int = 50) -> dict[str, Any]:
    """A deployment at its end."""
    supervision.deploy(place.home, revision, share)

    def ended() -> Any:
        told = supervision.status(place.home).document["deployment"]
        return told if told["status"] != "InProgress" else None

    found: dict[str, Any] = until(ended)
    return found


def echoes(number: int) -> Round:
    """A shopper who reads, writes and waits, and minds that every answer is to what it asked."""
    counted = itertools.count()

    def one(connection: http.client.HTTPConnection, found: Findings) -> None:
        said = f"{number}-{next(counted)}"
        method = "POST" if number % 2 else "GET"
        path = "/slow?0.05" if number == 0 else f"/echo?{said}"
        connection.request(method, path, said if method == "POST" else None)
        answer = connection.getresponse()
        body = answer.read()
        found.statuses[answer.status] += 1
        if answer.status != 200:
            found.wrong.append(f"{path}: {answer.status}")
            return
        told = json.loads(body)
        found.seen.add(answer.headers["X-Revision"])
        right = told["body"] == (said if method == "POST" else "")
        if not right or path.partition("?")[2] != told["QUERY_STRING"]:
            found.wrong.append(f"{path}: the answer to something else")

    return one


def test_every_instance_is_replaced_and_no_request_fails(fleet: Place) -> None:
    two = fleet.uploaded("two")
    before = {one["id"]: one["pid"] for one in instances(fleet)}

    with shoppers(6, fleet.spec.url, echoes) as found:
        until(lambda: found.asked > 100)
        deployment = deployed(fleet, two)
        after = found.asked
        until(lambda: found.asked > after + 100)

    assert found.wrong == []
    assert set(found.statuses) == {200}
    assert found.seen == {"one", "two"}
    assert deployment["status"] == "Succeeded"
    assert [event["name"] for event in deployment["events"]] == LIFECYCLE * 2
    now = {one["id"]: one["pid"] for one in instances(fleet)}
    assert now.keys() == before.keys()
    assert not set(now.values()) & set(before.values())
    assert {ask(fleet)[1]["X-Revision"] for _ in range(6)} == {"two"}


def test_a_revision_that_fails_its_validation_is_rolled_back_and_no_request_fails(
    fleet: Place,
) -> None:
    torn = fleet.revision("torn")
    (fleet.folder / "torn" / "shop.py").write_text("raise RuntimeError('no such thing')")

    with shoppers(6, fleet.spec.url, echoes) as found:
        until(lambda: found.asked > 100)
        deployment = deployed(fleet, torn)
        after = found.asked
        until(lambda: found.asked > after + 100)

    assert found.wrong == []
    assert set(found.statuses) == {200}
    assert found.seen == {"one"}
    assert (deployment["status"], deployment["code"]) == ("Failed", "HEALTH_CONSTRAINTS")
    assert deployment["rolled_back"] is True
    assert "ended with 3 before it served" in deployment["message"]
    first = instances(fleet)[0]["id"]
    assert {event["instance"] for event in deployment["events"]} == {first}
    failed = [event["name"] for event in deployment["events"] if event["status"] == "Failed"]
    assert failed == ["ValidateService"]
    assert [one["health"] for one in instances(fleet)] == ["healthy", "healthy"]


def test_a_revision_that_is_not_there_is_rolled_back(fleet: Place) -> None:
    fleet.uploaded("two")
    deployment = deployed(fleet, f"s3://releases-{fleet.spec.account}/releases/none/shop.zip")
    assert (deployment["status"], deployment["rolled_back"]) == ("Failed", True)
    assert "key does not exist" in deployment["message"]
    assert {ask(fleet)[1]["X-Revision"] for _ in range(6)} == {"one"}


def test_a_share_that_cannot_go_on_serving_stops_it_before_anything_is_touched(
    fleet: Place,
) -> None:
    before = instances(fleet)
    deployment = deployed(fleet, fleet.revision("two"), share=51)
    assert (deployment["status"], deployment["code"]) == ("Failed", "HEALTH_CONSTRAINTS_INVALID")
    assert "only 1 of 2 instances would serve; 2 must" in deployment["message"]
    assert deployment["events"] == []
    assert [one["pid"] for one in instances(fleet)] == [one["pid"] for one in before]


def test_one_deployment_at_a_time(fleet: Place) -> None:
    two = fleet.revision("two")
    supervision.deploy(fleet.home, two, 50)
    with pytest.raises(Refused, match="is under way"):
        supervision.deploy(fleet.home, two, 50)
    until(lambda: supervision.status(fleet.home).document["deployment"]["status"] == "Succeeded")
