"""A region's artifacts bucket: what is sent is seen to arrive, and what two machines write at once is told.

S3 is told each digest twice: it checks the one, and keeps both. Conditional writes are S3's own:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any

from generator.naming import artifact_bucket
from scripts.aws import Aws, AwsSaidNo, Client, Environment
from scripts.errors import Failed

#: What S3 calls an object, or a bucket, that is not there. A HEAD has no body, and so the number alone.
_ABSENT = ("404", "NoSuchKey", "NotFound", "NoSuchBucket")

#: What it says where a condition of a write does not hold, or two such writes met.
_CONTESTED = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409")

#: Keys in one DeleteObjects.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
_AT_ONCE = 1000


@dataclass(frozen=True)
class Stored:
    """An object as a listing tells it."""

    key: str
    modified: datetime
    size: int


@dataclass(frozen=True)
class Listing:
    """The objects below a prefix, and when S3 said so, by its own clock."""

    objects: tuple[Stored, ...]
    at: datetime


@dataclass(frozen=True)
class Artifacts:
    """One bucket."""

    s3: Client
    bucket: str

    @classmethod
    def of(cls, aws: Aws, environment: Environment, region: str) -> Artifacts:
        """The environment's in a region."""
        name = artifact_bucket(environment.name, environment.account_id, region)
        return cls(aws.client("s3", region), name)

    def digest(self, key: str) -> str:
        """The SHA-256 that an object was sent with and arrived with; empty where it is absent or torn."""
        try:
            head = self.s3.call("head_object", Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        except AwsSaidNo as error:
            if error.code in _ABSENT:
                return ""
            raise
        sent = str(head.get("Metadata", {}).get("sha256", ""))
        arrived = base64.b64decode(head.get("ChecksumSHA256", "")).hex()
        return sent if arrived == sent else ""

    def hold(self, key: str, sha256: str = "") -> bool:
        """Whether the object is there with this digest, or at least with the one that it was sent with."""
        held = self.digest(key)
        return bool(held) and held == (sha256 or held)

    def put(self, key: str, body: bytes | IO[bytes], sha256: str, content_type: str) -> None:
        """Send an object and see that it arrived. Raises Failed where it did not."""
        try:
            self._send(key, body, sha256, content_type)
            arrived = self.hold(key, sha256)
        except AwsSaidNo as error:
            raise Failed(
                f"{key} could not be uploaded to {self.bucket}: {error.message}",
                fix="Nothing was deployed from this upload; run the same command again, "
                "it sends what is missing.",
            ) from error
        if not arrived:
            raise Failed(f"{key} did not arrive whole in {self.bucket}.")

    def read(self, key: str) -> bytes | None:
        """An object's content; None where it is absent. Raises Failed where it is not what was sent."""
        found = self.stamped(key)
        return found and found[0]

    def stamped(self, key: str) -> tuple[bytes, str] | None:
        """The same, with the ETag that `replace` asks for."""
        try:
            answer = self.s3.call("get_object", Bucket=self.bucket, Key=key)
        except AwsSaidNo as error:
            if error.code in _ABSENT:
                return None
            raise
        body: bytes = answer["Body"].read()
        sent = answer.get("Metadata", {}).get("sha256", "")
        if sent and hashlib.sha256(body).hexdigest() != sent:
            raise Failed(f"{key} in {self.bucket} is not what was sent there.")
        return body, str(answer["ETag"])

    def create(self, key: str, body: bytes, content_type: str = "application/json") -> bool:
        """Send an object unless there is one; whether there was none."""
        return self._unless(key, body, content_type, IfNoneMatch="*")

    def replace(self, key: str, body: bytes, etag: str) -> bool:
        """Send a JSON object in the place of the one that was read; whether that still stood."""
        return self._unless(key, body, "application/json", IfMatch=etag)

    def listing(self, prefix: str) -> Listing:
        """Every object below a prefix; none where there is no bucket, and so nothing that is old."""
        found, token, at = list[Stored](), dict[str, str](), None
        while True:
            try:
                page = self.s3.call("list_objects_v2", Bucket=self.bucket, Prefix=prefix, **token)
            except AwsSaidNo as error:
                if error.code in _ABSENT:
                    return Listing((), datetime.min.replace(tzinfo=UTC))
                raise
            told = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
            at = min(at or told, told)
            found += (
                Stored(one["Key"], one["LastModified"], one["Size"])
                for one in page.get("Contents", ())
            )
            if not page.get("IsTruncated"):
                return Listing(tuple(found), at)
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, keys: Sequence[str]) -> Iterator[str]:
        """Delete objects, and give those that are gone. Raises Failed at the first that S3 keeps."""
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            answer = self.s3.call(
                "delete_objects",
                Bucket=self.bucket,
                Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
            )
            kept = {one["Key"]: one.get("Message", "") for one in answer.get("Errors", ())}
            yield from (key for key in some if key not in kept)
            for key, reason in kept.items():
                raise Failed(f"{key} in {self.bucket} could not be deleted: {reason}")

    def _unless(self, key: str, body: bytes, content_type: str, **condition: str) -> bool:
        try:
            self._send(key, body, hashlib.sha256(body).hexdigest(), content_type, **condition)
        except AwsSaidNo as error:
            if error.code in _CONTESTED:
                return False
            raise
        return True

    def _send(
        self,
        key: str,
        body: bytes | IO[bytes],
        sha256: str,
        content_type: str,
        **condition: Any,
    ) -> None:
        self.s3.call(
            "put_object",
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            Metadata={"sha256": sha256},
            ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
            **condition,
        )
