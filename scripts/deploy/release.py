"""What is shipped: the templates as they were built, and the bundles that they name.

Templates are read from templates/out and from nothing else; bundles are known by their keys until a bucket
lacks one. Where release.json lies in the project, a release was unpacked there (`releases`), and the images
that it was made with are known too; so are those of shipment.json.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.bundles import RELEASES
from generator.manifest import KEY, Manifest
from generator.settings import Settings
from scripts.aws import dns_suffix
from scripts.deploy.amis import Amis
from scripts.errors import UsageError

if TYPE_CHECKING:
    from scripts.packing import Packed

#: Below this prefix of the artifact bucket lie the templates of every release.
PREFIX = RELEASES.removesuffix("/")

#: What a release says of itself, and a shipment, where they are unpacked.
RELEASE, SHIPMENT = "release.json", "shipment.json"

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
    """Every root of a project's templates/out.

    `amis` are the images that are pinned, `bundles` the digests of bundles that are known (key -> SHA-256).
    `zip` is the file that it was fetched as, and `copied` brings its bundles from where it came; by default
    they are packed in the project. `shipped` is one whose templates and bundles lie in every region already.
    """

    roots: Mapping[str, Root]
    project: Path
    amis: Amis = field(default_factory=Amis)
    bundles: Mapping[str, str] = field(default_factory=dict)
    zip: Path | None = None
    copied: Callable[[Iterable[str]], Iterator[Packed]] | None = None
    shipped: bool = False

    @property
    def digest(self) -> str:
        """One digest of all roots: of the templates, and so of the addresses of their bundles."""
        said = "".join(f"{name}:{root.digest}\n" for name, root in sorted(self.roots.items()))
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def templates(self) -> int:
        """How many files it has."""
        return sum(1 + len(root.children) for root in self.roots.values())

    def pack(self, keys: Iterable[str]) -> Iterator[Packed]:
        """The zips of these bundles, one after the other."""
        if self.copied is not None:
            return self.copied(keys)
        from scripts.packing import Packing

        return Packing.of(self.project).pack(keys)


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
    built = Release(roots, project)
    released, shipment = (_said(project / name) for name in (RELEASE, SHIPMENT))
    if not released:
        return built
    if released.get("sources") != built.digest:
        raise UsageError(
            f"{RELEASE} in {project} is of other templates than lie there.",
            fix="A project has none: remove it. A release is unpacked into an empty directory.",
        )
    amis = Amis(released["amis"]) | Amis(shipment.get("amis", {}))
    return replace(built, amis=amis, bundles=released["bundles"], shipped=True)


def base_url(bucket: str, region: str) -> str:
    """Where CloudFormation finds the nested templates (fact `template_base_url`)."""
    return f"https://{bucket}.s3.{region}.{dns_suffix(region)}/{PREFIX}"


def _said(path: Path) -> dict[str, Any]:
    """What a file of a release that is unpacked here says; nothing where there is none."""
    if not path.is_file():
        return {}
    return _parse(path.name, path.read_bytes())


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
