"""What is wrong with a JMeter plan, as far as it can be known without JMeter.

The tree of a .jmx is pairs: an element, then a hashTree of what belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

#: Elements of JMeter's core with the class of their dialogue: saveservice.properties of 2.13 and 5.6.
CORE = {
    "Arguments": "ArgumentsPanel",
    "ConfigTestElement": "HttpDefaultsGui",
    "CookieManager": "CookiePanel",
    "DurationAssertion": "DurationAssertionGui",
    "GaussianRandomTimer": "GaussianRandomTimerGui",
    "GenericController": "LogicControllerGui",
    "HTTPSamplerProxy": "HttpTestSampleGui",
    "HeaderManager": "HeaderPanel",
    "IfController": "IfControllerPanel",
    "RegexExtractor": "RegexExtractorGui",
    "ResponseAssertion": "AssertionGui",
    "SwitchController": "SwitchControllerGui",
    "TestAction": "TestActionGui",
    "TestPlan": "TestPlanGui",
    "ThreadGroup": "ThreadGroupGui",
    "UniformRandomTimer": "UniformRandomTimerGui",
    "UserParameters": "UserParametersGui",
}

#: Functions that both versions have.
FUNCTIONS = {"P", "Random", "RandomString", "UUID", "intSum", "jexl2", "threadNum", "time"}

PREDEFINED = {"TESTSTART.MS"}
LOOPBACK = "http://localhost"
MIX = ("browse", "search", "cart", "checkout")

_REFERENCE = re.compile(r"\$\{(?!__)([^}(]+)\}")
_FUNCTION = re.compile(r"\$\{__(\w+)")
_PARAMETER = re.compile(r"\$\{__P\((\w+),(.+)\)\}")


@dataclass
class Node:
    """An element with what belongs to it."""

    element: Element
    children: list[Node]
    faults: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.element.get("testclass", self.element.tag)

    @property
    def name(self) -> str:
        return self.element.get("testname", "")

    def get(self, name: str) -> str:
        """The text of a property anywhere in the element; empty where it has none."""
        found = next((one for one in self.element.iter() if one.get("name") == name), None)
        return "" if found is None else found.text or ""

    def texts(self) -> list[str]:
        return [one.text or "" for one in self.element.iter() if one.tag.endswith("Prop")]

    def all(self, *kinds: str) -> Iterator[Node]:
        """This one and all below it that are of these kinds, in their order."""
        if self.kind in kinds:
            yield self
        for child in self.children:
            yield from child.all(*kinds)

    def own(self, kind: str) -> list[Node]:
        return [child for child in self.children if child.kind == kind]


def read(root: Element) -> Node:
    """The plan as a tree. Raises ValueError where the pairs are broken."""
    if root.tag != "jmeterTestPlan" or [child.tag for child in root] != ["hashTree"]:
        raise ValueError("no jmeterTestPlan with one hashTree")
    (plan,) = _pairs(root[0])
    return plan


def _pairs(tree: Element) -> list[Node]:
    parts = list(tree)
    if len(parts) % 2 or any(part.tag != "hashTree" for part in parts[1::2]):
        raise ValueError("an element without its hashTree")
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [Node(element, _pairs(inside)) for element, inside in pairs]


def parameters(plan: Node) -> dict[str, str]:
    """The plan's properties with their defaults, as the User Defined Variables at its top ask for them."""
    found = {}
    for argument in plan.children[0].element.iter("elementProp"):
        name, value = argument.get("name", ""), _property(argument, "Argument.value")
        asked = _PARAMETER.fullmatch(value)
        found[name] = asked[2] if asked and asked[1] == name else ""
    return found


def samplers(plan: Node) -> list[Node]:
    return list(plan.all("HTTPSamplerProxy"))


def faults(root: Element) -> list[str]:
    """Everything that is wrong."""
    try:
        plan = read(root)
    except ValueError as error:
        return [str(error)]
    checks = (
        _elements,
        _parameters,
        _variables,
        _requests,
        _assertions,
        _load,
        _mix,
        _checkout,
        _customers,
        _secrets,
    )
    return [fault for check in checks for fault in check(plan)]


