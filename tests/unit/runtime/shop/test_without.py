"""What the shop can do without: search domain, caches, recommendations. They help, and never break a page."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import Any

import pytest
import redis

from tests.unit.runtime.shop.world import Aws, Browser, part, sell, shop

Conversation = list[tuple[Any, ...]]


def test_a_fuse_is_blown_until_it_is_found_well() -> None:
    well = [False]
    calls: list[str] = []

    def check() -> None:
        if not well[0]:
            raise OSError

    fuse = part("fuses").Fuse("a thing", check)

    def call() -> str:
        calls.append("asked")
        if not well[0]:
            raise OSError
        return "answer"

    assert fuse.ask(call, "otherwise") == "otherwise"
    assert calls == [], "nobody waits for what is not known to be well"
    fuse.mend()
    assert fuse.ask(call, "otherwise") == "otherwise"
    well[0] = True
    fuse.mend()
    assert fuse.ask(call, "otherwise") == "answer"
    well[0] = False
    assert fuse.ask(call, "otherwise") == "otherwise"
    assert fuse.ask(call, "otherwise") == "otherwise"
    assert len(calls) == 2, "after it failed it is left alone"


class Domain:
    """A search domain; it keeps what it is asked."""

    def __init__(self, *ids: str) -> None:
        self.ids, self.asked = ids, list[urllib.request.Request]()
        self.well = True

    def __call__(self, request: urllib.request.Request, timeout: float) -> Any:
        self.asked.append(request)
        if not self.well:
            raise TimeoutError
        return io.BytesIO(
            json.dumps({"hits": {"hits": [{"_id": one} for one in self.ids]}}).encode()
        )


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Domain:
    domain = Domain("lamp", "gone")
    monkeypatch.setattr(urllib.request, "urlopen", domain)
    return domain


def test_the_domain_says_what_fits_and_the_catalogue_what_it_costs(
    aws: Aws, domain: Domain
) -> None:
    there = shop(aws, search_endpoint="vpc.es.amazonaws.com", search_index="catalogue")
    there.search.fuse.mend()
    found = Browser(there).get("/api/search", params={"q": 'a "lump" {}'}).json["products"]
    assert [(one["product_id"], one["price"]) for one in found] == [("lamp", 2500)]
    (request,) = domain.asked
    assert request.full_url == "https://vpc.es.amazonaws.com/catalogue/_search"
    assert "/eu-west-1/es/aws4_request" in request.headers["Authorization"]
    assert isinstance(request.data, bytes)
    assert json.loads(request.data)["query"]["multi_match"]["query"] == 'a "lump" {}'


def test_a_domain_that_fails_is_left_alone_and_search_goes_on(aws: Aws, domain: Domain) -> None:
    there = shop(aws, search_endpoint="vpc.es.amazonaws.com", search_index="catalogue")
    there.search.fuse.mend()
    domain.well = False
    for _ in range(3):
        answer = Browser(there).get("/api/search", params={"q": "lamp"})
        assert [one["product_id"] for one in answer.json["products"]] == ["lamp"]
    assert len(domain.asked) == 1


class Valkey:
    """The lists of a session cache; `down` it refuses."""

    def __init__(self) -> None:
        self.lists: dict[str, list[bytes]] = {}
        self.kept: dict[str, int] = {}
        self.down = False
        self.connection_pool = self

    def disconnect(self) -> None:
        pass

    def ping(self) -> None:
        if self.down:
            raise redis.ConnectionError

    def pipeline(self) -> Valkey:
        return self

    def __enter__(self) -> Valkey:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def lrem(self, key: str, count: int, value: str) -> None:
        self.lists[key] = [one for one in self.lists.get(key, []) if one != value.encode()]

    def lpush(self, key: str, value: str) -> None:
        self.lists[key].insert(0, value.encode())

    def ltrim(self, key: str, start: int, end: int) -> None:
        self.lists[key] = self.lists[key][start : end + 1]

    def expire(self, key: str, seconds: int) -> None:
        self.kept[key] = seconds

    def execute(self) -> None:
        self.ping()

    def lrange(self, key: str, start: int, end: int) -> list[bytes]:
        self.ping()
        return self.lists.get(key, [])[start : end + 1]


class Login:
    def forget(self) -> None:
        pass


def with_sessions(aws: Aws, valkey: Valkey) -> Any:
    there = shop(aws)
    there.sessions.cache, there.sessions.login = valkey, Login()
    there.sessions.fuse.mend()
    return there


def test_the_cart_shows_what_the_visitor_looked_at(aws: Aws) -> None:
    valkey = Valkey()
    browser = Browser(with_sessions(aws, valkey))
    browser.put("chair", 1)
    assert "You looked at" not in browser.get("/cart").text
    browser.get("/api/products/lamp/view")
    assert "You looked at" in browser.get("/cart").text
    ((key, kept),) = valkey.kept.items()
    assert key.startswith("session:"), "the user may touch no other keys"
    assert browser.cookies["cart"] not in key
    assert kept > 0, "what does not expire is never evicted"


def test_a_session_cache_that_is_down_breaks_no_page(aws: Aws) -> None:
    valkey = Valkey()
    browser = Browser(with_sessions(aws, valkey))
    browser.put("lamp", 1)
    valkey.down = True
    for path in ("/cart", "/api/products/lamp/view", "/products/lamp", "/checkout"):
        assert browser.get(path).status_code < 300


def test_a_login_reads_the_secret_anew_once_it_is_forgotten() -> None:
    """A refused password blows the fuse, and what mends it forgets the password."""
    passwords = iter(["old", "new"])
    login = part("sessions").Login("shop", lambda: next(passwords))
    assert login.get_credentials() == login.get_credentials() == ("shop", "old")
    valkey = Valkey()
    sessions = part("sessions").Sessions(valkey, login)
    sessions.fuse.mend()
    assert login.get_credentials() == ("shop", "new")


def test_the_password_is_the_secrets(aws: Aws) -> None:
    class Secrets:
        def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - botocore's name
            return {"SecretString": json.dumps({"username": "shop", "password": f"of {SecretId}"})}

    assert part("sessions").password(Secrets(), "arn")() == "of arn"


class Memcached:
    """Keeps and forgets; `down` it raises."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, int]] = {}
        self.down = False

    def get(self, key: str) -> str | None:
        if self.down:
            raise TimeoutError
        return self.kept[key][0] if key in self.kept else None

    def set(self, key: str, value: str, expire: int) -> None:
        self.kept[key] = (value, expire)


