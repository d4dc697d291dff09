"""What is shipped: the templates as they were built, the bundles that they name, and how both reach a bucket.

A release is read from templates/out and from nothing else; bundles are known by their keys until a bucket
lacks one. Objects are addressed by content, so an upload
that was cut off leaves nothing that anything refers to, and the next run sends only what is missing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from generator.bundles import RELEASES
from generator.manifest import KEY, Manifest
from generator.settings import Settings
from scripts import failpoints
from scripts.aws import Aws, AwsSaidNo, Client, dns_suffix
from scripts.errors import Failed, UsageError
from scripts.events import BundlesMissed, BundleUploaded, TemplateUploaded

#: Below this prefix of the artifact bucket lie the templates of every release.
PREFIX = RELEASES.removesuffix("/")

#: Objects of a bucket that are looked at side by side.
AT_ONCE = 8

#: CloudFormation's quota for a template that is sent with the call, in bytes.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
INLINE_LIMIT = 51_200

#: How a root refers to a nested template: `${TemplateBaseUrl}/<address>/<file>`.
_REFERENCE = re.compile(r"\$\{TemplateBaseUrl\}/([0-9a-f]{8,64})/([a-z0-9-]+\.json)")

#: How a template refers to a bundle: by its key.
_BUNDLE = re.compile(rf"{RELEASES}[0-9a-f]{{16}}/[\w-]+\.zip")

#: What is read of a template.
_SECTIONS = ("Metadata", "Outputs")

_REBUILD = "Build the templates again: tradewind build"

Uploaded: TypeAlias = BundlesMissed | BundleUploaded | TemplateUploaded


@dataclass(frozen=True)
class Template:
    """One file of the release. `key` is where it lies below the base URL."""

    file: str
    address: str
    body: bytes

    @property
    def key(self) -> str:
        """`<address>/<file>`."""
        return f"{self.address}/{self.file}"

    @property
    def released(self) -> str:
        """Where it lies in the artifact bucket."""
        return f"{RELEASES}{self.key}"

    @property
    def sha256(self) -> str:
        """The content's digest, in hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Root:
    """A root with the templates that it nests, and the keys of the bundles that they name.

    `outputs` are those that its stack always has.
    """

    manifest: Manifest
    template: Template
    children: tuple[Template, ...]
    outputs: frozenset[str] = frozenset()
    bundles: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Of the root and, by their addresses, of all that it nests and of the bundles that these name."""
        return self.template.sha256

    @property
    def inline(self) -> str:
        """The template without white space, for a call that carries it."""
        body = json.dumps(json.loads(self.template.body), separators=(",", ":"))
        if len(body.encode()) > INLINE_LIMIT:
            raise UsageError(
                f"{self.template.file} has {len(body.encode())} bytes; CloudFormation takes "
                f"{INLINE_LIMIT} in a call, and its bucket does not stand before it does.",
                fix="Move resources out of this root.",
            )
        return body


@dataclass(frozen=True)
class Release:
    """Every root of a project's templates/out."""

    roots: Mapping[str, Root]
    project: Path

    @property
    def digest(self) -> str:
        """One digest of all roots."""
        said = "".join(f"{name}:{root.digest}\n" for name, root in sorted(self.roots.items()))
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def templates(self) -> int:
        """How many files it has."""
        return sum(1 + len(root.children) for root in self.roots.values())


def read(project: Path) -> Release:
    """Read what was built in a project. Raises UsageError where it is not whole."""
    directory = project / "templates" / "out"
    paths = (path for path in sorted(directory.glob("*.json")) if path.is_file())
    files = {path.name: path.read_bytes() for path in paths}
    parsed = {name: _parse(name, body) for name, body in files.items()}
    described = (
        _root(name, said, files) for name, said in parsed.items() if KEY in said.get("Metadata", {})
    )
    roots = {root.manifest.root: root for root in described}
    if not roots:
        raise UsageError(f"There are no built templates in {directory}.", fix=_REBUILD)
    return Release(roots, project)


def base_url(bucket: str, region: str) -> str:
    """Where CloudFormation finds the nested templates (fact `template_base_url`)."""
    return f"https://{bucket}.s3.{region}.{dns_suffix(region)}/{PREFIX}"


