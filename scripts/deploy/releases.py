"""Releases: what was built, sealed under one digest, the same in every environment.

    releases/<digest>/release.zip       in the primary's artifacts bucket; what the pipeline's builds unpack
        release.json                    digest, templates, bundles, images, the tool's version
        templates/out/*.json
        tool/                           the tool itself, with what it imports (scripts.tool_bundle)
    releases/sources/<digest>.json      the images that templates were first released with

The digest is of the contents alone: templates, bundles by their digests, images, the tool. Nested templates
and bundles lie beside it under addresses of their own, as they always do, in every region.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import places
from generator.bundles import RELEASES
from generator.errors import BuildError
from generator.naming import stack_name
from scripts import inventory, whole_files, zips
from scripts.aws import Aws
from scripts.deploy import amis, release
from scripts.deploy.amis import Amis
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.release import Release
from scripts.deploy.sealed import NAME, TEMPLATES, Sealed
from scripts.deploy.uploads import NOTES, Notes, upload
from scripts.deploy.waves import ARTIFACTS
from scripts.errors import Failed, UsageError
from scripts.events import Event, ReleaseSealed
from scripts.wheelhouse import ABANDONED, WHEELS, Wheelhouse, age, digest

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.packing import Packed

#: Below this prefix lie the images that templates were first released with, by the templates' digest.
SOURCES = f"{RELEASES}sources/"

#: Where a project keeps what it sealed or fetched.
HERE = Path(".tradewind") / "releases"

#: How many of them it keeps.
KEPT = 3

#: Hex digits by which a release may be asked for, at least.
SHORTEST = 6


def pinned(aws: Aws, environment: Environment, built: Release, *, refresh: bool = False) -> Release:
    """What was built, with the image of every region: those of its first release, or the newest.

    A release that was fetched keeps those that it was sealed with; what it knows nothing of is added.
    Reads S3 (one object) and, only where nothing is pinned yet, SSM. Changes nothing.
    """
    paths = amis.asked(root.manifest for root in built.roots.values())
    if not refresh and not built.amis.lacking(environment.regions, paths):
        return built
    there = Artifacts.of(aws, environment, environment.primary_region)
    known = built.amis if refresh else _pins(there.read(_sources(built))) | built.amis
    lacking = known.lacking(environment.regions, paths)
    return replace(built, amis=known | amis.ask(aws, lacking))


def with_images(built: Release, pins: Amis) -> Release:
    """A release with the images that a shipment of it was pinned with."""
    return replace(built, amis=built.amis | pins)


def ship(
    aws: Aws,
    environment: Environment,
    built: Release,
    *,
    refresh: bool = False,
    verify: bool = False,
) -> Generator[Event, None, Sealed]:
    """Seal what was built and bring all of it to the environment's regions; repeatable, killable.

    `built` is what `pinned`, with the same `refresh`, or `fetch` gave. `verify` asks the buckets, whatever
    was noted.
    """
    bundles: dict[str, str] = {}
    buckets = {
        region: _bucket(aws, environment, region, built.project, verify=verify)
        for region in environment.regions
    }
    for region, (there, notes) in buckets.items():
        for name, root in built.roots.items():
            if name != ARTIFACTS and places.stands(name, region, environment.places):
                held = yield from upload(there, region, root, built, notes)
                bundles |= {key: held[key] for key in root.bundles}
    there, notes = buckets[environment.primary_region]
    chosen = _chosen(there, built, refresh=refresh)
    if built.zip is not None:
        sealed, path = Sealed.of(zips.contents(built.zip)), built.zip
    else:
        sealed, path = seal(replace(built, amis=chosen), bundles)
    sha256 = digest(path)
    if notes.read().get(sealed.key) != sha256:
        if not there.hold(sealed.key, sha256):
            with path.open("rb") as body:
                there.put(sealed.key, body, sha256, "application/zip")
        notes.add({sealed.key: sha256})
    yield ReleaseSealed(sealed.digest, there.bucket, sealed.key, path.stat().st_size)
    return sealed


def seal(built: Release, bundles: dict[str, str]) -> tuple[Sealed, Path]:
    """The release of what was built, and its zip; `bundles` is key -> SHA-256. Fetches the tool's wheels."""
    from scripts import tool_bundle

    try:
        tool = tool_bundle.tool()
    except BuildError as error:
        raise Failed(f"This tool cannot be released: {error}.") from error
    house = tool_bundle.HERE / WHEELS
    wheels = Wheelhouse(house if house.is_dir() else built.project / WHEELS)
    templates = {
        one.file: one.body
        for root in built.roots.values()
        for one in (root.template, *root.children)
    }
    with ExitStack() as opened:
        entries = tool.entries(wheels, opened)
        sealed = Sealed.made(
            templates,
            {place: read() for place, (_, read) in entries.items()},
            tool.version,
            built.digest,
            bundles,
            built.amis,
        )
        entries |= {f"{TEMPLATES}{file}": zips.plain(body) for file, body in templates.items()}
        entries[NAME] = zips.plain(sealed.json)
        path = built.project / HERE / sealed.short / "release.zip"
        with whole_files.draft(path) as unfinished:
            zips.write(unfinished, entries)
    _prune(path.parent)
    return sealed, path