def with_prices(aws: Aws, memcached: Memcached) -> Any:
    there = shop(aws)
    there.prices.connect = lambda: memcached
    there.prices.fuse.mend()
    return there


def test_a_page_may_show_a_price_of_some_seconds_ago_and_checkout_never_takes_it(aws: Aws) -> None:
    memcached = Memcached()
    browser = Browser(with_prices(aws, memcached))
    browser.get("/products/lamp")
    ((_, seconds),) = memcached.kept.values()
    assert 0 < seconds <= 10
    sell(aws, "lamp", 9, 5)
    assert browser.get("/api/products/lamp").json["price"] == 2500
    browser.put("lamp", 1)
    order_id = browser.check_out("a-key-of-a-customers-own").json["order_id"]
    assert aws.item("order-intake", order_id)["total"] == {"N": "9"}


def test_a_price_cache_that_is_down_breaks_no_page(aws: Aws) -> None:
    memcached = Memcached()
    browser = Browser(with_prices(aws, memcached))
    memcached.down = True
    assert browser.get("/products/lamp").status_code == 200
    assert browser.get("/api/products/none").status_code == 404


def test_the_nodes_are_those_that_the_configuration_endpoint_names() -> None:
    told = b"CONFIG cluster 0 147\r\n12\na.example.com|10.0.0.1|11212 b.example.com|10.0.0.2|11212"
    assert part("prices").nodes(told) == [("a.example.com", 11212), ("b.example.com", 11212)]


def ranked(aws: Aws, *products: str) -> None:
    ids = [{"M": {"product_id": {"S": one}, "sold": {"N": "1"}}} for one in products]
    item = {"product_id": {"S": "top-products"}, "products": {"L": ids}}
    aws.dynamodb().put_item(TableName="catalogue", Item=item)


def test_the_first_page_shows_what_is_sold_most(aws: Aws) -> None:
    sell(aws, "sold-out", stock=0)
    ranked(aws, "lamp", "gone", "sold-out")
    page = Browser(shop(aws)).get("/").text
    assert "/products/lamp" in page
    assert "/products/chair" not in page
    assert "/products/sold-out" not in page


def test_a_visitor_is_recommended_what_the_campaign_says(aws: Aws) -> None:
    there = shop(aws, recommendations="arn:aws:personalize:eu-west-1:111111111111:campaign/c")
    there.recommendations.fuse.mend()
    aws.liked = ["top-products", "chair"]
    browser = Browser(there)
    browser.put("lamp", 1)
    liked = browser.get("/api/recommendations").json["products"]
    assert [one["product_id"] for one in liked] == ["chair"]


def test_without_an_answer_it_is_what_is_sold_most(aws: Aws) -> None:
    ranked(aws, "lamp")
    there = shop(aws, recommendations="arn:aws:personalize:eu-west-1:111111111111:campaign/c")
    there.recommendations.fuse.mend()
    aws.broken.add("recommendations")
    browser = Browser(there)
    browser.put("chair", 1)
    liked = browser.get("/api/recommendations").json["products"]
    assert [one["product_id"] for one in liked] == ["lamp"]
