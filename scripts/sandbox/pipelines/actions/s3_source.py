"""Source S3: an object of a versioned bucket becomes the artifact.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
"""

from __future__ import annotations

from scripts.sandbox.pipelines import objects
from scripts.sandbox.pipelines.objects import NoObject
from scripts.sandbox.pipelines.providers import Artifact, Ended, Job, Refused

#: The object's own note on what the revision is.
#: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
SUMMARY = "codepipeline-artifact-revision-summary"

_MISSING = ("NoSuchKey", "NoSuchVersion", "404")


class S3Source:
    """The provider. Its external id is the version of the object."""

    def begin(self, job: Job) -> str:
        """Settle on a version. Raises Refused."""
        bucket, key = job.configuration["S3Bucket"], _key(job)
        try:
            if not objects.is_versioned(bucket):
                raise Refused(
                    f"The S3 bucket {bucket} is not versioned: enable versioning on it, so that it can "
                    "be a source."
                )
            found = objects.head(bucket, key, job.revision.get("S3_OBJECT_VERSION_ID", ""))
        except NoObject as no:
            raise _refused(bucket, key, no) from None
        return found.version or "null"

    def look(self, job: Job, external_id: str) -> Ended:
        """Copy it into the artifact store."""
        bucket, key = job.configuration["S3Bucket"], _key(job)
        (output,) = job.outputs
        try:
            found = objects.head(bucket, key, external_id)
            source = (bucket, key, external_id)
            stored = objects.copy(source, output.bucket, output.key, output.encryption_key)
        except NoObject as no:
            refused = _refused(bucket, key, no)
            return Ended(False, code=refused.code, message=refused.message)
        summary = found.metadata.get(SUMMARY) or f"Amazon S3 version id: {external_id}"
        return Ended(
            True,
            summary=summary,
            variables={
                "BucketName": bucket,
                "ETag": found.etag,
                "ObjectKey": key,
                "VersionId": external_id,
            },
            artifacts={
                output.name: Artifact(output.name, output.bucket, output.key, stored.version)
            },
            revision={"revisionId": external_id, "revisionSummary": summary},
        )

    def stop(self, job: Job, external_id: str) -> None:
        """There is nothing under way."""


def _key(job: Job) -> str:
    return job.revision.get("S3_OBJECT_KEY") or job.configuration["S3ObjectKey"]


def _refused(bucket: str, key: str, no: NoObject) -> Refused:
    if no.code in _MISSING:
        return Refused(
            f"The object with key '{key}' does not exist in the S3 bucket '{bucket}', or not in that "
            "version.",
            "RevisionUnavailable",
        )
    return Refused(f"The S3 bucket {bucket} could not be read: {no.code}: {no}", "PermissionError")
