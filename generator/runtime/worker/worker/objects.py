"""Objects of S3 that two workers may want to write: a write says what it replaces, and is refused otherwise.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from botocore.exceptions import ClientError

from .aws import code

#: How often a write is repeated that met another at the very same moment.
TRIES = 5

JSON = "application/json"


class Refused(Exception):
    """Another has written the object since it was read."""


@dataclass(frozen=True)
class Version:
    """An object as it was read; `tag` is its ETag, which says nothing but whether it is the same."""

    body: bytes
    tag: str


class Objects:
    """The objects of a bucket, below a prefix."""

    def __init__(self, s3, bucket: str, prefix: str = "") -> None:
        self.s3, self.bucket, self.prefix = s3, bucket, prefix

    def read(self, key: str) -> Version | None:
        """The object, if there is one."""
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + key)
        except ClientError as error:
            if code(error) == "NoSuchKey":
                return None
            raise
        return Version(answer["Body"].read(), answer["ETag"])

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        try:
            self.s3.head_object(Bucket=self.bucket, Key=self.prefix + key)
        except ClientError as error:
            if code(error) in ("404", "NoSuchKey"):
                return False
            raise
        return True

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """An object whose key says what is in it: writing it again changes nothing."""
        self.s3.put_object(
            Bucket=self.bucket, Key=self.prefix + key, Body=body, ContentType=content_type
        )

    def replace(self, before: Version | None, key: str, body: bytes) -> Version:
        """Write JSON in the place of what was read, or where there was nothing. Raises Refused."""
        condition = {"IfMatch": before.tag} if before else {"IfNoneMatch": "*"}
        for attempt in range(TRIES):
            try:
                answer = self.s3.put_object(
                    Bucket=self.bucket,
                    Key=self.prefix + key,
                    Body=body,
                    ContentType=JSON,
                    **condition,
                )
                return Version(body, answer["ETag"])
            except ClientError as error:
                match code(error):
                    case "PreconditionFailed" | "NoSuchKey":
                        return self._own(key, body)
                    case "ConditionalRequestConflict":
                        time.sleep(random.uniform(0, 0.2 * 2**attempt))  # noqa: S311 - jitter
                    case _:
                        raise
        raise Refused(key)

    def _own(self, key: str, body: bytes) -> Version:
        """A write whose answer was lost is repeated by botocore, and then refused because of itself."""
        there = self.read(key)
        if there is None or there.body != body:
            raise Refused(key)
        return there
