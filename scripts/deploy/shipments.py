"""Shipments: a release bound for an environment, with its parameters and whoever sends it.

    shipments/<digest>.zip              in the primary's artifacts bucket; what the pipeline's builds unpack
        shipment.json                   release, environment, who, why, commit, images
        params/defaults.yaml  params/<environment>.yaml  params/waivers.yaml

Unpacked over a release it makes a project that every command of a build can be run in. Its digest is of all
that it carries, so the same release sent twice for the same reason is one shipment; when is history's.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from generator.environments import DEFAULTS
from scripts import zips
from scripts.aws import Aws
from scripts.deploy import release, releases
from scripts.deploy.amis import Amis
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.history import Completed, Requested
from scripts.deploy.release import Release
from scripts.deploy.sealed import SHORT, Sealed, digest_of
from scripts.errors import Failed, UsageError

if TYPE_CHECKING:
    from generator.environments import Environment

#: Below this prefix lie the shipments.
PREFIX = "shipments/"

#: Where in a shipment it says what it is, and where the waivers lie.
NAME, WAIVERS = release.SHIPMENT, "params/waivers.yaml"


@dataclass(frozen=True)
class Shipment:
    """`release` is a digest; `restores` the shipment that a rollback goes back to.

    `files` are what it carries: path -> content.
    """

    release: str
    environment: str
    who: str
    why: str
    commit: str = ""
    restores: str = ""
    amis: Amis = field(default_factory=Amis)
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of all that it carries."""
        return digest_of({**self.files, NAME: self.json})

    @property
    def key(self) -> str:
        """Where it lies in the primary's artifacts bucket (source action Shipment)."""
        return key(self.digest)

    @property
    def parameters(self) -> str:
        """The digest of what comes to stand besides the release: settings and images, and no waivers."""
        kept = {name: body for name, body in self.files.items() if name != WAIVERS}
        images = json.dumps(self.amis.to_json(), sort_keys=True).encode()
        return digest_of({**kept, "amis": images})

    @property
    def json(self) -> bytes:
        """What it says of itself."""
        said: dict[str, Any] = {
            "release": self.release,
            "environment": self.environment,
            "who": self.who,
            "why": self.why,
            "commit": self.commit,
            "restores": self.restores,
            "amis": self.amis.to_json(),
        }
        return json.dumps(said, indent=1).encode()

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Shipment:
        """The shipment whose files these are. Raises Failed where they are none's."""
        try:
            said = json.loads(files[NAME])
            amis = Amis(said.pop("amis"))
            carried = {name: body for name, body in files.items() if name != NAME}
            return cls(**said, amis=amis, files=carried)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise Failed(f"There is no shipment in it: {NAME} cannot be read.") from error

    @classmethod
    def unpacked(cls, project: Path) -> Shipment:
        """The one that was unpacked over a project."""
        if not (project / NAME).is_file():
            raise UsageError(
                f"There is no {NAME} in {project}.",
                fix="This is for the pipeline's builds, where a shipment is unpacked over a release.",
            )
        said = json.loads((project / NAME).read_bytes())
        paths = [NAME, WAIVERS, *_settings(str(said.get("environment", "")))]
        files = {path: project / path for path in paths}
        return cls.of({path: file.read_bytes() for path, file in files.items() if file.is_file()})

    def requested(self, execution: str, at: str) -> Requested:
        """The record that an execution was asked to bring it."""
        return Requested(execution=execution, at=at, **self._told)

    def completed(self, execution: str, at: str) -> Completed:
        """The record that an execution has brought it."""
        return Completed(execution=execution, at=at, **self._told)

    def read(self) -> Environment:
        """Its environment, from the settings that it carries. Raises EnvironmentInvalid."""
        from generator import environments

        with TemporaryDirectory() as scratch:
            for name, body in self.files.items():
                path = Path(scratch, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
            return environments.read(Path(scratch, "params"), self.environment)

    @property
    def _told(self) -> dict[str, str]:
        return {
            "release": self.release,
            "shipment": self.digest,
            "parameters": self.parameters,
            "who": self.who,
            "why": self.why,
            "restores": self.restores,
            "commit": self.commit,
        }


def make(
    aws: Aws, environment: Environment, sealed: Sealed, built: Release, *, why: str = ""
) -> Shipment:
    """A release with the project's parameters as they are now.

    `built` is what was shipped. Pinned are the images of the release, and `built`'s for regions that it knows
    nothing of. `why` is by default the commit's subject.
    """
    commit, subject = _commit(built.project)
    return Shipment(
        release=sealed.digest,
        environment=environment.name,
        who=aws.identity.who,
        why=why or subject,
        commit=commit,
        amis=built.amis | sealed.amis,
        files=_carried(built.project, environment.name),
    )


def make_rollback(
    aws: Aws, environment: Environment, goal: Completed, project: Path, *, why: str = ""
) -> tuple[Release, Shipment]:
    """The release and the parameters that stood, with today's waivers; `goal` is of History.way_back().

    Raises Failed where either is gone from the bucket.
    """
    there = Artifacts.of(aws, environment, environment.primary_region)
    old = fetch(there, goal.shipment)
    built = releases.fetch(there, goal.release, project)
    waivers = project / WAIVERS
    files = {name: body for name, body in old.files.items() if name != WAIVERS}
    if waivers.is_file():
        files[WAIVERS] = waivers.read_bytes()
    shipment = Shipment(
        release=goal.release,
        environment=environment.name,
        who=aws.identity.who,
        why=why or f"back to what stood since {goal.at}: {goal.why}".rstrip(": "),
        commit=old.commit,
        restores=goal.shipment,
        amis=old.amis,
        files=files,
    )
    return releases.with_images(built, old.amis), shipment


def send(aws: Aws, environment: Environment, shipment: Shipment) -> str:
    """Bring it to the primary's artifacts bucket; gives its key. Repeatable."""
    there = Artifacts.of(aws, environment, environment.primary_region)
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "shipment.zip")
        files = {**shipment.files, NAME: shipment.json}
        zips.write(path, {name: zips.plain(body) for name, body in files.items()})
        body = path.read_bytes()
    sha256 = hashlib.sha256(body).hexdigest()
    if not there.hold(shipment.key, sha256):
        there.put(shipment.key, body, sha256, "application/zip")
    return shipment.key


