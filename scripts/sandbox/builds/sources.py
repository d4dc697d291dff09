"""What a build begins with: nothing, zips or folders in S3, or what CodePipeline hands over.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.builds.records import Build
from scripts.sandbox.builds.workshop import NotAZip, Workshop
from scripts.sandbox.fleets.account import Account, explained


class SourceFailed(Exception):
    """A source that cannot be had, in CodeBuild's words."""


@dataclass(frozen=True)
class Location:
    """An object in S3, or all below a key that ends with a slash. `version` may be empty."""

    bucket: str
    key: str
    version: str = ""

    @classmethod
    def parse(cls, location: str, version: str = "") -> Location:
        """From `bucket/key`, or the ARN of an object. Raises SourceFailed."""
        bucket, _, key = location.removeprefix("arn:aws:s3:::").partition("/")
        if not bucket or not key:
            raise SourceFailed(f"invalid S3 location: {location!r}")
        return cls(bucket, key, version)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:s3:::{self.bucket}/{self.key}"


def locations(build: Build) -> list[tuple[str, Location]]:
    """The sources of a build by their identifiers; the primary's is empty. Raises SourceFailed."""
    if build.delivery:
        given = build.delivery["sources"]
        return [
            (one["name"] if number else "", Location(**one["location"]))
            for number, one in enumerate(given)
        ]
    asked = build.asked
    versions = {
        one["sourceIdentifier"]: one["sourceVersion"]
        for one in asked.get("secondarySourceVersions", ())
    }
    versions[""] = asked.get("sourceVersion", "")
    named = [
        ("", asked["source"]),
        *((one["sourceIdentifier"], one) for one in asked.get("secondarySources", ())),
    ]
    return [
        (name, Location.parse(one["location"], versions.get(name, "")))
        for name, one in named
        if one["type"] == "S3"
    ]


@dataclass
class Downloads:
    """Sources from S3, each content fetched once: its entity tag and its length tell it apart."""

    workshop: Workshop
    _digests: dict[tuple[str, int], str] = field(default_factory=dict)

    def shelve(self, account: Account, location: Location) -> tuple[str, str]:
        """Have a source in the workshop; its digest, and the version that it is.

        Raises SourceFailed.
        """
        if location.key.endswith("/"):
            return self._shelve(_folder(account, location)), ""
        asked = {"Bucket": location.bucket, "Key": location.key}
        if location.version:
            asked["VersionId"] = location.version
        head = _ask(account, "head_object", location, **asked)
        known = head["ETag"], head["ContentLength"]
        version = head.get("VersionId", "") or head["ETag"].strip('"')
        digest = self._digests.get(known, "")
        if not digest or not self.workshop.has(digest):
            digest = self._shelve(_body(account, location, **asked))
            self._digests[known] = digest
        return digest, version

    def _shelve(self, content: bytes) -> str:
        try:
            return self.workshop.shelve(content)
        except NotAZip as problem:
            raise SourceFailed(f"the source is no zip: {problem}") from None


def text_of(account: Account, location: Location) -> str:
    """A text in S3, such as a buildspec. Raises SourceFailed."""
    content = _body(account, location, Bucket=location.bucket, Key=location.key)
    return content.decode("utf-8", "replace")


def _folder(account: Account, location: Location) -> bytes:
    """All below a key, as a zip that is the same for the same objects."""
    listed = _ask(account, "list_objects_v2", location, Bucket=location.bucket, Prefix=location.key)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for entry in listed.get("Contents", ()):
            name = entry["Key"].removeprefix(location.key)
            if name and not name.endswith("/"):
                content = _body(account, location, Bucket=location.bucket, Key=entry["Key"])
                archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _body(account: Account, location: Location, **asked: str) -> bytes:
    told = _ask(account, "get_object", location, **asked)
    try:
        with explained(f"reading {location.arn}"):
            content: bytes = told["Body"].read()
    except Failed as problem:
        raise SourceFailed(problem.message) from None
    return content


def _ask(account: Account, operation: str, location: Location, **asked: str) -> dict[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        told: dict[str, Any] = getattr(account.client("s3"), operation)(**asked)
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]
        name = "NoSuchKey" if code == "404" else code
        raise SourceFailed(
            f"error while downloading key {location.key}, error: {name}: "
            f"{error.response['Error'].get('Message', '')} "
            f"status code: {status.get('HTTPStatusCode')}"
        ) from None
    except BotoCoreError as error:
        raise SourceFailed(f"error while downloading key {location.key}: {error}") from None
    return told
