"""What is refused goes by what a call is signed for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scripts.sandbox import refusals, seams
from scripts.sandbox.gateway import Head

KEY = "AWS4-HMAC-SHA256 Credential=111111111111/20260101/eu-west-1/{}/aws4_request, "


def refused(service: str, path: str = "/any/key") -> str:
    """The refusal of a call that is signed for a service; empty where it is answered."""
    head = Head("GET", path, {}, {"host": "localhost", "authorization": KEY.format(service)})
    answer = refusals.unanswered(head)
    return answer.body.decode() if answer is not None else ""


@pytest.fixture(autouse=True)
def as_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    from ministack.core import router

    handlers = dict.fromkeys(("s3", "sqs"))
    monkeypatch.setattr(seams, "SERVICE_HANDLERS", SimpleNamespace(value=handlers))
    monkeypatch.setattr(router, "_is_aws_service_name", refusals.is_service)


@pytest.mark.parametrize("service", ["s3", "s3-object-lambda", "sqs"])
def test_what_ministack_has_is_answered(service: str) -> None:
    assert not refused(service)


@pytest.mark.parametrize("service", ["s3express", "s3-outposts", "glacier", "any"])
def test_what_it_does_not_have_is_no_bucket(service: str) -> None:
    assert f"does not have {service} " in refused(service)


def test_directory_buckets_are_refused_as_s3_refuses() -> None:
    assert refused("s3express").startswith("<Error><Code>SandboxDoesNotImplement")
