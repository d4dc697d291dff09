"""Objects that two workers may write: what S3 answers, and what is made of it."""

from __future__ import annotations

import io
import itertools
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tests.unit.runtime.worker.parts import part

objects, checkpoints, jobs = (part(name) for name in ("objects", "checkpoints", "jobs"))

JOB = jobs.Job("product-feed", "2026-11-23T02:00:00Z")
KEY = "checkpoints/product-feed/2026-11-23T020000Z.json"


@pytest.fixture
def s3() -> Any:
    return boto3.client("s3", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects.time, "sleep", lambda _: None)


def refuses(stub: Stubber, code: str, status: int) -> None:
    stub.add_client_error("put_object", code, http_status_code=status)


def holds(stub: Stubber, body: bytes) -> None:
    stub.add_response("get_object", {"Body": io.BytesIO(body), "ETag": '"there"'})


def test_a_write_says_what_it_replaces(s3: Any) -> None:
    common = {"Bucket": "b", "Key": "p/k", "Body": b"{}", "ContentType": "application/json"}
    with Stubber(s3) as stub:
        stub.add_response("put_object", {"ETag": '"1"'}, {**common, "IfNoneMatch": "*"})
        stub.add_response("put_object", {"ETag": '"2"'}, {**common, "IfMatch": '"1"'})
        ours = objects.Objects(s3, "b", "p/")
        first = ours.replace(None, "k", b"{}")
        assert ours.replace(first, "k", b"{}").tag == '"2"'


def test_two_writes_at_the_same_moment_are_tried_again(s3: Any) -> None:
    with Stubber(s3) as stub:
        refuses(stub, "ConditionalRequestConflict", 409)
        stub.add_response("put_object", {"ETag": '"1"'})
        assert objects.Objects(s3, "b").replace(None, "k", b"{}").tag == '"1"'


def test_but_not_for_ever(s3: Any) -> None:
    with Stubber(s3) as stub:
        for _ in range(objects.TRIES):
            refuses(stub, "ConditionalRequestConflict", 409)
        with pytest.raises(objects.Refused):
            objects.Objects(s3, "b").replace(None, "k", b"{}")


@pytest.mark.parametrize("code", ["PreconditionFailed", "NoSuchKey"])
def test_what_another_wrote_stays(s3: Any, code: str) -> None:
    with Stubber(s3) as stub:
        refuses(stub, code, 412)
        holds(stub, b"another's")
        with pytest.raises(objects.Refused):
            objects.Objects(s3, "b").replace(objects.Version(b"", '"1"'), "k", b"ours")


def test_what_it_wrote_itself_is_no_other(s3: Any) -> None:
    with Stubber(s3) as stub:
        refuses(stub, "PreconditionFailed", 412)
        holds(stub, b"ours")
        ours = objects.Objects(s3, "b").replace(objects.Version(b"", '"1"'), "k", b"ours")
        assert ours.tag == '"there"'


class Bucket:
    """S3's conditions, in memory."""

    def __init__(self) -> None:
        self.versions: dict[str, Any] = {}
        self.tags = map(str, itertools.count())

    def read(self, key: str) -> Any:
        return self.versions.get(key)

    def replace(self, before: Any, key: str, body: bytes) -> Any:
        if self.versions.get(key) != before:
            raise objects.Refused
        self.versions[key] = objects.Version(body, next(self.tags))
        return self.versions[key]


def test_whoever_takes_a_job_shuts_out_whoever_had_it() -> None:
    bucket = Bucket()
    first = checkpoints.take(bucket, JOB)
    first.save(seen=2, after={"product_id": {"S": "p-1"}})
    second = checkpoints.take(bucket, JOB)

    assert (second.progress.seen, second.progress.after) == (2, {"product_id": {"S": "p-1"}})
    with pytest.raises(objects.Refused):
        first.save(seen=4)
    second.save(seen=4)
    assert checkpoints.take(bucket, JOB).progress.seen == 4


def test_two_that_take_a_job_at_the_same_moment_do_not_both_have_it() -> None:
    bucket = Bucket()

    class Slow(Bucket):
        """Between its read and its write another takes the job."""

        versions = bucket.versions

        def __init__(self) -> None:
            """Its objects are the other's."""

        def read(self, key: str) -> Any:
            before = super().read(key)
            checkpoints.take(bucket, JOB)
            return before

    with pytest.raises(objects.Refused):
        checkpoints.take(Slow(), JOB)


def test_a_job_that_is_done_is_left_as_it_is() -> None:
    bucket = Bucket()
    checkpoints.take(bucket, JOB).save(walked=True, done=True)
    before = dict(bucket.versions)

    assert checkpoints.take(bucket, JOB).progress.done
    assert bucket.versions == before
