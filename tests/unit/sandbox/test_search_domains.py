"""A domain of the sandbox keeps what it is given, and finds it again; functions reach it by its host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.gateway import Head
from scripts.sandbox.lambda_python import search_path
from scripts.sandbox.search_domains import STORE, Contents, SearchStore, answer, endpoint_of

ARN = "arn:aws:es:us-east-1:111111111111:domain/shop"
HOST = endpoint_of(ARN, private=True)
SIGNED = "AWS4-HMAC-SHA256 Credential=111111111111/20261101/us-east-1/es/aws4_request"


@pytest.fixture(autouse=True)
def domain() -> Iterator[None]:
    STORE.domains[HOST] = Contents()
    yield
    STORE.reset()


def ask(
    method: str, path: str, body: str = "", *, host: str = HOST, signature: str = SIGNED
) -> tuple[int, Any]:
    head = Head(method, path, {}, {"host": host, "authorization": signature})
    said = answer(head, body.encode())
    return said.status, json.loads(said.body)


def bulk(*lines: Any) -> list[int]:
    _, said = ask("POST", "/catalogue/_bulk", "".join(json.dumps(line) + "\n" for line in lines))
    return [outcome["status"] for item in said["items"] for outcome in item.values()]


def test_an_endpoint_is_as_aws_names_it() -> None:
    assert HOST.startswith("vpc-shop-")
    assert HOST.endswith(".us-east-1.es.amazonaws.com")
    assert endpoint_of(ARN.replace("east", "west"), private=True) != HOST


def test_documents_are_put_found_and_taken_out() -> None:
    assert bulk({"index": {"_id": "a"}}, {"n": 1}, {"index": {"_id": "b"}}, {"n": 2}) == [201, 201]
    assert bulk({"index": {"_id": "a"}}, {"n": 3}, {"delete": {"_id": "b"}}) == [200, 200]
    assert bulk({"delete": {"_id": "b"}}) == [404]
    assert ask("GET", "/catalogue/_doc/a")[1]["_source"] == {"n": 3}
    assert ask("GET", "/catalogue/_doc/b")[0] == 404
    assert ask("GET", "/catalogue/_count")[1] == {"count": 1}
    assert ask("POST", "/catalogue/_search")[1]["hits"]["hits"][0]["_source"] == {"n": 3}


def test_a_role_is_kept_as_it_was_said() -> None:
    path = "/_plugins/_security/api/rolesmapping/reader"
    assert ask("PUT", path, '{"backend_roles": ["arn"]}')[0] == 201
    assert ask("PUT", path, '{"backend_roles": []}')[0] == 200
    assert ask("GET", path) == (200, {"reader": {"backend_roles": []}})


def test_what_is_audited_and_how_an_index_begins_is_kept_too() -> None:
    audit = "/_plugins/_security/api/audit/config"
    ask("PUT", audit, '{"enabled": true}')
    assert ask("GET", audit) == (200, {"config": {"enabled": True}})
    begins = '{"index_patterns": ["catalogue"]}'
    assert ask("PUT", "/_index_template/catalogue", begins) == (200, {"acknowledged": True})
    assert STORE.domains[HOST].templates == {"catalogue": {"index_patterns": ["catalogue"]}}


def test_what_it_cannot_do_it_refuses() -> None:
    bulk({"index": {"_id": "a"}}, {})
    query = json.dumps({"query": {"match": {"name": "sail"}}})
    assert ask("POST", "/catalogue/_search", query)[1]["error"]["type"] == "parsing_exception"
    assert ask("GET", "/other/_search")[1]["error"]["type"] == "index_not_found_exception"
    assert ask("DELETE", "/catalogue")[0] == 400


def test_nobody_is_answered_unsigned_or_by_another_name() -> None:
    assert ask("GET", "/catalogue/_count", signature="")[0] == 403
    assert ask("GET", "/catalogue/_count", host=f"gone{HOST}")[0] == 404


def test_documents_and_roles_survive_a_stop(tmp_path: Path) -> None:
    bulk({"index": {"_id": "a"}}, {"n": 1})
    ask("PUT", "/_plugins/_security/api/roles/reader", "{}")
    STORE.save(tmp_path)
    read = SearchStore()
    read.load(tmp_path)
    assert read.domains == STORE.domains


def test_python_of_a_function_reaches_a_domain_through_the_sandbox() -> None:
    heard: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    server.timeout = 10
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    code = f"import urllib.request; urllib.request.urlopen('https://{HOST}/', timeout=5).close()"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": search_path({}),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
    }
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    thread.join()
    server.server_close()
    assert heard == [HOST]
