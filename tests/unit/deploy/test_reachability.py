"""Nothing that stands, that can be gone back to or that somebody is bringing is ever deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.deploy import reachability, references, release
from scripts.deploy.artifacts import Listing, Stored
from scripts.deploy.history import Completed, Entry, Requested
from scripts.deploy.reachability import OPEN, YOUNG, Ground, unreached
from scripts.errors import Failed
from tests.unit.deploy.bucket import NOW

ARTIFACTS = "tradewind-dev/"
REGIONS = ("us-east-1", "us-west-2")
LONG_AGO = timedelta(days=400)


def zipped(name: str, said: object) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr(name, json.dumps(said))
    return held.getvalue()


def hexed(number: int, kind: int) -> str:
    """A digest: 64 hex digits."""
    return f"{kind:x}{number:x}".ljust(64, "0")


@dataclass
class World:
    """What a bucket holds, as a graph that was drawn before any object was written."""

    refers: dict[str, set[str]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    ages: dict[str, timedelta] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)

    def add(self, key: str, body: bytes, refers: Iterable[str], age: timedelta) -> str:
        self.refers[key], self.bodies[key], self.ages[key] = {*refers}, body, age
        return key

    def bundle(self, number: int, age: timedelta) -> str:
        return self.add(f"releases/{hexed(number, 11)[:16]}/f{number}.zip", b"", (), age)

    def template(self, number: int, refers: Iterable[str], age: timedelta) -> str:
        wanted = [*refers]
        said = [
            {"Fn::Sub": "${TemplateBaseUrl}/" + key.removeprefix("releases/")}
            if key.endswith(".json")
            else {"S3Key": key}
            for key in wanted
        ]
        key = f"releases/{hexed(number, 12)[:16]}/t{number}.json"
        return self.add(key, json.dumps(said).encode(), wanted, age)

    def release(self, number: int, refers: Iterable[str], age: timedelta) -> str:
        wanted = [*refers]
        sources = f"releases/sources/{hexed(number, 14)[:16]}.json"
        self.add(sources, b"{}", (), age)
        said = {
            "templates": {
                key.split("/")[2]: key.split("/")[1].ljust(64, "0")
                for key in wanted
                if key.endswith(".json")
            },
            "bundles": {key: "" for key in wanted if key.endswith(".zip")},
            "sources": hexed(number, 14),
        }
        key = f"releases/{hexed(number, 13)[:16]}/release.zip"
        return self.add(key, zipped("release.json", said), [*wanted, sources], age)

    def shipment(self, number: int, release: int, age: timedelta) -> str:
        said = {"release": hexed(release, 13)}
        key = f"shipments/{hexed(number, 15)[:16]}.zip"
        wanted = [f"releases/{hexed(release, 13)[:16]}/release.zip"]
        return self.add(key, zipped("shipment.json", said), wanted, age)

    def execution(
        self, number: int, release: int, shipment: int, age: timedelta, done: bool
    ) -> None:
        told = {
            "execution": f"e{number}",
            "release": hexed(release, 13),
            "shipment": hexed(shipment, 15),
            "parameters": "",
            "who": "",
            "why": "",
            "at": (NOW - age).isoformat(),
        }
        completed = Completed(**told) if done else None
        self.entries.append(Entry(f"e{number}", Requested(**told), (), completed))

    @property
    def current(self) -> Completed | None:
        ended = [entry.completed for entry in self.entries if entry.completed]
        return max(ended, key=lambda one: one.at, default=None)

    def ground(self) -> Ground:
        objects = tuple(
            Stored(key, NOW - self.ages[key], len(body)) for key, body in self.bodies.items()
        )
        return Ground(
            dict.fromkeys(REGIONS, Listing(objects, NOW)),
            frozenset(self.standing),
            self.entries,
            self.current,
            ARTIFACTS,
            self.bodies.get,
        )

    def gone(self, keep: int = 5) -> set[str]:
        """What may go, which is the same in every region here."""
        found = unreached(self.ground(), keep)
        by_region = {
            region: {one.object.key for one in found if one.region == region} for region in REGIONS
        }
        assert by_region[REGIONS[0]] == by_region[REGIONS[1]]
        return by_region[REGIONS[0]]

    def needed(self, keep: int) -> set[str]:
        """What must stay, by the graph alone."""
        wanted = {*self.standing}
        wanted |= {
            key
            for key, age in self.ages.items()
            if age < (OPEN if key.startswith(ARTIFACTS) else YOUNG)
        }
        newest_first = sorted(
            (entry.completed for entry in self.entries if entry.completed),
            key=lambda one: one.at,
            reverse=True,
        )
        stood: list[tuple[str, str]] = []
        for one in newest_first:
            if one.what not in stood:
                stood.append(one.what)
            if stood.index(one.what) <= keep:
                wanted |= self.keys(one)
        for entry in self.entries:
            asked = entry.requested
            if entry.completed or asked is None or asked.at <= (NOW - OPEN).isoformat():
                continue
            wanted |= self.keys(asked)
        while more := {key for one in wanted for key in self.refers.get(one, ())} - wanted:
            wanted |= more
        return wanted

    def keys(self, told: Completed | Requested) -> set[str]:
        return {f"releases/{told.release[:16]}/release.zip", f"shipments/{told.shipment[:16]}.zip"}


AGES = st.sampled_from(
    [timedelta(), YOUNG - timedelta(seconds=1), YOUNG, timedelta(days=30), OPEN, LONG_AGO]
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any history: what was built from what, released, shipped, completed or not, and stands."""
    world = World()
    bundles = [world.bundle(n, draw(AGES)) for n in range(draw(st.integers(1, 4)))]
    templates: list[str] = []
    for number in range(draw(st.integers(1, 6))):
        wanted = draw(st.sets(st.sampled_from([*bundles, *templates])))
        templates.append(world.template(number, sorted(wanted), draw(AGES)))
    count = draw(st.integers(1, 5))
    for number in range(count):
        wanted = draw(st.sets(st.sampled_from([*templates, *bundles])))
        world.release(number, sorted(wanted), draw(AGES))
    for number in range(draw(st.integers(0, 6))):
        release = draw(st.integers(0, count - 1))
        world.shipment(number, release, draw(AGES))
        if draw(st.booleans()):
            age = draw(AGES) + timedelta(seconds=number + 1)
            world.execution(number, release, number, age, draw(st.booleans()))
    world.add(f"{ARTIFACTS}ShopRevisi/abc", b"", (), draw(AGES))
    world.standing = draw(st.sets(st.sampled_from([*world.bodies, "releases/gone/x.json"])))
    for key in draw(st.sets(st.sampled_from([*world.bodies]))):
        if draw(st.booleans()):  # somebody deleted it by hand
            world.bodies.pop(key)
            world.ages.pop(key)
            world.refers[key] = set()
    return world