def upload(aws: Aws, region: str, bucket: str, root: Root, project: Path) -> Iterator[Uploaded]:
    """Send what the bucket lacks: bundles, then children, then the root.

    What it holds is asked of S3 alone, so that where nothing is lacking no bundle is packed. Raises Failed at
    the first that does not arrive.
    """
    there = Artifacts(aws.client("s3", region), bucket)
    templates = (*root.children, root.template)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        bundled = pool.map(there.hold, root.bundles)
        written = pool.map(
            there.hold, (t.released for t in templates), (t.sha256 for t in templates)
        )
        lacking = [key for key, held in zip(root.bundles, bundled, strict=True) if not held]
        unwritten = [one for one, held in zip(templates, written, strict=True) if not held]
    if lacking:
        yield from _upload_bundles(there, region, lacking, project)
    for template in unwritten:
        there.put(template.released, template.body, template.sha256, "application/json")
        failpoints.reach("release.half-uploaded")
        yield TemplateUploaded(region, bucket, template.released)
    failpoints.reach("release.uploaded")


def _upload_bundles(
    there: Artifacts, region: str, keys: Sequence[str], project: Path
) -> Iterator[Uploaded]:
    from scripts.packing import Packing

    yield BundlesMissed(region, len(keys))
    for number, packed in enumerate(Packing.of(project).pack(keys), start=1):
        with packed.path.open("rb") as body:
            there.put(packed.key, body, packed.sha256, "application/zip")
        failpoints.reach("release.half-uploaded")
        yield BundleUploaded(region, there.bucket, packed.key, number, len(keys))


@dataclass(frozen=True)
class Artifacts:
    """A region's artifact bucket. S3 is told each digest twice: it checks the one, and keeps both."""

    s3: Client
    bucket: str

    def hold(self, key: str, sha256: str = "") -> bool:
        """Whether the object is there with this digest, or at least with the one that it was sent with."""
        try:
            head = self.s3.call("head_object", Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        except AwsSaidNo as error:
            if error.code in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        sent = head.get("Metadata", {}).get("sha256", "")
        arrived = base64.b64decode(head.get("ChecksumSHA256", "")).hex()
        return bool(arrived) and arrived == sent == (sha256 or sent)

    def put(self, key: str, body: bytes | IO[bytes], sha256: str, content_type: str) -> None:
        """Send an object and see that it arrived. Raises Failed where it did not."""
        try:
            self.s3.call(
                "put_object",
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                Metadata={"sha256": sha256},
                ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
            )
            arrived = self.hold(key, sha256)
        except AwsSaidNo as error:
            raise Failed(
                f"{key} could not be uploaded to {self.bucket}: {error.message}",
                fix="Nothing was deployed from this upload; run the same command again, "
                "it sends what is missing.",
            ) from error
        if not arrived:
            raise Failed(f"{key} did not arrive whole in {self.bucket}.")


def _parse(name: str, body: bytes) -> dict[str, Any]:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is not JSON: {error}.", fix=_REBUILD) from error
    if not isinstance(said, dict) or not all(
        isinstance(said.get(section, {}), dict) for section in _SECTIONS
    ):
        raise UsageError(f"{name} is not a template.", fix=_REBUILD)
    return said


def _root(name: str, said: Mapping[str, Any], files: Mapping[str, bytes]) -> Root:
    body = files[name]
    children = tuple(
        _child(name, file, address, files)
        for address, file in dict.fromkeys(_REFERENCE.findall(body.decode()))
    )
    try:
        manifest = Manifest.of(said)
        known = {setting.key for setting in Settings.all()}
        asked = {source.key for source in manifest.parameters.values() if source.key}
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError(
            f"{name} does not say as it should where its parameters come from.", fix=_REBUILD
        ) from error
    if unknown := asked - known:
        raise UsageError(
            f"{name} asks for {', '.join(sorted(unknown))}, which is no setting of this version.",
            fix=_REBUILD,
        )
    return Root(
        manifest,
        Template(name, hashlib.sha256(body).hexdigest()[:16], body),
        children,
        frozenset(
            key for key, output in said.get("Outputs", {}).items() if "Condition" not in output
        ),
        tuple(
            sorted({key for each in (body, *(c.body for c in children)) for key in _bundles(each)})
        ),
    )


def _child(root: str, file: str, address: str, files: Mapping[str, bytes]) -> Template:
    body = files.get(file)
    if body is None:
        raise UsageError(f"{root} nests {file}, which is missing.", fix=_REBUILD)
    if not hashlib.sha256(body).hexdigest().startswith(address):
        raise UsageError(f"{file} is not the one that {root} was built with.", fix=_REBUILD)
    return Template(file, address, body)


def _bundles(body: bytes) -> list[str]:
    return _BUNDLE.findall(body.decode())
