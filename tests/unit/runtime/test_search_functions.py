"""The domain hears who may do what, and every change of the catalogue; CloudFormation always hears back."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType
from typing import Any

import pytest

from tests.unit.runtime.loading import execution_environment

HOST = "vpc-shop.us-east-1.es.amazonaws.com"
ROLES = {
    "catalogue-reader": {
        "Permissions": {"index_permissions": [{"allowed_actions": ["read"]}]},
        "Bearers": ["arn:aws:iam::111111111111:role/shop"],
    }
}


class Domain:
    """A domain on loopback, which takes requests after refusing a few; and CloudFormation's address."""

    def __init__(self) -> None:
        self.refusals = 0
        self.requests: list[tuple[str, str, str, bytes]] = []
        self.says: Any = {}
        self.heard: list[Any] = []

    def answer(self, method: str, path: str, signature: str, body: bytes) -> tuple[int, Any]:
        if path == "/cloudformation":
            self.heard.append(json.loads(body))
            return 200, {}
        if self.refusals:
            self.refusals -= 1
            return 503, {}
        self.requests.append((method, path, signature, body))
        return 200, self.says


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Domain, str]]:
    said = Domain()

    class Answers(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature = self.headers.get("Authorization", "")
            status, document = said.answer(self.command, self.path, signature, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        do_POST = do_PUT  # noqa: N815 - as the base class calls it

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def without_tls(connection: HTTPSConnection) -> None:
        connection.sock = socket.create_connection(("127.0.0.1", server.server_port))

    monkeypatch.setattr(HTTPSConnection, "connect", without_tls)
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "ENDPOINT": HOST,
        "INDEX": "catalogue",
        "KEY": "product_id",
        "UNINDEXED": "unindexed",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        yield said, f"http://127.0.0.1:{server.server_port}/cloudformation"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def access(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = execution_environment("search_access")
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    return module


def request(answer_to: str, kind: str = "Create", **more: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": answer_to,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "SearchRoles",
        "ResourceProperties": {"Endpoint": HOST, "Roles": ROLES, "Settings": {}},
        **more,
    }


def test_a_role_is_said_and_then_who_bears_it(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    said, answer_to = domain
    access(monkeypatch).handler(request(answer_to), None)
    assert [(method, path) for method, path, *_ in said.requests] == [
        ("PUT", "/_plugins/_security/api/roles/catalogue-reader"),
        ("PUT", "/_plugins/_security/api/rolesmapping/catalogue-reader"),
    ]
    assert json.loads(said.requests[1][3]) == {
        "backend_roles": ["arn:aws:iam::111111111111:role/shop"]
    }
    assert [(a["Status"], a["PhysicalResourceId"]) for a in said.heard] == [
        ("SUCCESS", f"{HOST}-roles")
    ]


def test_a_setting_is_said_as_it_is_told(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    """CloudFormation makes strings of booleans, which the domain would refuse: so a setting is a text."""
    said, answer_to = domain
    settings = {"_plugins/_security/api/audit/config": '{"enabled": true}'}
    event = request(answer_to)
    event["ResourceProperties"] |= {"Roles": {}, "Settings": settings}
    access(monkeypatch).handler(event, None)
    ((method, path, _, body),) = said.requests
    assert (method, path) == ("PUT", "/_plugins/_security/api/audit/config")
    assert json.loads(body) == {"enabled": True}


def test_a_domain_that_does_not_answer_in_time_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    """urllib wraps what goes wrong on the way there in an error of its own, and nothing on the way back."""
    said, answer_to = domain
    module = access(monkeypatch)
    send, late = module.send, iter([TimeoutError("timed out"), ConnectionResetError("closed")])

    def slow(*asked: Any) -> Any:
        for error in late:
            raise error
        return send(*asked)

    monkeypatch.setitem(vars(module), "send", slow)
    module.handler(request(answer_to), None)
    assert len(said.requests) == 2
    assert said.heard[0]["Status"] == "SUCCESS"


def test_every_request_is_signed_for_the_domain(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    said, answer_to = domain
    access(monkeypatch).handler(request(answer_to), None)
    for _, _, signature, _ in said.requests:
        assert signature.startswith("AWS4-HMAC-SHA256 Credential=key/")
        assert "/us-east-1/es/aws4_request" in signature


def test_a_domain_that_is_not_ready_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    said, answer_to = domain
    said.refusals = 3
    access(monkeypatch).handler(request(answer_to), None)
    assert len(said.requests) == 2
    assert said.heard[0]["Status"] == "SUCCESS"


def test_cloudformation_hears_of_a_domain_that_refuses_to_the_end(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    said, answer_to = domain
    said.refusals = 10_000
    module = access(monkeypatch)
    monkeypatch.setitem(vars(module), "PATIENCE", 0)
    module.handler(request(answer_to), None)
    assert [(a["Status"], a["Reason"]) for a in said.heard] == [
        ("FAILED", "HTTPError: HTTP Error 503: Service Unavailable")
    ]


def test_a_role_that_is_no_longer_asked_for_is_borne_by_nobody(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    said, answer_to = domain
    before = {"Endpoint": HOST, "Roles": {**ROLES, "guest": ROLES["catalogue-reader"]}}
    event = request(answer_to, "Update", OldResourceProperties=before)
    access(monkeypatch).handler(event, None)
    _, path, _, body = said.requests[-1]
    assert path == "/_plugins/_security/api/rolesmapping/guest"
    assert json.loads(body) == {"backend_roles": []}


def test_a_deletion_asks_nothing_of_a_domain_that_is_going(
    monkeypatch: pytest.MonkeyPatch, domain: tuple[Domain, str]
) -> None:
    said, answer_to = domain
    access(monkeypatch).handler(request(answer_to, "Delete"), None)
    assert said.requests == []
    assert said.heard[0]["Status"] == "SUCCESS"


def change(kind: str, product: str, number: str, **attributes: Any) -> dict[str, Any]:
    key = {"product_id": {"S": product}}
    image = {} if kind == "REMOVE" else {"NewImage": {**key, **attributes}}
    return {"eventName": kind, "dynamodb": {"Keys": key, "SequenceNumber": number, **image}}


class Queue:
    """Keeps what was given up."""

    def __init__(self) -> None:
        self.given_up: list[Any] = []

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - botocore's names
        assert QueueUrl == "unindexed"
        self.given_up.append(json.loads(MessageBody))


def indexed(domain: Domain, *changes: dict[str, Any], queue: Queue | None = None) -> list[str]:
    """The sequence numbers that the indexer gives back."""
    function = execution_environment("search_indexer", sqs=queue or Queue())
    answer = function.handler({"Records": list(changes)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_changes_arrive_in_their_order_under_their_keys(domain: tuple[Domain, str]) -> None:
    said, _ = domain
    said.says = {"items": [{"index": {"status": 201}}, {"delete": {"status": 200}}]}
    price = {"N": "12.5"}
    assert indexed(said, change("INSERT", "a", "1", price=price), change("REMOVE", "b", "2")) == []
    ((method, path, _, body),) = said.requests
    assert (method, path) == ("POST", "/catalogue/_bulk")
    assert [json.loads(line) for line in body.splitlines()] == [
        {"index": {"_id": "a"}},
        {"product_id": "a", "price": 12.5},
        {"delete": {"_id": "b"}},
    ]
    assert body.endswith(b"\n"), "_bulk wants an end to its last line"


def test_only_what_the_domain_refused_is_given_back(domain: tuple[Domain, str]) -> None:
    said, _ = domain
    said.says = {
        "items": [
            {"index": {"status": 201}},
            {"index": {"status": 429}},
            {"delete": {"status": 404}},
        ]
    }
    changes = [change("INSERT", "a", "1"), change("MODIFY", "b", "2"), change("REMOVE", "c", "3")]
    assert indexed(said, *changes) == ["2"]


def test_what_the_domain_will_never_take_is_put_aside_and_holds_up_nobody(
    domain: tuple[Domain, str],
) -> None:
    said, _ = domain
    unfit = {"type": "mapper_parsing_exception"}
    said.says = {
        "items": [{"index": {"status": 400, "error": unfit}}, {"index": {"status": 201}}],
    }
    queue = Queue()
    changes = [
        change("INSERT", "a", "1", price={"S": "cheap"}),
        change("INSERT", "b", "2", picture={"B": b"\x89PNG"}),
        change("INSERT", "c", "3"),
    ]
    assert indexed(said, *changes, queue=queue) == []
    assert [given["keys"]["product_id"]["S"] for given in queue.given_up] == ["a", "b"]
    assert "mapper_parsing_exception" in queue.given_up[0]["reason"]


def test_what_comes_again_is_not_put_aside_twice(domain: tuple[Domain, str]) -> None:
    said, _ = domain
    said.says = {"items": [{"index": {"status": 503}}, {"index": {"status": 400}}]}
    queue = Queue()
    assert indexed(said, change("INSERT", "a", "1"), change("INSERT", "b", "2"), queue=queue) == [
        "1"
    ]
    assert queue.given_up == []


def test_nothing_but_what_cannot_be_told_asks_the_domain_nothing(
    domain: tuple[Domain, str],
) -> None:
    said, _ = domain
    assert indexed(said, change("INSERT", "a", "1", picture={"B": b"\x89PNG"})) == []
    assert said.requests == []


def test_what_orders_hold_of_a_product_is_no_field_of_the_index(domain: tuple[Domain, str]) -> None:
    """An index takes a thousand fields; each order under way would be one, and stay one."""
    said, _ = domain
    said.says = {"items": [{"index": {"status": 200}}]}
    held = {"reserved_11111111-2222-4333-8444-555555555555": {"N": "2"}}
    indexed(said, change("MODIFY", "a", "1", stock={"N": "3"}, **held))
    document = json.loads(said.requests[0][3].splitlines()[1])
    assert document == {"product_id": "a", "stock": 3}


def test_a_domain_that_does_not_answer_fails_the_whole_batch(domain: tuple[Domain, str]) -> None:
    said, _ = domain
    said.refusals = 1
    with pytest.raises(OSError, match="503"):
        indexed(said, change("INSERT", "a", "1"))


def test_numbers_and_sets_become_jsons(domain: tuple[Domain, str]) -> None:
    said, _ = domain
    said.says = {"items": [{"index": {"status": 201}}]}
    indexed(said, change("INSERT", "a", "1", stock={"N": "3"}, tags={"SS": ["b", "a"]}))
    assert json.loads(said.requests[0][3].splitlines()[1]) == {
        "product_id": "a",
        "stock": 3,
        "tags": ["a", "b"],
    }