@given(worlds(), st.integers(1, 5))
def test_what_goes_is_all_that_nothing_needs_and_nothing_else(world: World, keep: int) -> None:
    gone = world.gone(keep)

    assert not gone & world.needed(keep)
    assert gone == world.bodies.keys() - world.needed(keep)


@given(worlds(), st.integers(1, 5))
def test_no_template_that_stays_loses_what_it_names(world: World, keep: int) -> None:
    """So a bundle that is missing shows: CloudFormation misses a template, too (scripts.deploy.uploads)."""
    gone = world.gone(keep)

    for key in world.bodies.keys() - gone:
        assert not world.refers[key] & gone


class TestKept:
    @pytest.fixture
    def world(self) -> World:
        return self.eight(LONG_AGO)

    def eight(self, begin: timedelta) -> World:
        """Eight releases, a day after one another, each of a template and a bundle of its own."""
        world = World()
        for number in range(8):
            age = begin - timedelta(days=number)
            bundle = world.bundle(number, age)
            template = world.template(number, [bundle], age)
            world.release(number, [template], age)
            world.shipment(number, number, age)
            world.execution(number, number, number, age, done=True)
        return world

    def numbers(self, gone: set[str]) -> set[int]:
        """The releases whose bundles go."""
        return {int(key[-5]) for key in gone if key.endswith(tuple(f"/f{n}.zip" for n in range(9)))}

    def test_are_as_many_releases_as_can_be_gone_back_to(self, world: World) -> None:
        assert self.numbers(world.gone(5)) == {0, 1}
        assert self.numbers(world.gone(1)) == {0, 1, 2, 3, 4, 5}

    def test_is_no_release_for_having_come_to_its_end_lately(self) -> None:
        assert self.numbers(self.eight(timedelta(days=20)).gone(5)) == {0, 1}

    def test_is_what_stands_however_old_and_whatever_history_says(self, world: World) -> None:
        world.standing = {f"releases/{hexed(0, 12)[:16]}/t0.json"}

        assert self.numbers(world.gone()) == {1}

    def test_is_what_a_rollback_brought_back(self, world: World) -> None:
        world.execution(8, 0, 0, timedelta(days=2), done=True)

        assert self.numbers(world.gone(1)) == {1, 2, 3, 4, 5, 6}

    def test_is_what_waits_for_approval(self, world: World) -> None:
        world.execution(8, 0, 0, OPEN - timedelta(hours=1), done=False)
        world.execution(9, 1, 1, OPEN + timedelta(hours=1), done=False)

        assert self.numbers(world.gone()) == {1}

    def test_is_what_somebody_brings_and_all_that_it_refers_to(self, world: World) -> None:
        """Of a template that is sent anew the old bundle is not: it is there."""
        world.ages[f"releases/{hexed(0, 12)[:16]}/t0.json"] = timedelta(hours=23)

        assert self.numbers(world.gone()) == {1}

    def test_is_what_the_pipeline_stored_for_as_long_as_an_approval_may_wait(
        self, world: World
    ) -> None:
        for name, age in {"a": OPEN - timedelta(hours=1), "b": OPEN + timedelta(hours=1)}.items():
            world.add(f"{ARTIFACTS}Release/{name}", b"", (), age)

        assert f"{ARTIFACTS}Release/a" not in world.gone()
        assert f"{ARTIFACTS}Release/b" in world.gone()

    def test_is_the_revision_that_a_fleet_makes_instances_of(self, world: World) -> None:
        key = world.add(f"{ARTIFACTS}ShopRevisi/x", b"", (), LONG_AGO)
        world.standing = {key}

        assert key not in world.gone()


