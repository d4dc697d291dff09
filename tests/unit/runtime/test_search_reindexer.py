"""A new index holds the whole catalogue as it is now, whatever changes, fails or runs beside the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from generator.layers.search_access import BEGINNING
from tests.unit.runtime.domains import Domain, domain_on_loopback
from tests.unit.runtime.loading import execution_environment
from tests.unit.runtime.test_search_indexer import Queue, change, named

#: When the tests walk, in seconds.
NOW = 10_000


class Catalogue:
    """A DynamoDB client of a table with two items a page; `meanwhile` happens when a page has been read."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = {item["product_id"]["S"]: item for item in items}
        self.meanwhile: list[Callable[[], None]] = []

    def scan(
        self,
        TableName: str,  # noqa: N803 - botocore's names
        ConsistentRead: bool,  # noqa: N803
        ExclusiveStartKey: Any = None,  # noqa: N803
    ) -> dict[str, Any]:
        assert TableName == "shop-catalogue"
        assert ConsistentRead, "what was changed a moment ago would be missed"
        after = ExclusiveStartKey["product_id"]["S"] if ExclusiveStartKey else ""
        left = [item for name, item in sorted(self.items.items()) if name > after]
        page: dict[str, Any] = {"Items": left[:2]}
        if len(left) > 2:
            page["LastEvaluatedKey"] = {"product_id": left[1]["product_id"]}
        for happens in self.meanwhile:
            happens()
        return page


class Context:
    """So many pages fit into the time that is left."""

    def __init__(self, pages: int = 100) -> None:
        self.pages = pages

    def get_remaining_time_in_millis(self) -> int:
        self.pages -= 1
        return 300_000 if self.pages > 0 else 1


def product(key: str, /, **attributes: Any) -> dict[str, Any]:
    return {"product_id": {"S": key}, **attributes}


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Domain]:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("time.time", lambda: float(NOW))
    with domain_on_loopback(monkeypatch) as said:
        said.contents.templates["catalogue"] = BEGINNING
        yield said


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(*[product(name) for name in "abcde"])


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def reindexer(domain: Domain, catalogue: Catalogue, queue: Queue) -> ModuleType:
    module = execution_environment("search_reindexer", dynamodb=catalogue, sqs=queue)
    vars(module)["PATIENCE"] = 60
    return module


@pytest.fixture
def indexer(domain: Domain, queue: Queue) -> ModuleType:
    return execution_environment("search_indexer", sqs=queue)


def step(reindexer: ModuleType, name: str, index: str = "catalogue-2", **more: Any) -> Any:
    pages = more.pop("pages", 100)
    return reindexer.handler({"step": name, "index": index, **more}, Context(pages))


def walk(reindexer: ModuleType, index: str = "catalogue-2", pages: int = 1) -> int:
    """As the state machine goes on, so many pages a run; how many runs it took."""
    start, runs = None, 0
    while start or not runs:
        start = step(reindexer, "walk", index, start=start, pages=pages)["start"]
        runs += 1
    return runs


def reindex(reindexer: ModuleType, index: str = "catalogue-2") -> None:
    step(reindexer, "begin", index)
    walk(reindexer, index)
    step(reindexer, "switch", index)


def test_the_whole_catalogue_is_found_however_few_pages_a_run_has(
    reindexer: ModuleType, domain: Domain
) -> None:
    step(reindexer, "begin")
    assert walk(reindexer) == 3
    assert domain.holds("catalogue") == {}, "it is searched before it is whole"
    step(reindexer, "switch")
    assert set(domain.holds("catalogue")) == set("abcde")
    assert domain.aliases() == {"catalogue-2": ["catalogue"]}


def test_the_index_is_as_the_template_says(reindexer: ModuleType, domain: Domain) -> None:
    reindex(reindexer)
    index = domain.contents.indices["catalogue-2"]
    assert index.mappings["dynamic"] is False
    assert index.mappings["properties"]["name"] == {"type": "text"}
    assert index.settings["index.gc_deletes"] == "1h"


def test_what_is_searched_stays_until_the_new_one_is_whole_and_goes_in_the_same_moment(
    reindexer: ModuleType, domain: Domain
) -> None:
    reindex(reindexer, "catalogue-1")
    step(reindexer, "begin", "catalogue-2")
    assert domain.aliases() == {"catalogue-1": ["catalogue"], "catalogue-2": ["catalogue-next"]}
    walk(reindexer, "catalogue-2")
    asked = len(domain.requests)
    step(reindexer, "switch", "catalogue-2")
    assert domain.aliases() == {"catalogue-2": ["catalogue"]}
    assert domain.requests[asked:].count(("POST", "/_aliases")) == 1