def _elements(plan: Node) -> Iterator[str]:
    for node in _every(plan):
        if CORE.get(node.kind) != node.element.get("guiclass") or node.element.tag != node.kind:
            yield f"{node.name}: {node.kind} is no element of the core, or has another dialogue"
        if node.element.get("enabled") != "true" or not node.name:
            yield f"{node.name}: not enabled, or without a name"
        for text in node.texts():
            for function in set(_FUNCTION.findall(text)) - FUNCTIONS:
                yield f"{node.name}: __{function} is no function of both versions"
    if not plan.get("TestPlan.comments"):
        yield "the plan does not say what it is"


def _parameters(plan: Node) -> Iterator[str]:
    if plan.children[0].kind != "Arguments":
        yield "the parameters do not stand at the top"
        return
    for name, default in parameters(plan).items():
        if not default:
            yield f"parameter {name}: cannot be given from outside, or has no default"
    for argument in plan.children[0].element.iter("elementProp"):
        if not _property(argument, "Argument.desc").endswith("."):
            yield f"parameter {argument.get('name')}: nobody says what it is"
    used = {name for node in _every(plan) for text in node.texts() for name in _references(text)}
    for name in set(parameters(plan)) - used:
        yield f"parameter {name}: nothing uses it"


def _variables(plan: Node) -> Iterator[str]:
    given = {name for node in plan.all("UserParameters") for name in _user_parameters(node)}
    yield from _unknown(plan, {*parameters(plan), *given, *PREDEFINED})[0]


def _unknown(node: Node, known: set[str]) -> tuple[list[str], set[str]]:
    """What is used before it is known, in the order of a visit; and what is known afterwards."""
    found = [
        f"{node.name}: {name} is not known here"
        for text in node.texts()
        for name in _references(text)
        if name not in known
    ]
    if node.kind == "RegexExtractor":
        known = {*known, node.get("RegexExtractor.refname")}
    branches = node.kind in ("SwitchController", "IfController")
    inside = known
    for child in node.children:
        more, learnt = _unknown(child, known if branches else inside)
        found += more
        inside = inside if branches else learnt
    return found, inside


def _requests(plan: Node) -> Iterator[str]:
    for sampler in samplers(plan):
        if not sampler.get("HTTPSampler.path").startswith("${target}/"):
            yield f"{sampler.name}: goes elsewhere than to the target"
        if sampler.get("HTTPSampler.domain"):
            yield f"{sampler.name}: names a host"
        if sampler.get("HTTPSampler.use_keepalive") != "true":
            yield f"{sampler.name}: does not keep its connection"
        if "true" in (
            sampler.get("HTTPSampler.follow_redirects"),
            sampler.get("HTTPSampler.auto_redirects"),
        ):
            yield f"{sampler.name}: may be led elsewhere"
        if re.search(
            r"/products/(?!\$\{product_id\})|/lines/(?!\$\{product_id\})",
            sampler.get("HTTPSampler.path"),
        ):
            yield f"{sampler.name}: asks for a product that no answer named"
    for node in _every(plan):
        for text in node.texts():
            if "://" in text.replace(LOOPBACK, "").replace("${target}", ""):
                yield f"{node.name}: a host is written down: {text}"


def _assertions(plan: Node) -> Iterator[str]:
    for sampler in samplers(plan):
        fields = [one.get("Assertion.test_field") for one in sampler.own("ResponseAssertion")]
        if "Assertion.response_code" not in fields:
            yield f"{sampler.name}: any status will do"
        reads = sampler.get("HTTPSampler.method") in ("GET", "POST")
        if reads and "Assertion.response_data" not in fields:
            yield f"{sampler.name}: any body will do"
    for assertion in plan.all("ResponseAssertion"):
        if not any(
            text.text
            for text in assertion.element.iter("stringProp")
            if text.get("name", "").isdigit()
        ):
            yield f"{assertion.name}: expects nothing"
    for group in plan.all("ThreadGroup"):
        headers = [
            one
            for one in group.own("ResponseAssertion")
            if one.get("Assertion.test_field") == "Assertion.response_headers"
        ]
        if not any("X-Tradewind-Region" in text for one in headers for text in one.texts()):
            yield "an answer need not say its region"
        if not any(
            one.get("DurationAssertion.duration") == "${patience}"
            for one in group.own("DurationAssertion")
        ):
            yield "an answer may take for ever"


