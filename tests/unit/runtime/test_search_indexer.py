"""Every change of the catalogue comes into the index, the newest wins; what cannot be indexed waits aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from generator.layers.search_access import BEGINNING
from tests.unit.runtime.domains import Domain, domain_on_loopback
from tests.unit.runtime.loading import execution_environment


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Domain]:
    with domain_on_loopback(monkeypatch) as said:
        said.contents.templates["catalogue"] = BEGINNING
        said.contents.make("catalogue-1", {"aliases": {"catalogue": {}}})
        yield said


class Queue:
    """Keeps what was given up."""

    def __init__(self) -> None:
        self.given_up: list[Any] = []

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - botocore's names
        assert QueueUrl == "unindexed"
        self.given_up.append(json.loads(MessageBody))

    def products(self) -> list[str]:
        return [given["keys"]["product_id"]["S"] for given in self.given_up]


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def indexer(monkeypatch: pytest.MonkeyPatch, domain: Domain, queue: Queue) -> ModuleType:
    return hurried(monkeypatch, execution_environment("search_indexer", sqs=queue))


def hurried(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> ModuleType:
    """The same without a pause: a sleep takes no time."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    vars(module)["PATIENCE"] = 60
    return module


def change(
    kind: str, product: str, number: str, at: int = 100, **attributes: Any
) -> dict[str, Any]:
    """A record of the table's stream; `at` is its second."""
    key = {"product_id": {"S": product}}
    image = {} if kind == "REMOVE" else {"NewImage": {**key, **attributes}}
    return {
        "eventName": kind,
        "dynamodb": {
            "ApproximateCreationDateTime": at,
            "Keys": key,
            "SequenceNumber": number,
            **image,
        },
    }


def named(name: str) -> dict[str, Any]:
    return {"name": {"S": name}}


