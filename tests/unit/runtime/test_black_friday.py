"""The JMeter plan is whole: what it uses is there, what it asks is checked, no second charge goes unseen."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from generator.bundles import RUNTIME
from generator.load_test import build_specification
from generator.load_test_plan import PLAN, PROPERTIES
from scripts.load_test.samples import COLUMNS
from tests.unit.runtime import jmeter_plan
from tests.unit.runtime.jmeter_plan import Node

FOLDER = RUNTIME / "load_test"


def root() -> Element:
    return ElementTree.parse(FOLDER / PLAN).getroot()


def plan() -> Node:
    return jmeter_plan.read(root())


def test_nothing_is_wrong_with_it() -> None:
    assert jmeter_plan.faults(root()) == []


def test_what_the_generators_tell_it_is_what_it_asks_for() -> None:
    told = set(re.findall(r"-J(\w+)=", build_specification(1)))

    assert told == {"target", "users", "ramp", "peak", "decay"}
    assert told <= set(jmeter_plan.parameters(plan()))


def test_what_a_rehearsal_tells_it_is_what_it_asks_for() -> None:
    from scripts.commands.load_test import _PAUSES, _REHEARSAL

    assert {*_PAUSES, *_REHEARSAL} <= set(jmeter_plan.parameters(plan()))


def test_it_visits_every_kind_of_page_and_call() -> None:
    asked = {
        (one.get("HTTPSampler.method"), one.get("HTTPSampler.path").removeprefix("${target}"))
        for one in jmeter_plan.samplers(plan())
    }

    assert asked == {
        ("GET", "/"),
        ("GET", "/api/products"),
        ("GET", "/api/products/${product_id}"),
        ("GET", "/products/${product_id}"),
        ("GET", "/categories/${category}"),
        ("GET", "/search?q=${word}"),
        ("GET", "/api/search?q=${word}"),
        ("PUT", "/api/cart/lines/${product_id}"),
        ("GET", "/api/cart"),
        ("DELETE", "/api/cart/lines/${product_id}"),
        ("POST", "/api/checkout"),
        ("GET", "/api/orders/${order_id}"),
    }


def test_the_results_have_the_columns_that_a_report_reads() -> None:
    written = {
        "timeStamp": "timestamp_format=ms",
        "elapsed": "time=true",
        "label": "label=true",
        "responseCode": "response_code=true",
        "success": "successful=true",
        "allThreads": "thread_counts=true",
    }
    lines = (FOLDER / PROPERTIES).read_text().splitlines()

    assert set(written) == set(COLUMNS)
    assert {f"jmeter.save.saveservice.{said}" for said in written.values()} <= set(lines)
    assert "jmeter.save.saveservice.output_format=csv" in lines
    assert "jmeter.save.saveservice.print_field_names=true" in lines


Mutation = Callable[[Element], None]


def named(tree: Element, name: str) -> Element:
    return next(one for one in tree.iter() if one.get("testname") == name)


def inside(tree: Element, name: str) -> Element:
    """The hashTree of an element."""
    for parent in tree.iter():
        parts = list(parent)
        for element, below in zip(parts[::2], parts[1::2], strict=False):
            if element.get("testname") == name:
                return below
    raise LookupError(name)


def without(name: str, child: str) -> Mutation:
    def mutate(tree: Element) -> None:
        parent = inside(tree, name)
        parts = list(parent)
        at = next(n for n, one in enumerate(parts) if one.get("testname") == child)
        parent.remove(parts[at])
        parent.remove(parts[at + 1])

    return mutate


def setting(name: str, key: str, value: str) -> Mutation:
    def mutate(tree: Element) -> None:
        found = next(one for one in named(tree, name).iter() if one.get("name") == key)
        found.text = value

    return mutate


def parameter(name: str, value: str) -> Mutation:
    def mutate(tree: Element) -> None:
        argument = next(one for one in tree.iter("elementProp") if one.get("name") == name)
        next(one for one in argument if one.get("name") == "Argument.value").text = value

    return mutate


def replacing(old: str, new: str) -> Mutation:
    def mutate(tree: Element) -> None:
        hit = [one for one in tree.iter() if one.text and old in one.text]
        assert hit, f"no {old}"
        for one in hit:
            one.text = (one.text or "").replace(old, new)

    return mutate


def broken_pairs(tree: Element) -> None:
    below = inside(tree, "Cart")
    below.remove(below[-1])


def plugin(tree: Element) -> None:
    named(tree, "thinks").set("testclass", "JSR223Timer")


MUTANTS: dict[str, tuple[Mutation, str]] = {
    "an element without its tree": (broken_pairs, "without its hashTree"),
    "a plugin's element": (plugin, "no element of the core"),
    "a function of 5.6 alone": (replacing("${__jexl2(", "${__jexl3("), "no function of both"),
    "a variable nobody sets": (replacing("${word}", "${wort}"), "wort is not known"),
    "an extractor less": (without("Products", "a product"), "product_id is not known"),
    "an order read by who only looks": (
        setting("Category", "HTTPSampler.path", "${target}/api/orders/${order_id}"),
        "order_id is not known",
    ),
    "a parameter fixed": (parameter("peak", "120"), "cannot be given from outside"),
    "a parameter without use": (replacing("${timeout}", "20000"), "nothing uses it"),
    "a request that accepts any status": (without("Cart", "answers 200"), "any status"),
    "a request that accepts any body": (without("Home", "is a whole page"), "any body"),
    "an answer of no region": (without("customers", "says which region answered"), "region"),
    "an answer that is late": (without("customers", "is not too late"), "for ever"),
    "a host": (setting("Home", "HTTPSampler.path", "https://shop.example.com/"), "goes elsewhere"),
    "a host in the parameters": (
        parameter("target", "${__P(target,https://shop.example.com)}"),
        "a host is written down",
    ),
    "redirects followed": (
        setting("Home", "HTTPSampler.follow_redirects", "true"),
        "led elsewhere",
    ),
    "a connection each": (
        setting("Home", "HTTPSampler.use_keepalive", "false"),
        "keep its connection",
    ),
    "a product out of thin air": (
        setting("Product", "HTTPSampler.path", "${target}/products/p-1"),
        "no answer named",
    ),
    "no ramp": (setting("customers", "ThreadGroup.ramp_time", "0"), "ramp_time"),
    "no end": (setting("customers", "ThreadGroup.scheduler", "false"), "scheduler"),
    "no decay": (without("customers", "time to leave"), "nobody leaves"),
    "no thinking": (without("customers", "thinks"), "nobody thinks"),
    "shares beyond a hundred": (parameter("browse", "${__P(browse,56)}"), "101 of 100"),
    "a visit never drawn": (
        replacing('"cart" : "checkout"', '"cart" : "cart"'),
        "not those that are drawn",
    ),
    "a draw without the buyers": (replacing(",${checkout})}", ")}"), "not of all shares"),
    "one key for all": (replacing("${__UUID}", "key"), "may have one key"),
    "a checkout without its key": (without("Checkout", "sends JSON and its key"), "has no key"),
    "no second checkout": (without("checkout", "the button pressed twice"), "sent twice"),
    "a second order": (without("Checkout again", "is the same order"), "may be another order"),
    "an order not acknowledged": (
        setting("answers 202", "0", "200"),
        "need not be acknowledged",
    ),
    "one customer for ever": (
        setting("cookies, as a browser keeps them", "CookieManager.clearEachIteration", "false"),
        "there before",
    ),
    "a token of digits": (
        replacing("abcdefghijklmnopqrstuvwxyz", "0123456789"),
        "payment token",
    ),
    "a card": (
        setting("Cart", "TestPlan.comments", "pay with 4111 1111 1111 1111"),
        "a card's number",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_plan_that_is_worse_is_found_out(name: str) -> None:
    mutate, expected = MUTANTS[name]
    worse = root()
    mutate(worse)

    assert any(expected in fault for fault in jmeter_plan.faults(worse)), jmeter_plan.faults(worse)
