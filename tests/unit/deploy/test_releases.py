"""A release is the same bytes wherever it is made, and is believed only as far as its digest goes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.environments import Environment
from scripts import inventory, tool_bundle, zips
from scripts.deploy import lookups, release, releases, shipments
from scripts.deploy.amis import QUESTION, Amis
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.history import Completed
from scripts.deploy.release import Release
from scripts.deploy.releases import SOURCES
from scripts.deploy.sealed import NAME, Sealed
from scripts.deploy.shipments import Shipment
from scripts.errors import Failed, UsageError
from scripts.events import BundleUploaded, ReleaseSealed
from scripts.inventory import Stack
from scripts.wheelhouse import Wheelhouse
from scripts.zips import Entry
from tests.rehearsal.deploy.shop import BUNDLE, Shop
from tests.unit.deploy.bucket import S3, Reached

PRIMARY, STANDBY = "us-east-1", "us-west-2"
DEV = Environment("dev", "111111111111", PRIMARY, STANDBY, {PRIMARY: {}, STANDBY: {}})
PROD = Environment("prod", "222222222222", PRIMARY, "eu-west-1", {PRIMARY: {}, "eu-west-1": {}})
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


@pytest.fixture(autouse=True)
def stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """foundation, everywhere."""

    def stack(_: object, region: str, name: str) -> Stack:
        return Stack(
            region, f"arn:{region}", name, "CREATE_COMPLETE", "", {}, {}, {}, False, "", "", ""
        )

    monkeypatch.setattr(inventory, "stack", stack)


@pytest.fixture(autouse=True)
def tool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files instead of three hundred."""

    def entries(*_: object) -> dict[str, Entry]:
        return {"tool/lib/b.py": zips.plain(b"b"), "tool/a.py": zips.plain(b"a")}

    monkeypatch.setattr(tool_bundle.Tool, "entries", entries)
    monkeypatch.setattr(Wheelhouse, "fetch", lambda *_: None)


