"""A domain of the sandbox keeps what it is given, and finds it again; functions reach it by its host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from scripts.sandbox.gateway import Head
from scripts.sandbox.lambda_python import search_path
from scripts.sandbox.search_domains import STORE, Contents, SearchStore, answer, endpoint_of
from tests.loopback import LoopbackServer, serving

ARN = "arn:aws:es:us-east-1:111111111111:domain/shop"
HOST = endpoint_of(ARN, private=True)
SIGNED = "AWS4-HMAC-SHA256 Credential=111111111111/20261101/us-east-1/es/aws4_request"


BEGINNING = {
    "index_patterns": ["catalogue-*"],
    "template": {
        "settings": {"index.gc_deletes": "1h"},
        "mappings": {
            "dynamic": False,
            "properties": {
                "name": {"type": "text"},
                "category": {"type": "text"},
                "description": {"type": "text"},
                "image": {"type": "keyword"},
                "price": {"type": "long"},
            },
        },
    },
}


@pytest.fixture(autouse=True)
def domain() -> Iterator[None]:
    """A domain with one index, known by an alias."""
    STORE.domains[HOST] = Contents()
    ask("PUT", "/_index_template/catalogue", BEGINNING)
    ask("PUT", "/catalogue-1", {"aliases": {"catalogue": {}}})
    yield
    STORE.reset()


def ask(
    method: str, path: str, body: Any = None, *, host: str = HOST, signature: str = SIGNED
) -> tuple[int, Any]:
    """An answer; the body is a document, or lines."""
    path, _, query = path.partition("?")
    head = Head(method, path, parse_qs(query), {"host": host, "authorization": signature})
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    said = answer(head, text.encode())
    return said.status, json.loads(said.body)


def bulk(*lines: Any, to: str = "catalogue") -> list[int]:
    """The status of each deed."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    _, said = ask("POST", f"/{to}/_bulk", text)
    return [outcome["status"] for item in said["items"] for outcome in item.values()]


def put(which: str, **document: Any) -> None:
    assert bulk({"index": {"_id": which}}, document) in ([200], [201])


def kind(answered: tuple[int, Any]) -> tuple[int, str]:
    """The status and OpenSearch's name of a refusal."""
    status, told = answered
    return status, told["error"]["type"]


def found(**query: Any) -> list[str]:
    """The ids of what a search finds, in its order."""
    status, said = ask("POST", "/catalogue/_search", {"query": query})
    assert status == 200, said
    return [hit["_id"] for hit in said["hits"]["hits"]]


def matching(words: str, **more: Any) -> list[str]:
    """As the shop asks."""
    fields = ["name^3", "category^2", "description"]
    return found(multi_match={"query": words, "fields": fields, **more})


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
    (hit,) = ask("POST", "/catalogue/_search")[1]["hits"]["hits"]
    assert (hit["_index"], hit["_source"]) == ("catalogue-1", {"n": 3})


@pytest.mark.parametrize(
    ("version_type", "older", "same"), [("external", 409, 409), ("external_gte", 409, 200)]
)
def test_an_older_version_is_refused_and_the_same_as_its_type_says(
    version_type: str, older: int, same: int
) -> None:
    def at(version: int) -> list[int]:
        which = {"_id": "a", "version": version, "version_type": version_type}
        return bulk({"index": which}, {})

    assert at(5) == [201]
    assert at(4) == [older]
    assert at(5) == [same]
    assert at(6) == [200]


def test_what_is_deleted_is_remembered_for_as_long_as_the_index_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = {"_id": "a", "version": 4, "version_type": "external"}
    bulk({"delete": {"_id": "a", "version": 5, "version_type": "external"}})
    assert bulk({"index": older}, {}) == [409]
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 3601)
    assert bulk({"index": older}, {}) == [201]


def test_a_version_that_nobody_may_give_is_refused() -> None:
    for which in ({"version": 3}, {"version_type": "external"}, {"version_type": "force"}):
        assert bulk({"index": {"_id": "a", **which}}, {}) == [400]


