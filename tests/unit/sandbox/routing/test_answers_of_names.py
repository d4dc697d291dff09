"""What exists and what does not: names, wildcards, CNAME records, zones within zones."""

from __future__ import annotations

import random
from typing import Any

import pytest

from scripts.sandbox.routing.answers import Answer, View, answer
from scripts.sandbox.routing.records import Zone

NAME_SERVERS = ["ns-1.awsdns-1.com.", "ns-2.awsdns-2.net."]
SOA = "ns-1.awsdns-1.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"


def zone(name: str, *records: tuple[str, str, str], zone_id: str = "Z1") -> Zone:
    """With its own NS and SOA records, and these: name, type and values, parted by commas."""
    own: list[dict[str, Any]] = [
        {"Name": name, "Type": "SOA", "TTL": "1200", "ResourceRecords": [SOA]},
        {"Name": name, "Type": "NS", "TTL": "172800", "ResourceRecords": NAME_SERVERS},
    ]
    for owner, kind, values in records:
        told = {"TTL": "300", "ResourceRecords": values.split(",")}
        own.append({"Name": owner, "Type": kind, **told})
    return Zone.read(zone_id, name, own)


SHOP = zone(
    "Example.com.",
    ("example.com.", "A", "192.0.2.1"),
    ("www.example.com.", "CNAME", "shop.example.com"),
    ("shop.example.com.", "A", "192.0.2.2"),
    ("shop.example.com.", "TXT", '"a","b"'),
    ("a.long.way.example.com.", "A", "192.0.2.3"),
    ("\\052.wild.example.com.", "A", "192.0.2.4"),
    ("there.wild.example.com.", "TXT", '"there"'),
    ("out.example.com.", "CNAME", "elsewhere.example.net."),
    ("nowhere.example.com.", "CNAME", "missing.example.com."),
    ("round.example.com.", "CNAME", "about.example.com."),
    ("about.example.com.", "CNAME", "round.example.com."),
    ("deep.sub.example.com.", "NS", "ns.deeper.example."),
    ("sub.example.com.", "NS", "ns.other.example.,ns2.other.example."),
)
INNER = zone("inner.example.com.", ("x.inner.example.com.", "A", "192.0.2.9"), zone_id="Z2")


def ask(name: str, kind: str = "A", *zones: Zone) -> Answer:
    return answer(View(zones or (SHOP,), lambda _: True, {}), name, kind, random.Random(1))


def told(found: Answer) -> list[tuple[str, str, str]]:
    return sorted((each.name, each.type, each.value) for each in found.records)


@pytest.mark.parametrize("name", ["shop.example.com", "shop.example.com.", "SHOP.Example.COM."])
def test_a_name_is_the_same_in_any_case_and_with_a_last_dot(name: str) -> None:
    assert told(ask(name)) == [("shop.example.com.", "A", "192.0.2.2")]


def test_the_apex_has_records_of_its_own() -> None:
    assert told(ask("example.com")) == [("example.com.", "A", "192.0.2.1")]
    assert [each[2] for each in told(ask("example.com", "NS"))] == NAME_SERVERS
    assert [each[2] for each in told(ask("example.com", "SOA"))] == [SOA]


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("shop.example.com", "AAAA", "NOERROR"),
        ("way.example.com", "A", "NOERROR"),
        ("long.way.example.com", "A", "NOERROR"),
        ("wild.example.com", "A", "NOERROR"),
        ("missing.example.com", "A", "NXDOMAIN"),
        ("b.long.way.example.com", "A", "NXDOMAIN"),
        ("below.shop.example.com", "A", "NXDOMAIN"),
    ],
)
def test_a_name_without_data_is_told_from_a_name_that_is_not_there(
    name: str, kind: str, code: str
) -> None:
    """Either way the SOA record says for how long: the lesser of its TTL and its last number."""
    found = ask(name, kind)
    assert (found.code, found.records, found.authoritative) == (code, (), True)
    assert [(each.type, each.ttl) for each in found.authority] == [("SOA", 1200)]


@pytest.mark.parametrize("name", ["any.wild.example.com", "so.deep.wild.example.com"])
def test_a_wildcard_answers_under_the_name_that_was_asked_for(name: str) -> None:
    assert told(ask(name)) == [(f"{name}.", "A", "192.0.2.4")]
    assert ask(name, "TXT").code == "NOERROR"


@pytest.mark.parametrize(
    ("name", "code"),
    [("there.wild.example.com", "NOERROR"), ("below.there.wild.example.com", "NXDOMAIN")],
)
def test_a_wildcard_does_not_reach_a_name_that_is_there_nor_below_it(name: str, code: str) -> None:
    found = ask(name)
    assert (found.code, found.records) == (code, ())


def test_a_cname_is_followed_within_its_zone() -> None:
    cname = ("www.example.com.", "CNAME", "shop.example.com")
    assert told(ask("www.example.com")) == [("shop.example.com.", "A", "192.0.2.2"), cname]
    assert told(ask("www.example.com", "CNAME")) == [cname]


def test_a_cname_out_of_the_zone_is_the_whole_answer() -> None:
    found = ask("out.example.com")
    assert told(found) == [("out.example.com.", "CNAME", "elsewhere.example.net.")]
    assert (found.code, found.authority) == ("NOERROR", ())


def test_a_cname_to_nothing_says_that_nothing_is_there() -> None:
    found = ask("nowhere.example.com")
    assert found.code == "NXDOMAIN"
    assert told(found) == [("nowhere.example.com.", "CNAME", "missing.example.com.")]


def test_cnames_that_go_round_are_a_failure() -> None:
    assert ask("round.example.com").code == "SERVFAIL"
    assert ask("round.example.com", "CNAME").code == "NOERROR"


@pytest.mark.parametrize("name", ["sub.example.com", "deep.sub.example.com"])
def test_a_zone_that_was_handed_over_is_referred_to(name: str) -> None:
    """And with it all that is below it: this zone has no say there any more."""
    found = ask(name)
    assert (found.code, found.records, found.authoritative) == ("NOERROR", (), False)
    servers = ["ns.other.example.", "ns2.other.example."]
    assert [(each.name, each.value) for each in found.authority] == [
        ("sub.example.com.", server) for server in servers
    ]


def test_the_zone_closest_to_the_name_answers() -> None:
    assert told(ask("x.inner.example.com", "A", SHOP, INNER)) != []
    assert ask("y.inner.example.com", "A", SHOP, INNER).authority[0].name == "inner.example.com."


@pytest.mark.parametrize("name", ["example.net", "notexample.com", "com", "."])
def test_a_name_outside_every_zone_is_refused(name: str) -> None:
    found = ask(name)
    assert (found.code, found.authoritative) == ("REFUSED", False)


def test_an_soa_record_without_its_numbers_fails_what_needs_it_and_nothing_else() -> None:
    torn = Zone.read(
        "Z3",
        "torn.example",
        [
            {"Name": "torn.example.", "Type": "SOA", "TTL": "900", "ResourceRecords": ["ns. me."]},
            {"Name": "a.torn.example.", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]},
        ],
    )
    codes = [ask(f"{name}.torn.example", "A", torn).code for name in ("a", "b")]
    assert codes == ["NOERROR", "SERVFAIL"]


def test_everything_about_a_name_is_not_told() -> None:
    assert ask("shop.example.com", "ANY").code == "NOTIMP"
