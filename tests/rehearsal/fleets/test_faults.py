"""The shop in a region that fails: gone with it, back with it, late, or answering with errors."""

from __future__ import annotations

import contextlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.fleets import supervision
from scripts.sandbox.fleets.impairment import LATENCY_HEADER
from scripts.sandbox.record import birth
from tests.rehearsal.fleets.conftest import REGION, Place
from tests.rehearsal.fleets.ground import ORIGIN
from tests.rehearsal.fleets.test_code_deploy import Releases
from tests.rehearsal.sandbox.running import until

Faults = Callable[..., None]


@pytest.fixture
def faults(place: Place) -> Iterator[Faults]:
    """Says of the region what is wrong with it; nothing, where nothing is said. Nothing is left after."""

    def say(**said: Any) -> None:
        place.sandbox.page("PUT" if said else "DELETE", f"faults/{REGION}", said or None)

    yield say
    supervision.stop(place.home)
    say()


def ask(place: Place) -> tuple[int, dict[str, str]]:
    """Status and headers of the front door's answer. Raises URLError where nobody answers."""
    request = urllib.request.Request(place.spec.url, headers={ORIGIN: "hush"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, {name.lower(): value for name, value in refusal.headers.items()}


def processes(place: Place) -> list[int]:
    """All that the fleet is made of."""
    told = supervision.status(place.home).document
    return [told["pid"], *(one["pid"] for one in told["instances"])]


def alive_in(group: int) -> list[int]:
    """The processes of a group that run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            state, _, its_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                found.append(int(entry.name))
    return found


def test_a_region_that_goes_down_takes_every_process_with_it_and_brings_the_shop_back(
    faults: Faults, fleet: Place
) -> None:
    before = processes(fleet)
    assert ask(fleet)[0] == 200

    faults(down=True)

    assert [birth(pid) for pid in before] == [None] * len(before)
    assert alive_in(before[0]) == []
    with pytest.raises(urllib.error.URLError):
        ask(fleet)
    assert supervision.status(fleet.home).lost

    faults()

    assert ask(fleet)[0] == 200
    assert not set(processes(fleet)) & set(before)


def test_clearing_twice_starts_it_once(faults: Faults, fleet: Place) -> None:
    faults(down=True)
    faults(down=True)
    faults()
    back = processes(fleet)

    faults()

    assert processes(fleet) == back


def test_what_was_deployed_last_is_what_comes_back(faults: Faults, fleet: Place) -> None:
    supervision.deploy(fleet.home, fleet.revision("two"), 50)
    until(lambda: supervision.status(fleet.home).document["deployment"]["status"] == "Succeeded")

    faults(down=True)
    faults()

    assert ask(fleet)[1]["x-revision"] == "two"


def test_a_deployment_under_way_stands_still_and_ends_well(faults: Faults, fleet: Place) -> None:
    releases = Releases(fleet).lay_out()
    deployment = releases.begun(releases.revision("two"))

    faults(down=True)
    faults()

    assert releases.ended(deployment)["status"] == "Succeeded"
    assert ask(fleet)[1]["x-revision"] == "two"


def test_a_fleet_that_was_stopped_stays_stopped(faults: Faults, fleet: Place) -> None:
    supervision.stop(fleet.home)
    faults(down=True)

    faults()

    assert not supervision.status(fleet.home).running


def test_a_shop_cannot_be_started_in_a_region_that_is_down(faults: Faults, place: Place) -> None:
    faults(down=True)

    with pytest.raises(Exception, match="did not start"):
        place.start()


def test_errors_and_latency_show_at_the_front_door_until_they_are_cleared(
    faults: Faults, fleet: Place
) -> None:
    faults(errors=1.0, latency=20)
    status, headers = ask(fleet)
    assert (status, headers[LATENCY_HEADER]) == (503, "20")

    faults(latency=20)
    assert ask(fleet)[0] == 200

    faults()
    status, headers = ask(fleet)
    assert (status, LATENCY_HEADER in headers) == (200, False)


def test_a_shop_that_starts_in_a_region_with_a_fault_has_it(faults: Faults, place: Place) -> None:
    faults(errors=1.0)

    place.start()

    assert ask(place)[0] == 503