def test_fleets_keep_what_runs_what_last_ran_well_and_what_was_tried() -> None:
    """An instance that is made tomorrow is given the one; a rollback goes back to the other."""

    def revision(key: str) -> dict[str, Any]:
        return {"revisionType": "S3", "s3Location": {"bucket": "b", "key": key}}

    class CodeDeploy:
        def pages(self, *_: str, **said: str) -> list[str]:
            return [said["applicationName"]]

        def call(self, operation: str, **said: str) -> dict[str, Any]:
            if operation == "get_deployment":
                return {"deploymentInfo": {"revision": revision(said["deploymentId"])}}
            group = {
                "targetRevision": revision("target"),
                "lastSuccessfulDeployment": {"deploymentId": "well"},
                "lastAttemptedDeployment": {"deploymentId": "tried"},
            }
            return {"deploymentGroupInfo": group if said["deploymentGroupName"] == "shop" else {}}

    class Account:
        def client(self, *_: str) -> CodeDeploy:
            return CodeDeploy()

    def kept(application: str) -> list[str]:
        return [*reachability._revisions(Account(), "us-east-1", application)]  # type: ignore[arg-type]

    assert kept("shop") == ["target", "well", "tried"]
    assert kept("never-deployed") == []


def test_what_cannot_be_read_stops_everything() -> None:
    world = World()
    key = world.release(0, [], timedelta())
    world.bodies[key] = b"torn"

    with pytest.raises(Failed, match="nobody knows what it refers to"):
        world.gone()


def test_an_object_that_was_sent_again_meanwhile_is_another() -> None:
    world = World()
    key = world.bundle(0, LONG_AGO)
    agreed = unreached(world.ground())
    world.ages[key] = timedelta(days=2)

    assert {*unreached(world.ground())} & {*agreed} == set()


def test_references_are_those_of_real_templates() -> None:
    built = release.read(Path(__file__).parents[3])
    platform = built.roots["platform"]
    bodies: Mapping[str, bytes] = {one.released: one.body for one in platform.children}
    root = [*references.of_text(platform.template.body.decode())]

    found = references.reached(root, frozenset(bodies), bodies.get)

    assert {*bodies, *platform.bundles} <= found