def fetch(origin: Artifacts, asked: str, project: Path) -> Release:
    """A release that lies in a bucket, of this or another environment; its digest may be short.

    All of it is checked against the digest. Its bundles are copied from that bucket where a region lacks
    them. Raises UsageError where there is none, Failed where it is not whole.
    """
    key = _find(origin, asked)
    body = origin.read(key)
    if body is None:
        raise Failed(f"{key} has just been deleted from {origin.bucket}.")
    directory = project / HERE / key.split("/")[1]
    path = directory / "release.zip"
    with whole_files.draft(path) as unfinished:
        unfinished.write_bytes(body)
        files = zips.contents(unfinished)
        sealed = Sealed.of(files)
        if not sealed.digest.startswith(key.split("/")[1]):
            raise Failed(
                f"{key} in {origin.bucket} holds the release {sealed.short}, and not its own."
            )
        if not sealed.digest.startswith(asked):
            raise _no_release(asked, "is no release", origin)
    for name in (NAME, *(f"{TEMPLATES}{file}" for file in sealed.templates)):
        place = directory / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(files[name])
    read = release.read(directory)
    _prune(directory)

    def copied(keys: Iterable[str]) -> Iterator[Packed]:
        return _copied(origin, sealed, keys, directory)

    return replace(read, project=project, zip=path, copied=copied, shipped=False)


def _prune(mine: Path) -> None:
    """Forget all but the latest releases that lie here; one that is being made is young."""
    beside = sorted((one for one in mine.parent.iterdir() if one != mine), key=age)
    for directory in beside[KEPT - 1 :]:
        if age(directory) > ABANDONED:
            shutil.rmtree(directory, ignore_errors=True)


def _find(origin: Artifacts, asked: str) -> str:
    """The key of the release that was asked for."""
    if len(asked) < SHORTEST or not set(asked) <= set("0123456789abcdef"):
        raise UsageError(
            f"{asked} names no release: its digest is hex, {SHORTEST} digits of it at least.",
            fix="List them: tradewind releases ENV",
        )
    prefix = f"{RELEASES}{asked[:16]}"
    found = [one.key for one in origin.listing(prefix).objects if one.key.endswith("/release.zip")]
    if len(found) == 1:
        return found[0]
    many = f"is short for {len(found)} releases" if found else "is no release"
    raise _no_release(asked, many, origin)


def _no_release(asked: str, why: str, origin: Artifacts) -> UsageError:
    return UsageError(
        f"{asked} {why} in {origin.bucket}.",
        fix="List them: tradewind releases ENV",
    )


def _copied(
    origin: Artifacts, sealed: Sealed, keys: Iterable[str], directory: Path
) -> Iterator[Packed]:
    """Bundles as another bucket has them, seen to be those that the release was sealed with."""
    from scripts.packing import Packed

    for key in keys:
        body = origin.read(key)
        path = directory / "bundles" / key.removeprefix(RELEASES)
        if body is None:
            raise Failed(f"The bundle {key} of release {sealed.short} is not in {origin.bucket}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        sha256 = digest(path)
        if sha256 != sealed.bundles.get(key):
            raise Failed(f"{key} in {origin.bucket} is not what {sealed.short} was sealed with.")
        yield Packed(key, path, sha256, len(body))


def _bucket(
    aws: Aws, environment: Environment, region: str, project: Path, *, verify: bool
) -> tuple[Artifacts, Notes]:
    """A region's bucket, and what was noted of it, as far as it is still there."""
    there = Artifacts.of(aws, environment, region)
    maker = inventory.stack(aws, region, stack_name(environment.name, ARTIFACTS))
    if maker is None or not maker.stands:
        raise Failed(
            f"{ARTIFACTS} does not stand in {region}, so there is no bucket for a release.",
            fix=f"Deploy it first: tradewind deploy {environment.name} --root {ARTIFACTS}",
        )
    present = frozenset(one.key for one in there.listing(RELEASES).objects)
    return there, Notes(project / NOTES, there.bucket, maker.id, verify, present)


def _chosen(there: Artifacts, built: Release, *, refresh: bool) -> Amis:
    """The images of these sources, kept for whoever releases them again: of two at once, the first one's."""
    if not built.amis.ids:
        return built.amis
    key = _sources(built)
    while True:
        standing = there.stamped(key)
        known = _pins(standing and standing[0])
        chosen = built.amis if refresh else built.amis | known
        body = json.dumps(chosen.to_json(), indent=1).encode()
        if standing is None:
            if there.create(key, body):
                return chosen
        elif chosen == known or there.replace(key, body, standing[1]):
            return chosen


def _sources(built: Release) -> str:
    return f"{SOURCES}{built.digest[:16]}.json"


def _pins(body: bytes | None) -> Amis:
    return Amis(json.loads(body)) if body else Amis()
