"""Which record set Route 53 answers with: the truth table of a failover, and of every other policy."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from itertools import product
from typing import Any

import pytest

from scripts.sandbox.routing.answers import Answer, LoadBalancer, View, answer
from scripts.sandbox.routing.records import Zone

ZONE, ZONE_ID = "example.com", "ZSHOP"
NAME = "shop.example.com"

BALANCERS = {
    "primary.elb.example": LoadBalancer("192.0.2.1", well=True),
    "secondary.elb.example": LoadBalancer("192.0.2.2", well=True),
    "sick.elb.example": LoadBalancer("192.0.2.3", well=False),
    "stopped.elb.example": LoadBalancer(None, well=False),
}


def record(value: str = "", name: str = NAME, kind: str = "A", **members: Any) -> dict[str, Any]:
    """As ministack keeps it; `value` may be several, parted by commas."""
    told = {"TTL": "30", "ResourceRecords": value.split(",")} if value else {}
    return {"Name": f"{name}.", "Type": kind, **told, **members}


def alias(target: str, *, evaluate: bool = False, zone: str = "ZELB") -> dict[str, Any]:
    return {
        "AliasTarget": {
            "HostedZoneId": zone,
            "DNSName": f"{target}.",
            "EvaluateTargetHealth": evaluate,
        }
    }


def ask(
    *records: dict[str, Any],
    name: str = NAME,
    kind: str = "A",
    unhealthy: Collection[str] = (),
    dice: random.Random | None = None,
) -> Answer:
    defaults = (
        record("ns-1.example.net.,ns-2.example.net.", ZONE, "NS", TTL="172800"),
        record(
            "ns-1.example.net. admin.example.net. 1 7200 900 1209600 86400", ZONE, "SOA", TTL=900
        ),
    )
    zone = Zone.read(ZONE_ID, ZONE, [*defaults, *records])
    view = View([zone], lambda check: check not in unhealthy, BALANCERS)
    return answer(view, name, kind, dice or random.Random(1))


def values(told: Answer) -> list[str]:
    assert told.code == "NOERROR"
    return sorted(each.value for each in told.records)


def failover(
    primary_check: str | None, secondary_check: str | None, *, aliases: bool
) -> list[dict[str, Any]]:
    """A PRIMARY and a SECONDARY record set, with these checks."""
    found = []
    for role, value, check in (
        ("PRIMARY", "192.0.2.1", primary_check),
        ("SECONDARY", "192.0.2.2", secondary_check),
    ):
        told = alias(f"{role.lower()}.elb.example") if aliases else {}
        checked = {"HealthCheckId": check} if check else {}
        named = {"Failover": role, "SetIdentifier": role}
        found.append(record("" if aliases else value, **named, **told, **checked))
    return found


@pytest.mark.parametrize("aliases", [False, True])
@pytest.mark.parametrize(
    ("primary", "secondary", "answered"),
    [
        ("well", "well", "primary"),
        ("well", "unhealthy", "primary"),
        ("well", None, "primary"),
        (None, "well", "primary"),
        (None, "unhealthy", "primary"),
        (None, None, "primary"),
        ("unhealthy", "well", "secondary"),
        ("unhealthy", None, "secondary"),
        ("unhealthy", "unhealthy", "primary"),
    ],
)
def test_a_failover_answers_as_its_checks_say(
    primary: str | None, secondary: str | None, answered: str, aliases: bool
) -> None:
    """With both unhealthy Route 53 answers PRIMARY; a record without a check is healthy."""
    checks = {"well": "well-check", "unhealthy": "sick-check", None: None}
    records = failover(checks[primary], checks[secondary], aliases=aliases)
    address = {"primary": "192.0.2.1", "secondary": "192.0.2.2"}[answered]
    assert values(ask(*records, unhealthy=["sick-check"])) == [address]
    assert values(ask(*reversed(records), unhealthy=["sick-check"])) == [address]


def test_a_failover_comes_back_by_itself() -> None:
    """No answer depends on the one before it: whoever wants to stay in the standby has to latch."""
    records = failover("primary-check", "secondary-check", aliases=True)
    unhealthy = [[], ["primary-check"], [], ["primary-check", "secondary-check"]]
    told = [values(ask(*records, unhealthy=each)) for each in unhealthy]
    assert told == [["192.0.2.1"], ["192.0.2.2"], ["192.0.2.1"], ["192.0.2.1"]]


@pytest.mark.parametrize(
    ("evaluate", "target", "check", "stays"),
    [
        (evaluate, target, check, check and (not evaluate or target == "primary"))
        for evaluate, target, check in product((True, False), ("primary", "sick"), (True, False))
    ],
)
def test_an_alias_that_evaluates_its_target_needs_its_check_as_well(
    evaluate: bool, target: str, check: bool, stays: bool
) -> None:
    records = [
        record(
            Failover="PRIMARY",
            SetIdentifier="1",
            HealthCheckId="check",
            **alias(f"{target}.elb.example", evaluate=evaluate),
        ),
        record("192.0.2.9", Failover="SECONDARY", SetIdentifier="2"),
    ]
    found = values(ask(*records, unhealthy=[] if check else ["check"]))
    assert (found != ["192.0.2.9"]) is stays


def test_an_alias_to_a_load_balancer_is_its_address_for_a_minute() -> None:
    (told,) = ask(record(**alias("dualstack.Primary.elb.example"))).records
    assert (told.value, told.ttl, told.name) == ("192.0.2.1", 60, f"{NAME}.")


@pytest.mark.parametrize("target", ["stopped.elb.example", "deleted.elb.example"])
def test_an_alias_to_nothing_that_runs_has_no_data(target: str) -> None:
    told = ask(record(**alias(target)))
    assert (told.code, told.records) == ("NOERROR", ())
    assert [each.type for each in told.authority] == ["SOA"]


@pytest.mark.parametrize("target", ["stopped.elb.example", "deleted.elb.example"])
def test_a_load_balancer_without_a_fleet_is_not_well(target: str) -> None:
    records = [
        record(Failover="PRIMARY", SetIdentifier="1", **alias(target, evaluate=True)),
        record("192.0.2.9", Failover="SECONDARY", SetIdentifier="2"),
    ]
    assert values(ask(*records)) == ["192.0.2.9"]


def test_an_alias_has_the_ttl_and_the_type_of_the_name_it_speaks_for() -> None:
    below = record("192.0.2.7", f"one.{NAME}", TTL="5")
    spoken = alias(f"one.{NAME}", zone=ZONE_ID)
    (told,) = ask(below, record(**spoken)).records
    assert (told.name, told.type, told.value, told.ttl) == (f"{NAME}.", "A", "192.0.2.7", 5)
    assert ask(below, record(kind="AAAA", **spoken), kind="AAAA").records == ()


@pytest.mark.parametrize(
    ("unhealthy", "answered"),
    [([], "192.0.2.1"), (["a"], "192.0.2.2"), (["a", "b"], "192.0.2.9")],
)
def test_a_name_is_as_well_as_any_of_its_records(unhealthy: list[str], answered: str) -> None:
    """Of a tree, a branch is left out when nothing on it is healthy."""
    inner = f"inner.{NAME}"
    tree = [
        record("192.0.2.1", inner, Failover="PRIMARY", SetIdentifier="1", HealthCheckId="a"),
        record("192.0.2.2", inner, Failover="SECONDARY", SetIdentifier="2", HealthCheckId="b"),
        record(Failover="PRIMARY", SetIdentifier="1", **alias(inner, evaluate=True, zone=ZONE_ID)),
        record("192.0.2.9", Failover="SECONDARY", SetIdentifier="2"),
    ]
    assert values(ask(*tree, unhealthy=unhealthy)) == [answered]


def test_aliases_that_lead_to_themselves_are_a_failure_and_no_endless_search() -> None:
    ring = [
        record(name=f"{one}.{ZONE}", **alias(f"{other}.{ZONE}", evaluate=True, zone=ZONE_ID))
        for one, other in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    assert ask(*ring, name=f"a.{ZONE}").code == "SERVFAIL"
    primary = record(
        Failover="PRIMARY", SetIdentifier="1", **alias(f"a.{ZONE}", evaluate=True, zone=ZONE_ID)
    )
    secondary = record("192.0.2.9", Failover="SECONDARY", SetIdentifier="2")
    assert values(ask(*ring, primary, secondary)) == ["192.0.2.9"]


def weighted(**weights: int) -> list[dict[str, Any]]:
    """Record sets whose values are their identifiers, each with a check of that name."""
    return [
        record(name, SetIdentifier=name, Weight=weight, HealthCheckId=name)
        for name, weight in weights.items()
    ]


def shares(*records: dict[str, Any], unhealthy: Collection[str] = ()) -> dict[str, float]:
    """How often each is answered, of a thousand."""
    dice = random.Random(7)
    counts = Counter(
        value
        for _ in range(1_000)
        for value in values(ask(*records, unhealthy=unhealthy, dice=dice))
    )
    return {value: round(count / 1_000, 1) for value, count in counts.items()}


@pytest.mark.parametrize(
    ("weights", "unhealthy", "expected"),
    [
        ({"a": 9, "b": 1}, [], {"a": 0.9, "b": 0.1}),
        ({"a": 9, "b": 1}, ["a"], {"b": 1.0}),
        ({"a": 9, "b": 1, "spare": 0}, ["a"], {"b": 1.0}),
        ({"a": 9, "b": 1, "spare": 0}, ["a", "b"], {"spare": 1.0}),
        ({"a": 9, "b": 1, "spare": 0}, ["a", "b", "spare"], {"a": 0.9, "b": 0.1}),
        ({"a": 0, "b": 0}, [], {"a": 0.5, "b": 0.5}),
        ({"a": 0, "b": 0}, ["a", "b"], {"a": 0.5, "b": 0.5}),
    ],
)
def test_weights_share_the_answers_among_the_healthy(
    weights: dict[str, int], unhealthy: list[str], expected: dict[str, float]
) -> None:
    """A weight of 0 is for when nothing else is well; with nobody well everybody is."""
    assert shares(*weighted(**weights), unhealthy=unhealthy) == expected


def many(count: int) -> list[dict[str, Any]]:
    return [
        record(f"192.0.2.{n}", SetIdentifier=str(n), MultiValueAnswer=True, HealthCheckId=str(n))
        for n in range(count)
    ]


def test_of_many_values_the_healthy_are_answered_together() -> None:
    assert values(ask(*many(4), unhealthy=["1", "3"])) == ["192.0.2.0", "192.0.2.2"]
    assert len(values(ask(*many(4), unhealthy="0123"))) == 4


def test_of_more_than_eight_values_any_eight_are_answered() -> None:
    dice = random.Random(3)
    told = [values(ask(*many(12), dice=dice)) for _ in range(50)]
    assert {len(set(each)) for each in told} == {8}
    assert len({value for each in told for value in each}) == 12


def test_the_values_of_one_record_set_come_in_any_order() -> None:
    dice = random.Random(3)
    told = {
        tuple(each.value for each in ask(record("192.0.2.1,192.0.2.2"), dice=dice).records)
        for _ in range(20)
    }
    assert told == {("192.0.2.1", "192.0.2.2"), ("192.0.2.2", "192.0.2.1")}


@pytest.mark.parametrize(
    "members",
    [
        {"Region": "us-east-1"},
        {"GeoLocation": {"CountryCode": "*"}},
        {"CidrRoutingConfig": {"CollectionId": "c", "LocationName": "*"}},
        {"SetIdentifier": "1"},
    ],
)
def test_a_policy_that_is_not_imitated_is_a_failure_and_no_guess(members: dict[str, Any]) -> None:
    told = ask(record("192.0.2.1", **{"SetIdentifier": "1", **members}))
    assert (told.code, told.records) == ("SERVFAIL", ())
