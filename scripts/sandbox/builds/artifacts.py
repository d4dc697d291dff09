"""What a build leaves: files found by their patterns, packed, and put into S3.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts.files
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.builds.buildspec import ArtifactSpec
from scripts.sandbox.fleets.account import Account


class ArtifactFailed(Exception):
    """Artifacts that cannot be made, in CodeBuild's words."""


@dataclass(frozen=True)
class Delivery:
    """Where artifacts go: one zip at `key`, or, with `packed` false, each file below it.

    `told` is the location as BatchGetBuilds has it.
    """

    identifier: str
    bucket: str
    key: str
    packed: bool = True
    encryption_key: str = ""

    @property
    def told(self) -> str:
        """The location as an ARN."""
        return f"arn:aws:s3:::{self.bucket}/{self.key}".rstrip("/")


def collect(spec: ArtifactSpec, source: Path) -> dict[str, Path]:
    """The files of an artifact by their names in it. Raises ArtifactFailed where none is."""
    base = _base(spec.base_directory, source)
    everything = {_relative(file, base): file for file in _files(base)}
    taken: dict[str, Path] = {}
    for pattern in spec.files:
        if "*" not in pattern and "?" not in pattern:
            named = _inside(base / pattern)
            if named.is_file():
                taken[_relative(named, base)] = named
            continue
        match = _expression(pattern)
        taken |= {name: file for name, file in everything.items() if match.fullmatch(name)}
    for pattern in spec.exclude:
        match = _expression(pattern)
        taken = {name: file for name, file in taken.items() if not match.fullmatch(name)}
    if not taken:
        raise ArtifactFailed("no matching artifact paths found")
    if spec.discard_paths:
        return {file.name: file for _, file in sorted(taken.items())}
    return dict(sorted(taken.items()))


def pack(files: Mapping[str, Path]) -> bytes:
    """A zip of files, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            executable = file.stat().st_mode & stat.S_IXUSR
            entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(entry, file.read_bytes())
    return packed.getvalue()


def deliver(account: Account, delivery: Delivery, files: Mapping[str, Path]) -> dict[str, Any]:
    """Put files where they go; gives them as BatchGetBuilds tells of them. Raises ArtifactFailed."""
    told: dict[str, Any] = {"location": delivery.told, "encryptionDisabled": False}
    if delivery.identifier:
        told["artifactIdentifier"] = delivery.identifier
    if not delivery.packed:
        for name, file in files.items():
            _put(account, delivery, f"{delivery.key}/{name}".lstrip("/"), file.read_bytes())
        return told
    content = pack(files)
    version = _put(account, delivery, delivery.key, content)
    told["sha256sum"] = hashlib.sha256(content).hexdigest()
    told["md5sum"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return told | ({"version": version} if version else {})


def _put(account: Account, delivery: Delivery, key: str, content: bytes) -> str:
    asked = {"Bucket": delivery.bucket, "Key": key, "Body": content}
    if delivery.encryption_key:
        asked |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": delivery.encryption_key}
    try:
        return str(account.call("s3", "put_object", **asked).get("VersionId", ""))
    except Failed as problem:
        raise ArtifactFailed(f"error while uploading {key}: {problem.message}") from None


def _base(directory: str, source: Path) -> Path:
    """Where paths begin; the first directory that a pattern names."""
    if "*" not in directory and "?" not in directory:
        base = _inside(source / directory) if directory else source
        found = [base] if base.is_dir() else []
    else:
        match = _expression(directory)
        found = [
            Path(folder)
            for folder, _, _ in os.walk(source)
            if match.fullmatch(_relative(Path(folder), source))
        ]
    if not found:
        raise ArtifactFailed(f"no matching base directory path found for {directory}")
    return sorted(found)[0]


def _files(base: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(base):
        for name in names:
            yield Path(folder) / name


def _inside(path: Path) -> Path:
    return Path(os.path.normpath(path))


def _relative(file: Path, base: Path) -> str:
    """A file's name in an artifact; one outside of the base has none but its own."""
    return file.relative_to(base).as_posix() if file.is_relative_to(base) else file.name


def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern as an expression: `**/` stands for any directories, `**` for anything below."""
    text = pattern.removeprefix("./")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))