@pytest.fixture
def images(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Region -> its newest image; what SSM is asked."""
    newest = {region: f"ami-{region}-1" for region in (*DEV.regions, *PROD.regions)}

    def answer(_: object, region: str, question: str, subject: Mapping[str, str]) -> str:
        assert (question, subject) == (QUESTION, {"path": IMAGE})
        return newest[region]

    monkeypatch.setattr(lookups, "answer", answer)
    return newest


@pytest.fixture
def s3() -> S3:
    return S3()


@pytest.fixture
def built(tmp_path: Path) -> Release:
    """The small shop, which asks for an image."""
    return shop(tmp_path / "project")


def shop(project: Path, **wanted: Any) -> Release:
    out = project / "templates" / "out"
    Shop(**wanted).write(out)
    platform = json.loads((out / "platform.json").read_bytes())
    platform["Metadata"]["Tradewind"]["Parameters"]["Image"] = {
        "kind": "lookup",
        "question": QUESTION,
        "subject": {"path": IMAGE},
    }
    (out / "platform.json").write_text(json.dumps(platform))
    params = project / "params"
    params.mkdir(exist_ok=True)
    for name in ("defaults", "dev", "prod", "waivers"):
        (params / f"{name}.yaml").write_text(f"# {name}\n")
    return release.read(project)


def shipped(s3: S3, built: Release, environment: Environment = DEV, **options: bool) -> Sealed:
    """Pin and ship what was built."""
    aws = Reached(environment, s3)
    refresh = options.get("refresh", False)
    shipping = releases.ship(
        aws, environment, releases.pinned(aws, environment, built, refresh=refresh), **options
    )
    while True:
        try:
            next(shipping)
        except StopIteration as ended:
            sealed: Sealed = ended.value
            return sealed


def primary(s3: S3, environment: Environment = DEV) -> Artifacts:
    return Artifacts.of(Reached(environment, s3), environment, PRIMARY)


def held(s3: S3, environment: Environment, region: str) -> set[str]:
    name = f"tradewind-{environment.name}-artifacts-{environment.account_id}-{region}"
    return {*s3.buckets[name]}


@pytest.mark.usefixtures("images")
class TestShipping:
    def test_brings_templates_and_bundles_everywhere_and_the_release_to_the_primary(
        self, s3: S3, built: Release
    ) -> None:
        sealed = shipped(s3, built)

        nested = {child.released for child in built.roots["platform"].children}
        for region in DEV.regions:
            assert {*nested, BUNDLE} <= held(s3, DEV, region)
        assert sealed.key in held(s3, DEV, PRIMARY)
        assert sealed.key not in held(s3, DEV, STANDBY)
        assert sealed.key == f"releases/{sealed.digest[:16]}/release.zip"
        assert {*sealed.bundles} == {BUNDLE}

    def test_of_the_same_sources_is_the_same_bytes_on_every_machine(
        self, s3: S3, built: Release, tmp_path: Path
    ) -> None:
        sealed = shipped(s3, built)
        path = built.project / releases.HERE / sealed.short / "release.zip"
        here = path.read_bytes()
        elsewhere = shop(tmp_path / "elsewhere")
        for file in elsewhere.project.rglob("*"):
            os.utime(file, (0, 0))

        assert shipped(S3(), elsewhere) == sealed
        assert (elsewhere.project / path.relative_to(built.project)).read_bytes() == here

    def test_of_another_template_is_another_release(self, s3: S3, tmp_path: Path) -> None:
        one, other = (shop(tmp_path / str(delay), delay=delay) for delay in (5, 6))

        assert shipped(s3, one).digest != shipped(s3, other).digest

    def test_again_asks_only_for_the_images_and_what_keys_there_are(
        self, s3: S3, built: Release
    ) -> None:
        shipped(s3, built)
        s3.asked.clear()

        shipped(s3, built)

        assert {*s3.asked} == {
            ("get_object", f"{SOURCES}{built.digest[:16]}.json"),
            ("list_objects_v2", "releases/"),
        }

    @pytest.mark.parametrize("region", DEV.regions)
    def test_again_sends_what_somebody_deleted(self, s3: S3, built: Release, region: str) -> None:
        """Notes that lie would only be found out in the pipeline, by an execution that fails."""
        shipped(s3, built)
        bucket = s3.buckets[Artifacts.of(Reached(DEV, s3), DEV, region).bucket]
        before = {key: one.body for key, one in bucket.items()}
        bucket.clear()

        shipped(s3, built)

        assert {key: one.body for key, one in bucket.items()} == before

    def test_leaves_no_more_than_the_latest_lying_here(self, s3: S3, built: Release) -> None:
        here = built.project / releases.HERE
        for number in range(releases.KEPT + 2):
            (here / f"{number}").mkdir(parents=True)
            os.utime(here / f"{number}", (number, number))
        sealed = shipped(s3, built)
        assert {path.name for path in here.iterdir()} == {sealed.short, "4", "3"}

        made_meanwhile = {"a", "b", "c"}
        for name in made_meanwhile:
            (here / name).mkdir()
        shipped(s3, built)
        assert {path.name for path in here.iterdir()} == {sealed.short, *made_meanwhile}

    def test_says_what_it_sealed(self, s3: S3, built: Release) -> None:
        aws = Reached(DEV, s3)
        events = [*releases.ship(aws, DEV, releases.pinned(aws, DEV, built))]

        assert isinstance(events[-1], ReleaseSealed)
        assert events[-1].size == len(s3.buckets[events[-1].bucket][events[-1].key].body)

    def test_before_foundation_stands_says_what_to_do(
        self, s3: S3, built: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inventory, "stack", lambda *_: None)

        with pytest.raises(Failed, match="foundation does not stand in us-east-1") as refused:
            shipped(s3, built)
        assert "--root foundation" in refused.value.fix


class TestImages:
    def test_are_those_of_the_first_release_of_the_same_templates(
        self, s3: S3, built: Release, images: dict[str, str]
    ) -> None:
        first = shipped(s3, built)
        images.update({region: f"ami-{region}-2" for region in images})

        assert shipped(s3, built) == first
        assert first.amis.of(PRIMARY, QUESTION, {"path": IMAGE}) == "ami-us-east-1-1"

    def test_are_the_newest_when_that_is_asked_for_and_stay_so(
        self, s3: S3, built: Release, images: dict[str, str]
    ) -> None:
        shipped(s3, built)
        images.update({region: f"ami-{region}-2" for region in images})

        refreshed = shipped(s3, built, refresh=True)

        assert refreshed.amis.of(PRIMARY, QUESTION, {"path": IMAGE}) == "ami-us-east-1-2"
        assert shipped(s3, built) == refreshed

    def test_of_two_machines_at_once_are_the_first_ones(
        self, s3: S3, built: Release, images: dict[str, str]
    ) -> None:
        aws = Reached(DEV, s3)
        mine = releases.pinned(aws, DEV, built)
        theirs = Amis({region: {IMAGE: "ami-theirs"} for region in DEV.regions})
        key = f"{SOURCES}{built.digest[:16]}.json"
        s3.holding(primary(s3).bucket, key, json.dumps(theirs.to_json()).encode())

        assert len([*releases.ship(aws, DEV, mine)]) > 0
        assert shipped(s3, built).amis == theirs
        assert len([key for key in held(s3, DEV, PRIMARY) if key.endswith("release.zip")]) == 1

    def test_are_read_from_a_release_that_is_unpacked_and_from_its_shipment(
        self, built: Release
    ) -> None:
        said = {"sources": built.digest, "bundles": {}}
        pins = {PRIMARY: {IMAGE: "a", "/b": "b"}}
        (built.project / NAME).write_text(json.dumps({**said, "amis": pins}))
        pins = {PRIMARY: {IMAGE: "c"}}
        (built.project / shipments.NAME).write_text(json.dumps({"amis": pins}))

        read = release.read(built.project)

        assert read.amis.ids == {PRIMARY: {IMAGE: "c", "/b": "b"}}
        assert read.shipped

    def test_are_not_read_from_a_release_of_other_templates(self, built: Release) -> None:
        """Nor would its templates be taken for being in every region."""
        (built.project / NAME).write_text(json.dumps({"sources": "other"}))

        with pytest.raises(UsageError, match=r"release\.json in .* is of other templates"):
            release.read(built.project)

    def test_nothing_is_asked_where_no_template_wants_one(self, s3: S3, tmp_path: Path) -> None:
        Shop().write(tmp_path / "templates" / "out")
        plain = release.read(tmp_path)

        assert releases.pinned(Reached(DEV, s3), DEV, plain) is plain
        assert s3.asked == []


@pytest.mark.usefixtures("images")
class TestFetching:
    def test_brings_the_very_bytes_to_another_environment(
        self, s3: S3, built: Release, tmp_path: Path
    ) -> None:
        sealed = shipped(s3, built)
        elsewhere = tmp_path / "elsewhere"

        fetched = releases.fetch(primary(s3), sealed.short, elsewhere)

        assert fetched.digest == built.digest
        assert shipped(s3, fetched, PROD) == sealed
        buckets = [primary(s3, environment) for environment in (DEV, PROD)]
        for key in (sealed.key, BUNDLE):
            assert buckets[0].read(key) == buckets[1].read(key)
        assert BUNDLE in held(s3, PROD, "eu-west-1")

    def test_keeps_its_images_and_adds_those_of_regions_that_it_knew_nothing_of(
        self, s3: S3, built: Release, tmp_path: Path, images: dict[str, str]
    ) -> None:
        sealed = shipped(s3, built)
        images.update({region: f"ami-{region}-2" for region in images})
        fetched = releases.fetch(primary(s3), sealed.digest, tmp_path)
        theirs = json.dumps({PRIMARY: {IMAGE: "ami-of-prod"}}).encode()
        s3.holding(primary(s3, PROD).bucket, f"{SOURCES}{built.digest[:16]}.json", theirs)

        pinned = releases.pinned(Reached(PROD, s3), PROD, fetched)

        assert pinned.amis.ids[PRIMARY] == {IMAGE: "ami-us-east-1-1"}
        assert pinned.amis.ids["eu-west-1"] == {IMAGE: "ami-eu-west-1-2"}
        assert shipped(s3, fetched, PROD) == sealed

    def test_packs_nothing_of_the_project(
        self, s3: S3, built: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sealed = shipped(s3, built)
        fetched = releases.fetch(primary(s3), sealed.digest, tmp_path)
        monkeypatch.setattr("scripts.packing.Packing.of", lambda *_: pytest.fail("packed"))
        aws = Reached(PROD, s3)

        events = [*releases.ship(aws, PROD, releases.pinned(aws, PROD, fetched))]

        assert len([one for one in events if isinstance(one, BundleUploaded)]) == 2

    @pytest.mark.parametrize("asked", ["abc", "releases", "../../etc"])
    def test_of_what_is_no_digest_is_refused(self, s3: S3, asked: str, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="names no release"):
            releases.fetch(primary(s3), asked, tmp_path)

    def test_of_what_is_not_there_is_refused(self, s3: S3, built: Release, tmp_path: Path) -> None:
        shipped(s3, built)
        with pytest.raises(UsageError, match="is no release in tradewind-dev-artifacts"):
            releases.fetch(primary(s3), "0123456789abcdef", tmp_path)

    def test_of_a_digest_that_goes_on_otherwise_is_refused(
        self, s3: S3, built: Release, tmp_path: Path
    ) -> None:
        sealed = shipped(s3, built)
        other = sealed.digest[:-1] + ("0" if sealed.digest[-1] != "0" else "1")

        with pytest.raises(UsageError, match=f"{other} is no release"):
            releases.fetch(primary(s3), other, tmp_path)

    def test_of_what_two_releases_begin_with_is_refused(self, s3: S3, tmp_path: Path) -> None:
        bucket = primary(s3).bucket
        for digit in "ab":
            s3.holding(bucket, f"releases/012345678901234{digit}/release.zip", b"")

        with pytest.raises(UsageError, match="is short for 2 releases"):
            releases.fetch(primary(s3), "0123456", tmp_path)

    @pytest.mark.parametrize(
        ("name", "body", "said"),
        [
            ("templates/out/queue.json", b"{}", "its templates"),
            ("templates/out/new.json", b"{}", "its templates"),
            ("tool/a.py", b"evil", "its tool"),
            ("tool/scripts/new.py", b"evil", "its tool"),
            ("params/dev.yaml", b"evil", "params/dev.yaml"),
        ],
    )
    def test_of_what_somebody_changed_is_refused(
        self, s3: S3, built: Release, tmp_path: Path, name: str, body: bytes, said: str
    ) -> None:
        sealed = shipped(s3, built)
        self.alter(s3, sealed, lambda files: files.update({name: body}), tmp_path)

        with pytest.raises(Failed, match=f"is not what was sealed: {said}"):
            releases.fetch(primary(s3), sealed.digest, tmp_path)

    @pytest.mark.parametrize("key", ["sources", "tool", "templates", "bundles", "amis", "digest"])
    def test_of_one_that_says_otherwise_of_itself_is_refused(
        self, s3: S3, built: Release, tmp_path: Path, key: str
    ) -> None:
        def change(files: dict[str, bytes]) -> None:
            said = json.loads(files[NAME])
            was = said[key]
            said[key] = "0" * 64 if isinstance(was, str) else {**was, "new": "0" * 64}
            if key == "tool":
                said[key] = {**was, "version": "9"}
            if key == "amis":
                said[key] = {**was, "new": {}}
            files[NAME] = json.dumps(said).encode()

        sealed = shipped(s3, built)
        self.alter(s3, sealed, change, tmp_path)

        with pytest.raises(Failed, match="is not what was sealed"):
            releases.fetch(primary(s3), sealed.digest, tmp_path)

    def test_of_one_under_the_key_of_another_is_refused(
        self, s3: S3, built: Release, tmp_path: Path
    ) -> None:
        sealed = shipped(s3, built)
        body = primary(s3).read(sealed.key)
        assert body is not None
        s3.holding(primary(s3).bucket, "releases/0123456789abcdef/release.zip", body)

        with pytest.raises(Failed, match="and not its own"):
            releases.fetch(primary(s3), "0123456789abcdef", tmp_path)

    @pytest.mark.parametrize("body", [b"", b"PK", None])
    def test_of_what_is_no_release_at_all_is_refused(
        self, s3: S3, built: Release, tmp_path: Path, body: bytes | None
    ) -> None:
        sealed = shipped(s3, built)
        if body is None:
            zips.write(tmp_path / "x.zip", {"a": zips.plain(b"")})
            body = (tmp_path / "x.zip").read_bytes()
        s3.holding(primary(s3).bucket, sealed.key, body)

        with pytest.raises(Failed, match=r"is no zip|no release in it"):
            releases.fetch(primary(s3), sealed.digest, tmp_path)

    def test_of_bundles_that_are_not_its_own_or_gone_is_refused(
        self, s3: S3, built: Release, tmp_path: Path
    ) -> None:
        sealed = shipped(s3, built)
        fetched = releases.fetch(primary(s3), sealed.digest, tmp_path)
        s3.holding(primary(s3).bucket, BUNDLE, b"evil")
        with pytest.raises(Failed, match=r"is not what [0-9a-f]{16} was sealed with"):
            [*fetched.pack([BUNDLE])]

        del s3.buckets[primary(s3).bucket][BUNDLE]
        with pytest.raises(Failed, match="is not in tradewind-dev-artifacts"):
            [*fetched.pack([BUNDLE])]

    def alter(
        self, s3: S3, sealed: Sealed, change: Callable[[dict[str, bytes]], None], scratch: Path
    ) -> None:
        """Put a changed release in the place of one."""
        body = primary(s3).read(sealed.key)
        assert body is not None
        path = scratch / "altered.zip"
        path.write_bytes(body)
        files = zips.contents(path)
        change(files)
        zips.write(path, {name: zips.plain(held) for name, held in files.items()})
        s3.holding(primary(s3).bucket, sealed.key, path.read_bytes())


@pytest.mark.usefixtures("images")
class TestShipments:
    @pytest.fixture
    def aws(self, s3: S3) -> Reached:
        from scripts.aws import Identity

        aws = Reached(DEV, s3)
        aws.__dict__["identity"] = Identity(DEV.account_id, "arn:aws:sts::1:assumed-role/Dev/ada")
        return aws

    @pytest.fixture
    def made(self, aws: Reached, s3: S3, built: Release) -> Shipment:
        sealed = shipped(s3, built)
        return shipments.make(aws, DEV, sealed, releases.pinned(aws, DEV, built), why="sale")

    def test_carry_the_settings_and_say_who_and_why(self, made: Shipment) -> None:
        assert (made.environment, made.who, made.why) == ("dev", "ada", "sale")
        assert made.files == {
            "params/defaults.yaml": b"# defaults\n",
            "params/dev.yaml": b"# dev\n",
            "params/waivers.yaml": b"# waivers\n",
        }

    def test_pin_the_images_of_the_release_and_those_that_it_knows_nothing_of(
        self, aws: Reached, s3: S3, built: Release
    ) -> None:
        """Another machine may have released the same sources between our question and our upload."""
        sealed = shipped(s3, built)
        mine = {PRIMARY: {IMAGE: "ami-mine"}, "eu-west-1": {IMAGE: "ami-mine"}}

        made = shipments.make(aws, DEV, sealed, replace(built, amis=Amis(mine)))

        assert made.amis.ids == {**sealed.amis.ids, "eu-west-1": {IMAGE: "ami-mine"}}

    def test_come_back_as_they_were_sent(self, aws: Reached, made: Shipment) -> None:
        key = shipments.send(aws, DEV, made)

        assert key == f"shipments/{made.digest[:16]}.zip"
        assert shipments.fetch(Artifacts.of(aws, DEV, PRIMARY), made.digest) == made

    def test_unpacked_over_a_release_are_read_back(
        self, aws: Reached, made: Shipment, tmp_path: Path
    ) -> None:
        for name, body in {**made.files, shipments.NAME: made.json}.items():
            path = tmp_path / "build" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        (tmp_path / "build" / "params" / "stray.yaml").touch()

        assert Shipment.unpacked(tmp_path / "build") == made

    @pytest.mark.parametrize(
        "changed",
        [
            {"who": "bob"},
            {"why": "other"},
            {"release": "0"},
            {"amis": Amis({"x": {}})},
            {"files": {"params/dev.yaml": b"other"}},
        ],
    )
    def test_that_differ_in_anything_are_others(
        self, made: Shipment, changed: dict[str, Any]
    ) -> None:
        assert replace(made, **changed).digest != made.digest

    def test_are_of_the_same_parameters_whoever_sends_them_under_whatever_waivers(
        self, made: Shipment
    ) -> None:
        files = {**made.files, shipments.WAIVERS: b"- other\n"}
        assert replace(made, who="bob", why="x", files=files).parameters == made.parameters
        assert (
            replace(made, files={**made.files, "params/dev.yaml": b""}).parameters
            != made.parameters
        )

    def test_that_were_changed_in_the_bucket_are_refused(
        self, aws: Reached, made: Shipment, s3: S3
    ) -> None:
        shipments.send(aws, DEV, made)
        other = shipments.send(aws, DEV, replace(made, who="mallory"))
        body = primary(s3).read(other)
        assert body is not None
        s3.holding(primary(s3).bucket, made.key, body)

        with pytest.raises(Failed, match="is the shipment"):
            shipments.fetch(primary(s3), made.digest)

    def test_that_are_gone_are_said_to_be(self, made: Shipment, s3: S3) -> None:
        with pytest.raises(Failed, match="is no longer in tradewind-dev-artifacts"):
            shipments.fetch(primary(s3), made.digest)

    def test_back_have_the_old_settings_and_images_and_the_waivers_of_today(
        self, aws: Reached, made: Shipment, s3: S3, built: Release
    ) -> None:
        made = replace(made, amis=made.amis | Amis({"eu-west-1": {IMAGE: "ami-later"}}))
        shipments.send(aws, DEV, made)
        later = shop(built.project, delay=9)
        for name in ("dev", "waivers"):
            (built.project / "params" / f"{name}.yaml").write_text("# today\n")
        shipped(s3, later)
        goal = made.completed("e1", "2026-11-27T09:00:00+00:00")

        back, shipment = shipments.make_rollback(aws, DEV, goal, later.project)

        assert back.digest == built.digest != later.digest
        assert back.amis == made.amis
        assert shipment.release == made.release
        assert shipment.files["params/dev.yaml"] == b"# dev\n"
        assert shipment.files["params/waivers.yaml"] == b"# today\n"
        assert shipment.restores == made.digest
        assert shipment.parameters == made.parameters
        assert shipment.why == "back to what stood since 2026-11-27T09:00:00+00:00: sale"
        assert isinstance(shipment.completed("e2", "later"), Completed)