def test_what_does_not_fit_the_mapping_is_refused_by_itself() -> None:
    one, other = {"index": {"_id": "a"}}, {"index": {"_id": "b"}}
    assert bulk(one, {"price": "cheap"}, other, {"price": "12"}) == [400, 201]
    assert bulk(one, {"name": {"en": "mug"}}) == [400]


def test_no_index_comes_to_be_by_itself() -> None:
    assert bulk({"index": {"_id": "a"}}, {}, to="catalogue-2") == [404]
    assert bulk({"delete": {"_id": "a"}}, to="catalogue-next") == [404]
    assert set(ask("GET", "/catalogue-*/_alias")[1]) == {"catalogue-1"}


def test_an_alias_can_be_required() -> None:
    assert bulk({"index": {"_id": "a"}}, {}, to="catalogue-1") == [201]
    line = json.dumps({"index": {"_id": "a"}}) + "\n{}\n"
    _, said = ask("POST", "/catalogue-1/_bulk?require_alias=true", line)
    assert said["items"][0]["index"]["error"]["type"] == "index_not_found_exception"


def test_aliases_change_together_or_not_at_all() -> None:
    ask("PUT", "/catalogue-2", {"aliases": {"catalogue-next": {"is_write_index": True}}})
    switch = [
        {"add": {"index": "catalogue-2", "alias": "catalogue"}},
        {"remove": {"index": "catalogue-2", "alias": "catalogue-next"}},
        {"remove_index": {"index": "catalogue-1"}},
    ]
    missing = {"remove": {"index": "catalogue-2", "alias": "other"}}
    assert kind(ask("POST", "/_aliases", {"actions": [*switch[:2], missing]})) == (
        404,
        "aliases_not_found_exception",
    )
    assert set(ask("GET", "/catalogue-*/_alias")[1]) == {"catalogue-1", "catalogue-2"}
    assert ask("POST", "/_aliases", {"actions": switch}) == (200, {"acknowledged": True})
    assert ask("GET", "/catalogue-*/_alias")[1] == {"catalogue-2": {"aliases": {"catalogue": {}}}}


def test_an_alias_has_one_index_to_write_to() -> None:
    ask("PUT", "/catalogue-2", {"aliases": {"catalogue": {}}})
    assert bulk({"index": {"_id": "a"}}, {}) == [400]
    writes = {"aliases": {"next": {"is_write_index": True}}}
    assert ask("PUT", "/catalogue-3", writes)[0] == 200
    assert kind(ask("PUT", "/catalogue-4", writes)) == (500, "illegal_state_exception")


def test_an_index_is_made_once_and_under_no_aliass_name() -> None:
    assert kind(ask("PUT", "/catalogue-1")) == (400, "resource_already_exists_exception")
    assert kind(ask("PUT", "/catalogue")) == (400, "invalid_index_name_exception")
    assert kind(ask("PUT", "/Catalogue-2")) == (400, "invalid_index_name_exception")


def test_a_name_counts_more_than_a_description_and_case_nothing() -> None:
    put("lamp", name="Lamp", description="stands beside a mug")
    put("mug", name="A MUG", description="holds tea")
    assert matching("mug") == ["mug", "lamp"]


def test_with_and_one_field_has_all_the_words() -> None:
    put("a", name="red mug")
    put("b", name="red", description="mug")
    assert matching("mug red", operator="and") == ["a"]
    assert matching("mug red") == ["a", "b"]


def test_a_letter_may_be_wrong_where_that_is_asked_for() -> None:
    put("a", name="teapot")
    assert matching("taepot") == []
    assert matching("taepot", fuzziness="AUTO") == ["a"]
    assert matching("tea", fuzziness="AUTO") == []


