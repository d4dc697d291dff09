"""What was seen to arrive is not asked for again; notes that are wrong cost a question, never a deploy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator.manifest import Manifest
from scripts.deploy.release import Release, Root, Template
from scripts.deploy.uploads import KEPT, NOTES, Notes, upload
from scripts.errors import Failed
from scripts.events import BundlesMissed, BundleUploaded, TemplateUploaded
from scripts.packing import Packed
from tests.unit.deploy.bucket import S3, artifacts

BUNDLE = "releases/0123456789abcdef/f.zip"


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def template(name: str, body: bytes) -> Template:
    return Template(f"{name}.json", sha256(body)[:16], body)


CHILD = template("queue", b"child")
ROOT = Root(
    Manifest("platform", {}, {}), template("platform", b"root"), (CHILD,), bundles=(BUNDLE,)
)


@pytest.fixture
def s3() -> S3:
    return S3()


@pytest.fixture
def built(tmp_path: Path) -> Release:
    zip = tmp_path / "f.zip"
    zip.write_bytes(b"zip")

    def packed(keys: Iterable[str]) -> Iterator[Packed]:
        return (Packed(key, zip, sha256(b"zip"), 3) for key in keys)

    return Release({"platform": ROOT}, tmp_path, copied=packed)


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / NOTES, "artifacts", "arn:stack/1")


def sent(s3: S3, built: Release, notes: Notes) -> list[str]:
    """The keys that an upload sends."""
    uploaded = upload(artifacts(s3), "us-east-1", ROOT, built, notes)
    return [one.key for one in uploaded if not isinstance(one, BundlesMissed)]


class TestUpload:
    def test_sends_bundles_first_and_the_root_last_and_sees_each_arrive(
        self, s3: S3, built: Release, notes: Notes
    ) -> None:
        events = [*upload(artifacts(s3), "us-east-1", ROOT, built, notes)]

        assert events == [
            BundlesMissed("us-east-1", 1),
            BundleUploaded("us-east-1", "artifacts", BUNDLE, 1, 1),
            TemplateUploaded("us-east-1", "artifacts", CHILD.released),
            TemplateUploaded("us-east-1", "artifacts", ROOT.template.released),
        ]
        assert {key: held.body for key, held in s3.buckets["artifacts"].items()} == {
            BUNDLE: b"zip",
            CHILD.released: b"child",
            ROOT.template.released: b"root",
        }

    def test_asks_nothing_the_second_time(self, s3: S3, built: Release, notes: Notes) -> None:
        sent(s3, built, notes)
        s3.asked.clear()

        assert sent(s3, built, notes) == []
        assert s3.asked == []

    def test_asks_a_bucket_that_another_machine_filled_and_sends_nothing(
        self, s3: S3, built: Release, notes: Notes, tmp_path: Path
    ) -> None:
        sent(s3, built, replace(notes, path=tmp_path / "theirs" / NOTES))
        s3.asked.clear()

        assert sent(s3, built, notes) == []
        assert {operation for operation, _ in s3.asked} == {"head_object"}
        s3.asked.clear()
        assert sent(s3, built, notes) == []
        assert s3.asked == []

    def test_sends_only_what_is_new(self, s3: S3, built: Release, notes: Notes) -> None:
        sent(s3, built, notes)
        changed = replace(ROOT, template=template("platform", b"root 2"))
        s3.asked.clear()

        uploaded = [*upload(artifacts(s3), "us-east-1", changed, built, notes)]

        assert uploaded == [TemplateUploaded("us-east-1", "artifacts", changed.template.released)]
        assert {key for _, key in s3.asked} == {changed.template.released}

    def test_notes_what_arrived_before_it_broke_off(
        self, s3: S3, built: Release, notes: Notes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(S3, "put_object", lambda *_: {})
        with pytest.raises(Failed, match="did not arrive whole"):
            sent(s3, built, notes)
        monkeypatch.undo()

        begun = upload(artifacts(s3), "us-east-1", ROOT, built, notes)
        next(begun), next(begun)
        begun.close()

        assert [*notes.read()] == [BUNDLE]
        assert sent(s3, built, notes) == [CHILD.released, ROOT.template.released]

    def test_sends_anew_what_is_torn(self, s3: S3, built: Release, notes: Notes) -> None:
        s3.holding("artifacts", CHILD.released, b"torn")

        assert CHILD.released in sent(s3, built, notes)
        assert s3.buckets["artifacts"][CHILD.released].body == b"child"

    def test_believes_no_digest_that_what_arrived_has_not(
        self, s3: S3, built: Release, notes: Notes
    ) -> None:
        s3.holding("artifacts", BUNDLE, b"torn")
        s3.buckets["artifacts"][BUNDLE].metadata["sha256"] = sha256(b"zip")

        assert BUNDLE in sent(s3, built, notes)

    def test_of_a_release_that_was_sealed_wants_its_very_bundles(
        self, s3: S3, built: Release, notes: Notes
    ) -> None:
        s3.holding("artifacts", BUNDLE, b"another zip")

        assert BUNDLE not in sent(s3, built, notes)
        assert BUNDLE in sent(s3, replace(built, bundles={BUNDLE: sha256(b"zip")}), notes)

    def test_gives_the_digest_of_all_of_it(self, s3: S3, built: Release, notes: Notes) -> None:
        def held() -> Iterator[object]:
            given.append((yield from upload(artifacts(s3), "us-east-1", ROOT, built, notes)))

        given: list[object] = []
        for _ in range(2):
            list(held())
        assert given[0] == given[1]
        assert given[0] == {
            BUNDLE: sha256(b"zip"),
            CHILD.released: CHILD.sha256,
            ROOT.template.released: ROOT.template.sha256,
        }


class TestNotes:
    def test_are_not_believed_of_a_bucket_that_was_made_anew(
        self, s3: S3, built: Release, notes: Notes
    ) -> None:
        """As a `destroy` or a `sandbox reset` does: foundation's stack has another id then."""
        sent(s3, built, notes)
        s3.buckets.clear()

        assert len(sent(s3, built, replace(notes, made="arn:stack/2"))) == 3

    def test_are_made_anew_to_verify(self, s3: S3, built: Release, notes: Notes) -> None:
        sent(s3, built, notes)
        del s3.buckets["artifacts"][BUNDLE]

        assert sent(s3, built, notes) == []
        assert sent(s3, built, replace(notes, verify=True)) == [BUNDLE]

    def test_can_be_forgotten_once(self, s3: S3, built: Release, notes: Notes) -> None:
        """So that a planner that misses a template sends again, and not for ever."""
        sent(s3, built, notes)
        s3.buckets.clear()

        assert notes.forget()
        assert not notes.forget()
        assert len(sent(s3, built, notes)) == 3

    def test_of_one_bucket_leave_those_of_another(self, notes: Notes) -> None:
        other = replace(notes, bucket="other")
        notes.add({"a": "1"})
        other.add({"b": "2"})
        notes.forget()

        assert (notes.read(), other.read()) == ({}, {"b": "2"})

    @pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"artifacts": 1}', b"\xff"])
    def test_that_are_torn_are_none(self, notes: Notes, torn: bytes) -> None:
        notes.add({"a": "1"})
        notes.path.write_bytes(torn)

        assert notes.read() == {}
        notes.add({"b": "2"})
        assert notes.read() == {"b": "2"}

    def test_that_cannot_be_written_stop_nothing(
        self, s3: S3, built: Release, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()

        assert len(sent(s3, built, Notes(tmp_path / "file" / NOTES, "artifacts", "1"))) == 3

    def test_do_not_grow_for_ever_and_forget_the_oldest(self, notes: Notes) -> None:
        notes.add({f"old/{number}": "1" for number in range(KEPT)})
        notes.add({"old/1": "1", "new": "1"})

        kept = json.loads(notes.path.read_bytes())["artifacts"]["objects"]
        assert len(kept) == KEPT
        assert [*kept][-2:] == ["old/1", "new"]
        assert "old/0" not in kept