def given_back(indexer: ModuleType, *changes: dict[str, Any]) -> list[str]:
    """The sequence numbers from which Lambda tries again."""
    answer = indexer.handler({"Records": list(changes)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_what_is_put_is_found_and_what_is_deleted_is_not(
    indexer: ModuleType, domain: Domain
) -> None:
    assert given_back(indexer, change("INSERT", "a", "1", **named("anchor"))) == []
    assert given_back(indexer, change("INSERT", "b", "2"), change("REMOVE", "a", "3", 101)) == []
    assert domain.holds() == {"b": {"product_id": "b"}}


def test_every_request_is_signed_for_the_domain(indexer: ModuleType, domain: Domain) -> None:
    given_back(indexer, change("INSERT", "a", "1"))
    assert len(domain.signatures) == 2
    for signature in domain.signatures:
        assert signature.startswith("AWS4-HMAC-SHA256 Credential=key/")
        assert "/us-east-1/es/aws4_request" in signature


def test_a_batch_that_comes_again_overwrites_nothing_newer(
    indexer: ModuleType, domain: Domain, queue: Queue
) -> None:
    """A function that ran out of time may still be at it when its batch is told again, and the next."""
    old = change("INSERT", "a", "1", 100, **named("old"))
    gone = change("INSERT", "b", "2", 100, **named("gone"))
    given_back(indexer, change("MODIFY", "a", "3", 105, **named("new")))
    given_back(indexer, change("REMOVE", "b", "4", 105))
    assert given_back(indexer, old, gone) == []
    assert {which: said["name"] for which, said in domain.holds().items()} == {"a": "new"}
    assert queue.given_up == [], "there is nothing to mend"


def test_of_several_changes_in_a_second_the_last_counts(
    indexer: ModuleType, domain: Domain
) -> None:
    given_back(
        indexer, *[change("MODIFY", "a", str(n), 100, stock={"N": str(n)}) for n in range(3)]
    )
    assert domain.holds()["a"]["stock"] == 2
    given_back(indexer, change("MODIFY", "a", "9", 100, stock={"N": "9"}))
    assert domain.holds()["a"]["stock"] == 9


def test_what_was_put_right_in_the_same_batch_is_nobodys_to_mend(
    indexer: ModuleType, domain: Domain, queue: Queue
) -> None:
    wrong = change("MODIFY", "a", "1", 100, price={"S": "cheap"})
    assert given_back(indexer, wrong, change("MODIFY", "a", "2", 101, price={"N": "5"})) == []
    assert queue.given_up == []
    assert domain.holds()["a"]["price"] == 5


def test_the_index_in_the_making_hears_of_every_change_too(
    indexer: ModuleType, domain: Domain
) -> None:
    domain.contents.make("catalogue-2", {"aliases": {"catalogue-next": {}}})
    given_back(indexer, change("INSERT", "a", "1"), change("INSERT", "b", "2"))
    given_back(indexer, change("REMOVE", "a", "3", 101))
    assert domain.holds("catalogue") == domain.holds("catalogue-next") == {"b": {"product_id": "b"}}


def test_before_there_is_an_index_nothing_is_told_and_nothing_waits(
    indexer: ModuleType, domain: Domain
) -> None:
    """Whoever makes the index reads the catalogue after it has made it: so it finds these changes."""
    domain.contents.indices.clear()
    assert given_back(indexer, change("INSERT", "a", "1")) == []
    assert domain.contents.indices == {}


def test_what_the_domain_is_too_busy_for_is_tried_again_at_once(
    indexer: ModuleType, domain: Domain
) -> None:
    domain.busy = ["b", "b"]
    assert given_back(indexer, *[change("INSERT", name, name) for name in "abc"]) == []
    assert set(domain.holds()) == {"a", "b", "c"}


def test_and_is_given_back_when_patience_ends(
    monkeypatch: pytest.MonkeyPatch, indexer: ModuleType, domain: Domain, queue: Queue
) -> None:
    """From the first that was not taken; what came after it comes again, and is not put aside twice."""
    vars(indexer)["PATIENCE"] = 0
    domain.busy = ["b"] * 9
    unfit: dict[str, Any] = {"price": {"S": "cheap"}}
    changes = [
        change("INSERT", "a", "1"),
        change("INSERT", "b", "2"),
        change("INSERT", "c", "3", **unfit),
    ]
    assert given_back(indexer, *changes) == ["2"]
    assert queue.given_up == []


def test_what_the_domain_will_never_take_is_put_aside_and_holds_up_nobody(
    indexer: ModuleType, domain: Domain, queue: Queue
) -> None:
    changes = [
        change("INSERT", "a", "1", price={"S": "cheap"}),
        change("INSERT", "b", "2", picture={"B": b"\x89PNG"}),
        change("INSERT", "c", "3"),
    ]
    assert given_back(indexer, *changes) == []
    assert queue.products() == ["a", "b"]
    assert "mapper_parsing_exception" in queue.given_up[0]["reason"]
    assert set(domain.holds()) == {"c"}


def test_an_index_that_is_switched_meanwhile_is_looked_for_again(
    monkeypatch: pytest.MonkeyPatch, indexer: ModuleType, domain: Domain
) -> None:
    vars(indexer)["PATIENCE"] = 0
    monkeypatch.setitem(vars(indexer), "standing", lambda _: {"catalogue-0": {"catalogue"}})
    assert given_back(indexer, change("INSERT", "a", "1")) == ["1"]
    assert given_back(indexer, change("REMOVE", "a", "2")) == ["2"]
    assert domain.aliases() == {"catalogue-1": ["catalogue"]}, "an index came to be by itself"


def test_a_domain_that_does_not_answer_fails_the_whole_batch(
    indexer: ModuleType, domain: Domain
) -> None:
    vars(indexer)["PATIENCE"] = 0
    domain.refusals = [503]
    with pytest.raises(OSError, match="503 unavailable"):
        given_back(indexer, change("INSERT", "a", "1"))


def test_what_orders_hold_of_a_product_is_nobodys_to_search(
    indexer: ModuleType, domain: Domain
) -> None:
    held: dict[str, Any] = {"reserved_11111111-2222-4333-8444-555555555555": {"N": "2"}}
    given_back(indexer, change("MODIFY", "a", "1", stock={"N": "3"}, **held))
    assert domain.holds()["a"] == {"product_id": "a", "stock": 3}


def test_numbers_sets_and_what_lies_deeper_become_jsons(
    indexer: ModuleType, domain: Domain
) -> None:
    deep = {"M": {"sizes": {"NS": ["42", "41"]}, "weights": {"L": [{"N": "0.5"}, {"NULL": True}]}}}
    given_back(indexer, change("INSERT", "a", "1", tags={"SS": ["b", "a"]}, details=deep))
    assert domain.holds()["a"] == {
        "product_id": "a",
        "tags": ["a", "b"],
        "details": {"sizes": [41, 42], "weights": [0.5, None]},
    }


def test_a_large_batch_goes_in_requests_that_the_smallest_domain_takes(
    monkeypatch: pytest.MonkeyPatch, domain: Domain, queue: Queue
) -> None:
    indices = execution_environment("search_indices")
    vars(indices)["LARGEST"] = 100
    deeds = [["x" * 40, "y" * 20], ["x" * 30], ["z" * 200], ["x"]]
    assert list(indices.portions(deeds)) == [
        [["x" * 40, "y" * 20], ["x" * 30]],
        [["z" * 200]],
        [["x"]],
    ]