def fetch(there: Artifacts, digest: str) -> Shipment:
    """The shipment of a digest. Raises Failed where it is gone, or not what it was."""
    body = there.read(key(digest))
    if body is None:
        raise Failed(f"The shipment {digest[:SHORT]} is no longer in {there.bucket}.")
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "shipment.zip")
        path.write_bytes(body)
        found = Shipment.of(zips.contents(path))
    if found.digest != digest:
        raise Failed(f"{key(digest)} in {there.bucket} is the shipment {found.digest[:SHORT]}.")
    return found


def key(digest: str) -> str:
    """Where the shipment of a digest lies."""
    return f"{PREFIX}{digest[:SHORT]}.zip"


def _settings(environment: str) -> tuple[str, str]:
    """The files that an environment's settings are read from."""
    return f"params/{DEFAULTS}.yaml", f"params/{environment}.yaml"


def _carried(project: Path, environment: str) -> dict[str, bytes]:
    """What a project says of an environment. Without waivers there is nothing to waive."""
    files = {name: (project / name).read_bytes() for name in _settings(environment)}
    waivers = project / WAIVERS
    return {**files, WAIVERS: waivers.read_bytes()} if waivers.is_file() else files


def _commit(project: Path) -> tuple[str, str]:
    """The commit that the project is, and its subject; no commit where anything differs from it."""
    subject = _git(project, "log", "-1", "--format=%s")
    clean = _git(project, "status", "--porcelain", "--", ".") == ""
    commit = _git(project, "rev-parse", "HEAD")
    return (commit or "") if clean else "", subject or ""


def _git(project: Path, *words: str) -> str | None:
    """What git says; None where it says nothing of this project, or is not there."""
    try:
        run = subprocess.run(
            ["git", "-C", str(project), *words],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None
