"""What is shipped: the templates as they were built, their addresses, and how they reach a region's bucket.

A release is read from templates/out and from nothing else. Objects are addressed by content, so an upload
that was cut off leaves nothing that anything refers to, and the next run sends only what is missing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.manifest import KEY, Manifest
from generator.settings import Settings
from scripts import failpoints
from scripts.aws import Aws, AwsSaidNo, dns_suffix
from scripts.errors import Failed, UsageError
from scripts.events import TemplateUploaded

#: Below this prefix of the artifact bucket lie the templates of every release.
PREFIX = "releases"

#: CloudFormation's quota for a template that is sent with the call, in bytes.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
INLINE_LIMIT = 51_200

#: How a root refers to a nested template: `${TemplateBaseUrl}/<address>/<file>`.
_REFERENCE = re.compile(r"\$\{TemplateBaseUrl\}/([0-9a-f]{8,64})/([a-z0-9-]+\.json)")

#: What is read of a template.
_SECTIONS = ("Metadata", "Outputs")

_REBUILD = "Build the templates again: tradewind build"


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
    def sha256(self) -> str:
        """The content's digest, in hex."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Root:
    """A root with the templates that it nests. `outputs` are those that its stack always has."""

    manifest: Manifest
    template: Template
    children: tuple[Template, ...]
    outputs: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """Of the root and, by their addresses in it, of all that it nests."""
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
    """Every root of templates/out."""

    roots: Mapping[str, Root]

    @property
    def digest(self) -> str:
        """One digest of all roots."""
        said = "".join(f"{name}:{root.digest}\n" for name, root in sorted(self.roots.items()))
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def templates(self) -> int:
        """How many files it has."""
        return sum(1 + len(root.children) for root in self.roots.values())


def read(directory: Path) -> Release:
    """Read what was built. Raises UsageError where it is not whole."""
    paths = (path for path in sorted(directory.glob("*.json")) if path.is_file())
    files = {path.name: path.read_bytes() for path in paths}
    parsed = {name: _parse(name, body) for name, body in files.items()}
    described = (
        _root(name, said, files) for name, said in parsed.items() if KEY in said.get("Metadata", {})
    )
    roots = {root.manifest.root: root for root in described}
    if not roots:
        raise UsageError(f"There are no built templates in {directory}.", fix=_REBUILD)
    return Release(roots)


def base_url(bucket: str, region: str) -> str:
    """Where CloudFormation finds the nested templates (fact `template_base_url`)."""
    return f"https://{bucket}.s3.{region}.{dns_suffix(region)}/{PREFIX}"


def upload(aws: Aws, region: str, bucket: str, root: Root) -> Iterator[TemplateUploaded]:
    """Send what the bucket lacks, children before the root. Raises Failed at the first that fails."""
    s3 = aws.client("s3", region)

    def there(template: Template) -> bool:
        try:
            head = s3.call("head_object", Bucket=bucket, Key=f"{PREFIX}/{template.key}")
        except AwsSaidNo as error:
            if error.code in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return bool(
            head["ContentLength"] == len(template.body)
            and head.get("Metadata", {}).get("sha256") == template.sha256
        )

    for template in (*root.children, root.template):
        try:
            if there(template):
                continue
            s3.call(
                "put_object",
                Bucket=bucket,
                Key=f"{PREFIX}/{template.key}",
                Body=template.body,
                ContentType="application/json",
                Metadata={"sha256": template.sha256},
                ChecksumSHA256=base64.b64encode(hashlib.sha256(template.body).digest()).decode(),
            )
            arrived = there(template)
        except AwsSaidNo as error:
            raise Failed(
                f"{template.file} could not be uploaded to {bucket}: {error.message}",
                fix="Nothing was deployed from this upload; run the same command again, "
                "it sends what is missing.",
            ) from error
        if not arrived:
            raise Failed(f"{template.file} did not arrive whole in {bucket}.")
        failpoints.reach("release.half-uploaded")
        yield TemplateUploaded(region, bucket, f"{PREFIX}/{template.key}")
    failpoints.reach("release.uploaded")


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
    )


def _child(root: str, file: str, address: str, files: Mapping[str, bytes]) -> Template:
    body = files.get(file)
    if body is None:
        raise UsageError(f"{root} nests {file}, which is missing.", fix=_REBUILD)
    if not hashlib.sha256(body).hexdigest().startswith(address):
        raise UsageError(f"{file} is not the one that {root} was built with.", fix=_REBUILD)
    return Template(file, address, body)