def test_a_field_that_the_mapping_has_not_is_not_found() -> None:
    put("a", name="mug", colour="red")
    assert found(match={"colour": "red"}) == []
    assert found(match={"name": "mug"}) == ["a"]
    assert ask("GET", "/catalogue/_doc/a")[1]["_source"]["colour"] == "red"


def test_pages_follow_each_other_and_end() -> None:
    for which in "abc":
        put(which, name="mug")
    asked = {"query": {"match": {"name": "mug"}}, "size": 2, "_source": False}
    pages = [ask("POST", "/catalogue/_search", {**asked, "from": n})[1]["hits"] for n in (0, 2, 4)]
    assert [[hit["_id"] for hit in page["hits"]] for page in pages] == [["a", "b"], ["c"], []]
    assert [page["total"]["value"] for page in pages] == [3, 3, 3]
    assert "_source" not in pages[0]["hits"][0]
    assert kind(ask("POST", "/catalogue/_search", {"from": 9999, "size": 2})) == (
        400,
        "illegal_argument_exception",
    )


@pytest.mark.parametrize(
    "body",
    [
        {"query": {"wildcard": {"name": "mu*"}}},
        {"query": {"multi_match": {"query": "a", "fields": ["name"], "type": "phrase"}}},
        {"query": {"multi_match": {"query": "a", "fields": ["name"], "analyzer": "english"}}},
        {"query": {"match_all": {}, "match": {}}},
        {"sort": ["price"]},
    ],
)
def test_a_question_that_is_not_known_here_is_refused(body: Any) -> None:
    put("a", name="mug")
    assert kind(ask("POST", "/catalogue/_search", body)) == (400, "parsing_exception")


def test_a_bulk_request_that_is_none_is_refused_as_a_whole() -> None:
    assert kind(ask("POST", "/catalogue/_bulk", '{"delete": {"_id": "a"}}'))[0] == 400
    for line in ('{"update": {"_id": "a"}}', '{"index": {"_id": "a", "pipeline": "p"}}', '{"index'):
        assert ask("POST", "/catalogue/_bulk", f"{line}\n{{}}\n")[0] == 400


def test_a_role_is_kept_as_it_was_said() -> None:
    path = "/_plugins/_security/api/rolesmapping/reader"
    assert ask("PUT", path, {"backend_roles": ["arn"]})[0] == 201
    assert ask("PUT", path, {"backend_roles": []})[0] == 200
    assert ask("GET", path) == (200, {"reader": {"backend_roles": []}})


def test_what_is_audited_is_kept_too() -> None:
    audit = "/_plugins/_security/api/audit/config"
    ask("PUT", audit, {"enabled": True})
    assert ask("GET", audit) == (200, {"config": {"enabled": True}})


def test_what_it_cannot_do_it_refuses() -> None:
    assert kind(ask("GET", "/other/_search")) == (404, "index_not_found_exception")
    assert ask("GET", "/other-*/_alias") == (200, {})
    for method, path in (
        ("DELETE", "/catalogue-1"),
        ("POST", "/_reindex"),
        ("GET", "/_cat/indices"),
    ):
        assert kind(ask(method, path)) == (400, "illegal_argument_exception")


def test_nobody_is_answered_unsigned_or_by_another_name() -> None:
    assert ask("GET", "/catalogue/_count", signature="")[0] == 403
    assert ask("GET", "/catalogue/_count", host=f"gone{HOST}")[0] == 404


def test_documents_and_roles_survive_a_stop(tmp_path: Path) -> None:
    bulk({"index": {"_id": "a"}}, {"n": 1})
    bulk({"delete": {"_id": "b", "version": 3, "version_type": "external"}})
    ask("PUT", "/_plugins/_security/api/roles/reader", {})
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

    code = f"import urllib.request; urllib.request.urlopen('https://{HOST}/', timeout=5).close()"
    with serving(LoopbackServer(Answers)) as server:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": search_path({}),
            "AWS_ENDPOINT_URL": server.url,
        }
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert heard == [HOST]