def test_every_step_may_run_again(reindexer: ModuleType, domain: Domain) -> None:
    """Step Functions does not know whether a function that ended badly had done its work."""
    for name in ("begin", "walk", "walk", "switch"):
        for _ in range(2):
            step(reindexer, name, start=None)
    assert set(domain.holds()) == set("abcde")
    assert domain.aliases() == {"catalogue-2": ["catalogue"]}


def test_a_change_that_is_told_before_its_page_is_written_is_not_overwritten(
    reindexer: ModuleType, indexer: ModuleType, domain: Domain, catalogue: Catalogue
) -> None:
    step(reindexer, "begin")

    def sold_out() -> None:
        told = change("MODIFY", "a", "1", NOW, stock={"N": "0"})
        indexer.handler({"Records": [told]}, None)

    catalogue.items["a"] = product("a", stock={"N": "1"})
    catalogue.meanwhile = [sold_out]
    walk(reindexer)
    step(reindexer, "switch")
    assert domain.holds()["a"]["stock"] == 0


def test_a_product_that_is_deleted_meanwhile_does_not_come_back(
    reindexer: ModuleType, indexer: ModuleType, domain: Domain, catalogue: Catalogue
) -> None:
    step(reindexer, "begin")

    def withdrawn() -> None:
        indexer.handler({"Records": [change("REMOVE", "a", "1", NOW)]}, None)

    catalogue.meanwhile = [withdrawn]
    walk(reindexer)
    step(reindexer, "switch")
    assert "a" not in domain.holds()


def test_two_clocks_that_differ_lose_no_change(
    reindexer: ModuleType, indexer: ModuleType, domain: Domain, catalogue: Catalogue
) -> None:
    """Lambda's is fast by half a minute: what it reads now seems newer than what is changed next."""
    step(reindexer, "begin")
    catalogue.items["a"] = product("a", **named("old"))
    walk(reindexer)
    told = change("MODIFY", "a", "1", NOW - 30, **named("new"))
    indexer.handler({"Records": [told]}, None)
    assert domain.holds("catalogue-next")["a"]["name"] == "new"


def test_a_list_of_products_is_none_and_nobody_searches_what_orders_hold(
    reindexer: ModuleType, domain: Domain, catalogue: Catalogue
) -> None:
    catalogue.items["top-products"] = product("top-products", products={"L": []})
    catalogue.items["a"] = product("a", reserved_1={"N": "2"})
    reindex(reindexer)
    assert set(domain.holds()) == set("abcde")
    assert domain.holds()["a"] == {"product_id": "a"}


def test_what_cannot_be_indexed_is_put_aside_and_the_walk_goes_on(
    reindexer: ModuleType, domain: Domain, catalogue: Catalogue, queue: Queue
) -> None:
    catalogue.items["a"] = product("a", price={"S": "cheap"})
    catalogue.items["b"] = product("b", picture={"B": b"\x89PNG"})
    reindex(reindexer)
    assert sorted(queue.products()) == ["a", "b"]
    assert set(domain.holds()) == set("cde")


def test_a_busy_domain_is_waited_for(reindexer: ModuleType, domain: Domain) -> None:
    step(reindexer, "begin")
    domain.busy = ["a", "a", "d"]
    walk(reindexer)
    assert set(domain.holds("catalogue-next")) == set("abcde")


def test_one_that_stays_busy_fails_the_run_so_that_the_page_comes_again(
    reindexer: ModuleType, domain: Domain
) -> None:
    step(reindexer, "begin")
    vars(reindexer)["PATIENCE"] = 0
    domain.busy = ["a"]
    with pytest.raises(vars(reindexer)["Busy"], match="1 products"):
        walk(reindexer)
    walk(reindexer)
    assert set(domain.holds("catalogue-next")) == set("abcde")


def test_what_an_execution_left_is_taken_away_by_the_next(
    reindexer: ModuleType, domain: Domain
) -> None:
    step(reindexer, "begin", "catalogue-1")
    reindex(reindexer, "catalogue-2")
    assert domain.aliases() == {"catalogue-2": ["catalogue"]}


def test_an_execution_that_was_overtaken_switches_nothing(
    reindexer: ModuleType, domain: Domain
) -> None:
    step(reindexer, "begin", "catalogue-1")
    step(reindexer, "begin", "catalogue-2")
    walk(reindexer, "catalogue-1")
    with pytest.raises(vars(reindexer)["Overtaken"], match="catalogue-1"):
        step(reindexer, "switch", "catalogue-1")
    assert domain.aliases() == {"catalogue-2": ["catalogue-next"]}


def test_an_empty_catalogue_gives_an_empty_index(
    reindexer: ModuleType, domain: Domain, catalogue: Catalogue
) -> None:
    catalogue.items.clear()
    reindex(reindexer)
    assert domain.aliases() == {"catalogue-2": ["catalogue"]}


def test_a_step_that_there_is_not_is_an_error(reindexer: ModuleType) -> None:
    with pytest.raises(ValueError, match="no such step: sing"):
        step(reindexer, "sing")
