"""How templates and bundles reach a region's bucket: what it lacks, and nothing that was seen to be there.

What arrived is noted in the project, so that the next deploy asks S3 nothing. The notes may be wrong: they
are of a bucket as one foundation made it (its stack's id is theirs), so another one after a `destroy` or a
`sandbox reset` begins without. Where somebody emptied it, a planner's CloudFormation misses a template,
whereupon the notes are forgotten and everything is sent again; `tradewind releases clean` deletes a bundle
only together with every template that names it, so that a missing bundle shows in that way too. Whoever ships
a release to the pipeline has nobody to miss anything yet, and lists the bucket first, in one call.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from scripts import failpoints, whole_files
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.release import Release, Root, Template
from scripts.events import BundlesMissed, BundleUploaded, TemplateUploaded

#: Where a project keeps its notes.
NOTES = Path(".tradewind") / "uploads.json"

#: Objects of a bucket that are looked at, or sent, side by side.
AT_ONCE = 8

#: Objects that are noted of a bucket, the latest ones.
KEPT = 5_000

Uploaded: TypeAlias = BundlesMissed | BundleUploaded | TemplateUploaded


@dataclass(frozen=True)
class Notes:
    """What this project has sent to a bucket; `made` is the id of the stack that made the bucket.

    With `verify` they are not believed, but made anew. `present` are the keys that the bucket was just seen
    to have; of others nothing is believed.
    """

    path: Path
    bucket: str
    made: str
    verify: bool = False
    present: frozenset[str] | None = None

    def read(self) -> dict[str, str]:
        """Key -> SHA-256. Empty where there is nothing to believe."""
        said = _read(self.path).get(self.bucket)
        if self.verify or not isinstance(said, dict) or said.get("made") != self.made:
            return {}
        objects = said.get("objects")
        if not isinstance(objects, dict):
            return {}
        return {
            key: sha256
            for key, sha256 in objects.items()
            if self.present is None or key in self.present
        }

    def add(self, objects: Mapping[str, str]) -> None:
        """Note more. What cannot be written is asked of S3 again, next time."""
        trusted = Notes(self.path, self.bucket, self.made).read()
        if objects.items() <= trusted.items():
            return
        kept = dict([*trusted.items(), *objects.items()][-KEPT:])
        self._write({"made": self.made, "objects": kept})

    def forget(self) -> bool:
        """Believe nothing of this bucket any more; whether there was anything to believe."""
        had = bool(Notes(self.path, self.bucket, self.made).read())
        if had:
            self._write(None)
        return had

    def _write(self, said: Mapping[str, Any] | None) -> None:
        """In one step, beside what others noted meanwhile of other buckets."""
        every = {**_read(self.path), self.bucket: said}
        body = json.dumps({name: one for name, one in every.items() if one}, indent=0)
        with suppress(OSError):
            whole_files.write(self.path, body)


def upload(
    there: Artifacts, region: str, root: Root, release: Release, notes: Notes
) -> Generator[Uploaded, None, Mapping[str, str]]:
    """Send what the bucket lacks of a root, bundles first; gives the digests of all of it, by key.

    What is not noted is asked of S3, so that where nothing is lacking no bundle is packed. Raises Failed at
    the first that does not arrive.
    """
    templates = {one.released: one for one in (*root.children, root.template)}
    wanted = {key: release.bundles.get(key, "") for key in root.bundles}
    wanted |= {key: template.sha256 for key, template in templates.items()}

    def whole(digests: Mapping[str, str]) -> dict[str, str]:
        return {
            key: digests[key]
            for key, sha256 in wanted.items()
            if digests.get(key) and digests[key] == (sha256 or digests[key])
        }

    held = whole(notes.read())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [key for key in wanted if key not in held]
        held |= whole(dict(zip(asked, pool.map(there.digest, asked), strict=True)))
        lacking = [key for key in wanted if key not in held]
        try:
            bundles = [key for key in lacking if key not in templates]
            yield from _send_bundles(there, region, bundles, release, held)
            lacked = [templates[key] for key in lacking if key in templates]
            for template in pool.map(partial(_send, there), lacked):
                failpoints.reach("release.half-uploaded")
                held[template.released] = template.sha256
                yield TemplateUploaded(region, there.bucket, template.released)
        finally:
            notes.add(held)
    failpoints.reach("release.uploaded")
    return held


def _send(there: Artifacts, template: Template) -> Template:
    there.put(template.released, template.body, template.sha256, "application/json")
    return template


def _send_bundles(
    there: Artifacts, region: str, keys: Sequence[str], release: Release, held: dict[str, str]
) -> Iterator[Uploaded]:
    if not keys:
        return
    yield BundlesMissed(region, len(keys))
    for number, packed in enumerate(release.pack(keys), start=1):
        with packed.path.open("rb") as body:
            there.put(packed.key, body, packed.sha256, "application/zip")
        failpoints.reach("release.half-uploaded")
        held[packed.key] = packed.sha256
        yield BundleUploaded(region, there.bucket, packed.key, number, len(keys))


def _read(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
