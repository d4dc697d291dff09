"""Buckets in memory, as far as the tool asks of S3: digests, conditions, listings."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.deploy.artifacts import Artifacts

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@dataclass
class Object:
    body: bytes
    metadata: dict[str, str]
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


@dataclass
class S3:
    """The buckets of an account. `asked` is every call; `after` runs once, before the next write."""

    now: datetime = NOW
    buckets: dict[str, dict[str, Object]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: list[Any] = field(default_factory=list)

    def call(self, operation: str, **said: Any) -> dict[str, Any]:
        self.asked.append((operation, said.get("Key", said.get("Prefix", ""))))
        answer: dict[str, Any] = getattr(self, operation)(
            self.buckets.setdefault(said["Bucket"], {}), said
        )
        return answer

    def holding(self, bucket: str, key: str, body: bytes, age: timedelta = timedelta()) -> None:
        """Put an object there, as old as that."""
        digest = hashlib.sha256(body).hexdigest()
        held = self.buckets.setdefault(bucket, {})
        held[key] = Object(body, {"sha256": digest}, self.now - age)

    def head_object(self, held: dict[str, Object], said: Any) -> dict[str, Any]:
        found = self._found(held, said, "404")
        checksum = base64.b64encode(hashlib.sha256(found.body).digest()).decode()
        return {"Metadata": found.metadata, "ChecksumSHA256": checksum}

    def get_object(self, held: dict[str, Object], said: Any) -> dict[str, Any]:
        found = self._found(held, said, "NoSuchKey")
        return {"Body": BytesIO(found.body), "Metadata": found.metadata, "ETag": found.etag}

    def put_object(self, held: dict[str, Object], said: Any) -> dict[str, Any]:
        if self.meanwhile:
            self.meanwhile.pop()()
        standing = held.get(said["Key"])
        if said.get("IfNoneMatch") == "*" and standing is not None:
            raise AwsSaidNo("no", code="PreconditionFailed")
        if (wanted := said.get("IfMatch")) and (standing is None or standing.etag != wanted):
            raise AwsSaidNo("no", code="PreconditionFailed")
        body = said["Body"] if isinstance(said["Body"], bytes) else said["Body"].read()
        held[said["Key"]] = Object(body, said.get("Metadata", {}), self.now)
        return {}

    def list_objects_v2(self, held: dict[str, Object], said: Any) -> dict[str, Any]:
        keys = sorted(key for key in held if key.startswith(said["Prefix"]))
        begin = int(said.get("ContinuationToken", 0))
        page = keys[begin : begin + 1000]
        return {
            "ResponseMetadata": {"HTTPHeaders": {"date": format_datetime(self.now, usegmt=True)}},
            "Contents": [
                {"Key": key, "LastModified": held[key].modified, "Size": len(held[key].body)}
                for key in page
            ],
            "IsTruncated": len(keys) > begin + 1000,
            "NextContinuationToken": str(begin + 1000),
        }

    def delete_objects(self, held: dict[str, Object], said: Any) -> dict[str, Any]:
        for one in said["Delete"]["Objects"]:
            held.pop(one["Key"], None)
        return {}

    def _found(self, held: dict[str, Object], said: Any, absent: str) -> Object:
        if said["Key"] not in held:
            raise AwsSaidNo("no", code=absent)
        return held[said["Key"]]


def artifacts(s3: S3, name: str = "artifacts") -> Artifacts:
    """One of the buckets."""
    return Artifacts(s3, name)  # type: ignore[arg-type]


class Reached(Aws):
    """An account whose S3 is in memory, and whose other services nobody may ask."""

    def __init__(self, environment: Any, s3: S3) -> None:
        super().__init__(None, environment)  # type: ignore[arg-type]
        self._clients = {("s3", region): s3 for region in environment.regions}  # type: ignore[misc]
