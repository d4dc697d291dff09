"""CloudFormation is answered in every case, in time, and with no word that is not for readers of events."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.loopback import LoopbackServer, serving
from tests.unit.runtime.cloudformation import Context, request
from tests.unit.runtime.loading import execution_environment


class CloudFormation:
    """The address for answers, which may fail at first."""

    def __init__(self) -> None:
        self.fails = 0
        self.url = ""
        self.types: list[str] = []
        self.heard: list[dict[str, Any]] = []

    def hears(self, content_type: str, body: bytes) -> int:
        if self.fails:
            self.fails -= 1
            return 503
        self.types.append(content_type)
        self.heard.append(json.loads(body))
        return 200


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    said = CloudFormation()

    class Answers(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(said.hears(self.headers["Content-Type"], body))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with serving(LoopbackServer(Answers)) as server:
        said.url = f"{server.url}/answer?Signature=secret"
        yield said


@pytest.fixture
def module() -> ModuleType:
    return execution_environment("custom_resource")


class Thing:
    """What is made, and unmade; or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.did: list[str] = []

    def work(self, event: dict[str, Any]) -> None:
        self.did.append("work")
        if self.error:
            raise self.error

    def undo(self, event: dict[str, Any]) -> None:
        self.did.append("undo")


def fulfil(
    module: ModuleType,
    cloudformation: CloudFormation,
    thing: Thing,
    kind: str = "Create",
    **more: Any,
) -> dict[str, Any]:
    """How CloudFormation was answered, once."""
    event = request(cloudformation.url, kind, **{"ResourceProperties": {"Name": "thing"}, **more})
    module.fulfil(
        event, Context(), lambda e: e["ResourceProperties"]["Name"], thing.work, thing.undo
    )
    (answer,) = cloudformation.heard
    return answer


def test_what_is_done_is_told_under_the_requests_own_names(
    module: ModuleType, cloudformation: CloudFormation
) -> None:
    assert fulfil(module, cloudformation, Thing()) == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "thing",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Thing",
    }
    assert cloudformation.types == [""], "the address is signed for no content type"


def test_to_delete_is_to_undo_what_was_made_under_that_name(
    module: ModuleType, cloudformation: CloudFormation
) -> None:
    thing = Thing()
    answer = fulfil(module, cloudformation, thing, "Delete", PhysicalResourceId="older")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "older")
    assert thing.did == ["undo"]


def test_what_was_never_made_is_deleted_at_once(
    module: ModuleType, cloudformation: CloudFormation
) -> None:
    """CloudFormation deletes what failed to be created: if that is asked of something, the stack hangs."""
    failed = fulfil(module, cloudformation, Thing(), ResourceProperties={})
    assert (failed["Status"], failed["Reason"][:8]) == ("FAILED", "KeyError")
    cloudformation.heard.clear()
    thing = Thing(RuntimeError("there is nothing"))
    deleted = fulfil(
        module, cloudformation, thing, "Delete", PhysicalResourceId=failed["PhysicalResourceId"]
    )
    assert deleted["Status"] == "SUCCESS"
    assert thing.did == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("password=hunter2"), "RuntimeError"),
        (
            ClientError({"Error": {"Code": "Denied", "Message": "hunter2"}}, "ModifyUser"),
            "ModifyUser: Denied",
        ),
        (OSError("http://host/?X-Amz-Signature=hunter2"), "OSError"),
    ],
)
def test_a_failure_is_told_without_what_its_message_may_quote(
    module: ModuleType, cloudformation: CloudFormation, error: Exception, told: str
) -> None:
    answer = fulfil(module, cloudformation, Thing(error))
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == f"{told} (log stream {Context.log_stream_name})"


def test_what_a_function_means_to_say_is_told_in_full_and_fits(
    module: ModuleType, cloudformation: CloudFormation
) -> None:
    words = "still there: " + "x" * 5000
    answer = fulfil(module, cloudformation, Thing(module.Unable(words)))
    assert answer["Reason"].startswith("still there: xxx")
    assert len(json.dumps(answer).encode()) < 4096


def test_work_that_hangs_is_ended_while_there_is_time_to_answer(
    module: ModuleType, cloudformation: CloudFormation
) -> None:
    event = request(cloudformation.url)
    left = Context(module.RESERVE + 0.05)
    module.fulfil(event, left, lambda _: "thing", lambda _: time.sleep(60))
    (answer,) = cloudformation.heard
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "thing")
    assert answer["Reason"].startswith("it took too long")


def test_a_request_that_there_is_not_fails(
    module: ModuleType, cloudformation: CloudFormation
) -> None:
    thing = Thing()
    answer = fulfil(module, cloudformation, thing, "Import")
    assert (answer["Status"], thing.did) == ("FAILED", [])
    assert answer["Reason"].startswith("there is no request Import")


def test_an_address_that_fails_is_told_again(
    module: ModuleType, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    cloudformation.fails = 2
    thing = Thing()
    assert fulfil(module, cloudformation, thing)["Status"] == "SUCCESS"
    assert thing.did == ["work"]


def test_one_that_goes_on_failing_has_lambda_run_it_all_again(
    module: ModuleType,
    cloudformation: CloudFormation,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    cloudformation.fails = 10
    with pytest.raises(OSError, match="503"):
        fulfil(module, cloudformation, Thing())
    assert "Signature" not in caplog.text, "who has the address can answer in our name"