def _load(plan: Node) -> Iterator[str]:
    for group in plan.all("ThreadGroup"):
        expected = {
            "ThreadGroup.num_threads": "${users}",
            "ThreadGroup.ramp_time": "${ramp}",
            "ThreadGroup.scheduler": "true",
            "ThreadGroup.duration": "${__intSum(${ramp},${peak},${decay})}",
            "LoopController.loops": "-1",
        }
        for name, value in expected.items():
            if group.get(name) != value:
                yield f"{group.name}: {name} is not {value}"
        leaving = [
            one.get("IfController.condition")
            for one in group.own("IfController")
            if any(one.all("TestAction"))
        ]
        needed = {"ramp", "peak", "decay", "users", "TESTSTART.MS"}
        if not any(needed <= set(_references(condition)) for condition in leaving):
            yield f"{group.name}: nobody leaves before the end"
        if not group.own("GaussianRandomTimer"):
            yield f"{group.name}: nobody thinks"


def _mix(plan: Node) -> Iterator[str]:
    shares = parameters(plan)
    total = sum(int(shares[name]) for name in MIX if shares.get(name, "").isdigit())
    if total != 100:
        yield f"the shares of the visits are {total} of 100"
    for switch in plan.all("SwitchController"):
        value = switch.get("SwitchController.value")
        if sorted(re.findall(r'"(\w+)"', value)) != sorted(child.name for child in switch.children):
            yield "the visits are not those that are drawn"
        if set(_references(value)) != {"visit_draw", *MIX[:-1]}:
            yield "a visit is not drawn by its share"
        if any(not list(child.all("HTTPSamplerProxy")) for child in switch.children):
            yield "a visit asks for nothing"
    draws = [
        text for node in plan.all("UserParameters") for text in node.texts() if "__Random(" in text
    ]
    if not any(set(MIX) <= set(_references(text)) for text in draws):
        yield "the draw is not of all shares"


def _checkout(plan: Node) -> Iterator[str]:
    placed = [
        one for one in samplers(plan) if one.get("HTTPSampler.path").endswith("/api/checkout")
    ]
    values = [
        value for one in plan.all("UserParameters") for value in _user_parameters(one).items()
    ]
    if ("idempotency_key", "${__UUID}") not in values:
        yield "two checkouts may have one key"
    for sampler in placed:
        headers = [text for one in sampler.own("HeaderManager") for text in one.texts()]
        if "Idempotency-Key" not in headers or "${idempotency_key}" not in headers:
            yield f"{sampler.name}: has no key"
        codes = [
            text
            for one in sampler.own("ResponseAssertion")
            if one.get("Assertion.test_field") == "Assertion.response_code"
            for text in one.texts()
        ]
        if "202" not in codes:
            yield f"{sampler.name}: need not be acknowledged"
    again = [one for one in placed if not any(one.all("RegexExtractor"))]
    if len(placed) < 2 or not again:
        yield "no checkout is sent twice"
    for sampler in again:
        expected = [text for one in sampler.own("ResponseAssertion") for text in one.texts()]
        if not any("${order_id}" in text for text in expected):
            yield f"{sampler.name}: may be another order"


def _customers(plan: Node) -> Iterator[str]:
    for group in plan.all("ThreadGroup"):
        cookies = group.own("CookieManager")
        if not any(one.get("CookieManager.clearEachIteration") == "true" for one in cookies):
            yield "a visitor is somebody who was there before, or has no cookies"
    tokens = [
        value
        for one in plan.all("UserParameters")
        for name, value in _user_parameters(one).items()
        if name == "payment_token"
    ]
    if not tokens or not all(
        re.fullmatch(r"tok_ok\$\{__RandomString\((1[4-9]|[2-5]\d),[a-z]+\)\}", token)
        for token in tokens
    ):
        yield "the payment token is not one"


def _secrets(plan: Node) -> Iterator[str]:
    for node in _every(plan):
        for text in (*node.texts(), node.name):
            for run in re.findall(r"\d(?:[ -]?\d){12,18}", text):
                if _luhn(re.sub(r"\D", "", run)):
                    yield f"{node.name}: a card's number"


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _every(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _every(child)


def _references(text: str) -> list[str]:
    return _REFERENCE.findall(text)


def _property(element: Element, name: str) -> str:
    return next((one.text or "" for one in element if one.get("name") == name), "")


def _user_parameters(node: Node) -> dict[str, str]:
    names, values = (
        next(one for one in node.element if one.get("name") == f"UserParameters.{part}")
        for part in ("names", "thread_values")
    )
    return dict(
        zip(
            (one.text or "" for one in names),
            (one.text or "" for one in values[0]),
            strict=True,
        )
    )
