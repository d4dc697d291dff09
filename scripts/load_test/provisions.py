"""JMeter, which the generators work with and an operator brings once for all.

The plan is a bundle of the release, and goes with the stack. JMeter cannot: CodeBuild's image has Java and no
JMeter, and a run should not hang on somebody's download page. So the operator downloads Apache's own archive,
and this tool puts it into the artifacts bucket. Its SHA-512 travels with the object and with every run, and
each generator checks it before it unpacks.
https://github.com/aws/aws-codebuild-docker-images/blob/master/al/aarch64/standard/3.0/Dockerfile
"""

from __future__ import annotations

import hashlib
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed, UsageError

_ABSENT = ("404", "NoSuchKey", "NotFound")

#: What an archive of JMeter must hold below its one directory.
_NEEDED = ("bin/jmeter", "bin/ApacheJMeter.jar", "lib/ext/ApacheJMeter_http.jar")

_ARCHIVE = "apache-jmeter-5.6.3.tgz, say, from https://jmeter.apache.org/download_jmeter.cgi"


@dataclass(frozen=True)
class Place:
    """An object, as `s3://bucket/key` names it."""

    bucket: str
    key: str

    @classmethod
    def of(cls, url: str) -> Place:
        """Read an address."""
        parts = urlsplit(url)
        return cls(parts.netloc, parts.path.removeprefix("/"))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Archive:
    """An archive of JMeter; `name` is that of its directory."""

    name: str
    sha512: str


def read_archive(path: Path) -> Archive:
    """An archive on this machine. Raises UsageError for what is none, or not the one Apache signed off.

    Apache publishes FILE.sha512 beside FILE; where it lies beside it here too, it must agree.
    """
    try:
        digest = hashlib.sha512()
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        with tarfile.open(path) as archive:
            names = {name.removeprefix("./") for name in archive.getnames()}
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise UsageError(f"{path} is no whole .tgz: {error}.", fix=f"Take {_ARCHIVE}.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    directories = {name.partition("/")[0] for name in names}
    missing = [
        needed for needed in _NEEDED if not any(f"{top}/{needed}" in names for top in directories)
    ]
    if missing or len(directories) != 1:
        raise UsageError(
            f"{path} is no archive of JMeter: it lacks {', '.join(missing) or 'one directory'}.",
            fix=f"Take {_ARCHIVE}.",
        )
    _compare(path, digest.hexdigest())
    return Archive(directories.pop(), digest.hexdigest())


def put_jmeter(aws: Aws, region: str, place: Place, path: Path, archive: Archive) -> None:
    """Put it where the generators look, unless it lies there already."""
    held = jmeter(aws, region, place)
    if held is not None and held.sha512 == archive.sha512:
        return
    with path.open("rb") as file:
        aws.client("s3", region).call(
            "put_object",
            Bucket=place.bucket,
            Key=place.key,
            Body=file,
            Metadata={"sha512": archive.sha512, "name": archive.name},
        )
    if jmeter(aws, region, place) != archive:
        raise Failed(f"{path} did not arrive in {place}.", fix="Run the same command again.")


def jmeter(aws: Aws, region: str, place: Place) -> Archive | None:
    """The JMeter that lies in the bucket, if one does that this tool put there."""
    said = (_head(aws, region, place) or {}).get("Metadata", {})
    return Archive(said.get("name", "JMeter"), said["sha512"]) if said.get("sha512") else None


def _compare(path: Path, sha512: str) -> None:
    published = path.with_name(f"{path.name}.sha512")
    if not published.is_file():
        return
    said = re.findall(r"\b[0-9a-f]{128}\b", published.read_text(errors="replace").lower())
    if said != [sha512]:
        raise UsageError(
            f"{path.name} is not what {published.name} beside it says.",
            fix="Download both again.",
        )


def _head(aws: Aws, region: str, place: Place) -> Mapping[str, Any] | None:
    try:
        return aws.client("s3", region).call("head_object", Bucket=place.bucket, Key=place.key)
    except AwsSaidNo as error:
        if error.code in _ABSENT:
            return None
        raise
