"""Each rule finds what it is for, says what to do about it, and is silent about a drill that went well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scripts.checks import Check, Verdict
from scripts.drill.figures import Lag
from scripts.drill.journal import Kind
from scripts.drill.observations import (
    Alarmed,
    Fetched,
    Observation,
    Ordered,
    Probed,
    Resolved,
    Unread,
)
from scripts.drill.report import Configuration, Evidence, document
from tests.unit.drill.report import examples
from tests.unit.drill.report.examples import aborted, evidence, stranded, tampered
from tests.unit.drill.report.observed import PRIMARY, STANDBY, T0, THEATRE


def quiet() -> Evidence:
    """A drill of which there is nothing to say."""
    one = evidence()
    assert one.figures is not None
    return replace(
        one,
        checks=(),
        observations=tuple(seen for seen in one.observations if not isinstance(seen, Unread)),
        figures=replace(
            one.figures, lags=tuple(lag for lag in one.figures.lags if not lag.unmeasured)
        ),
    )


def found(one: Evidence) -> list[tuple[str, str]]:
    """Severity and words of each."""
    return [(finding["severity"], finding["what"]) for finding in document(one)["findings"]]


def figures(**changes: Any) -> Callable[[Evidence], Evidence]:
    def change(one: Evidence) -> Evidence:
        assert one.figures is not None
        return replace(one, figures=replace(one.figures, **changes))

    return change


def times(**changes: float | None) -> Callable[[Evidence], Evidence]:
    def change(one: Evidence) -> Evidence:
        assert one.figures is not None
        return figures(times=replace(one.figures.times, **changes))(one)

    return change


def orders(**changes: Any) -> Callable[[Evidence], Evidence]:
    def change(one: Evidence) -> Evidence:
        assert one.figures is not None
        return figures(orders=replace(one.figures.orders, **changes))(one)

    return change


def seen(*more: Observation) -> Callable[[Evidence], Evidence]:
    return lambda one: replace(one, observations=(*one.observations, *more))


def having(**changes: Any) -> Callable[[Evidence], Evidence]:
    return lambda one: replace(one, **changes)


def test_of_a_drill_that_went_well_there_is_nothing_to_say() -> None:
    assert found(quiet()) == []


@pytest.mark.parametrize(
    ("change", "severity", "words"),
    [
        (times(t5=T0 + 301), "high", "Recovery took 5:01 min, 1 s more than aimed at."),
        (times(t5=T0 + 250), "low", "nearly the 5:00 min aimed at"),
        (times(t5=None), "critical", "was not seen to recover"),
        (
            times(t1=T0 + 36),
            "medium",
            "The checkers agreed after 36 s; 3 failures 10 s apart make 30 s",
        ),
        (times(t3=T0 + 156), "high", "after 2:36 min; the bound is 2:30 min"),
        (
            times(t2=T0 + 22, t3=T0 + 149),
            "medium",
            "a TTL of 60 s and connections kept for 60 s allow 2:00 min",
        ),
        (
            seen(Fetched(T0 + 100, "client 9", PRIMARY, 200, 0.1, True)),
            "low",
            "1 client stayed with eu-west-1 beyond the TTL, client 9 for 69 s",
        ),
        (
            seen(Fetched(T0 + 90, "client 9", "", 0, 4.0, False)),
            "medium",
            "1 request failed after all vantages had changed over, the first 4 s later (no answer)",
        ),
        (
            seen(Fetched(T0 + 80, "client 9", STANDBY, 502, 0.1, False)),
            "high",
            "eu-central-1 answered 1 of 219 requests badly (HTTP 502 first)",
        ),
        (
            seen(*(Fetched(T0 + 160 + n, "c", STANDBY, 200, 2.0, True) for n in range(40))),
            "low",
            "95 of 100 requests took up to 2 s in eu-central-1",
        ),
        (
            seen(Fetched(T0 - 5, "client 9", PRIMARY, 500, 0.1, False)),
            "medium",
            "1 of 61 requests failed before anything was done",
        ),
        (
            seen(Probed(T0 - 9, THEATRE.takeover.id, "sa-east-1 x", T0 - 9, True, "Success: 200")),
            "low",
            "1 checker spoke for unhealthy before the fault (Success: 200): sa-east-1 x",
        ),
        (
            seen(
                Resolved(T0 + 40, "ns-9", STANDBY, 60),
                Resolved(T0 + 71, "ns-9", PRIMARY, 60),
                Resolved(T0 + 241, "ns-9", PRIMARY, 60),
            ),
            "high",
            "ns-9 answered eu-west-1 again 40 s after the first had changed",
        ),
        (orders(lost=2), "critical", "2 of 34 acknowledged orders are in neither region"),
        (orders(stranded=1), "critical", "though consistency is strong"),
        (orders(unsettled=3), "high", "Of 3 acknowledged orders nobody could say"),
        (
            seen(Ordered(T0 + 170, 99, "", "", 503, 0.1)),
            "medium",
            "1 checkout had no acknowledgement after the shop had recovered",
        ),
        (figures(rpo=6.0), "high", "Orders of the last 6 s before the fault were missing; 5 s"),
        (figures(lags=(Lag("carts", 8.0, 4),)), "medium", "carts was up to 8 s behind"),
        (figures(lags=(Lag("images", None, 0, "off"),)), "info", "Not measured: images."),
        (figures(valid=False, stall=12.5), "high", "stood still for 12.5 s of the drill"),
        (
            seen(Alarmed(T0 + 50, STANDBY, "shop-5xx", "ALARM")),
            "high",
            "Alarms of eu-central-1 went off: shop-5xx",
        ),
        (
            seen(Alarmed(T0 + 50, PRIMARY, "shop-5xx", "ALARM")),
            "info",
            "Alarms elsewhere went off: shop-5xx",
        ),
        (
            seen(Unread(T0, "route53:GetHealthCheckStatus", "Throttling")),
            "low",
            "1 question had no answer",
        ),
        (
            having(verified=(Check("checkouts", Verdict.REFUSED, "4", "5"),)),
            "critical",
            "Verification, checkouts: 4; expected 5.",
        ),
        (
            having(checks=(Check("backups", Verdict.UNKNOWN, "AccessDenied", "fresh"),)),
            "low",
            "Preflight, backups: unknown. AccessDenied",
        ),
        (
            having(checks=(Check("standby", Verdict.REFUSED, "2 of 16", "more than 18 %"),)),
            "high",
            "Preflight, standby: refused.",
        ),
        (
            having(wire=("rds:DescribeDBClusters in eu-west-1 was called.",)),
            "high",
            "rds:DescribeDBClusters",
        ),
        (
            having(settled=("Dns/Record changes",)),
            "medium",
            "would change something now: Dns/Record",
        ),
        (
            having(
                configurations=(Configuration("takeover", {}, {}, ("It is on, and was off.",)),)
            ),
            "critical",
            "It is on, and was off.",
        ),
        (
            lambda one: replace(one, journal=tampered().journal),
            "critical",
            "chain is broken: line 5",
        ),
    ],
)
def test_what_is_wrong_is_found_and_nothing_else(
    change: Callable[[Evidence], Evidence], severity: str, words: str
) -> None:
    told = found(change(quiet()))

    assert [said for level, said in told if level == severity and words in said], told
    assert len(told) == 1


def test_after_an_abort_going_home_is_neither_staying_nor_returning() -> None:
    one = quiet()
    journal = examples.journal(
        (-60, Kind.STATE, {"state": "ARMED"}),
        (-1, Kind.STATE, {"state": "FAILING"}),
        (100, Kind.STATE, {"state": "ABORTING"}),
        (340, Kind.STATE, {"state": "RESTORED"}),
    )
    home = [Fetched(T0 + 110, "client 1", PRIMARY, 200, 0.1, True)]
    names = [Resolved(T0 + 110, "ns-9", STANDBY, 60), Resolved(T0 + 120, "ns-9", PRIMARY, 60)]

    told = found(replace(one, journal=journal, observations=(*one.observations, *home, *names)))

    assert told == []


def test_orders_that_strand_under_eventual_consistency_are_allowed_for_and_told() -> None:
    told = [one for one in document(stranded())["findings"] if "came back" in one["what"]]

    assert [one["severity"] for one in told] == ["medium"]
    assert "Strong consistency" in told[0]["todo"]


def test_the_heaviest_comes_first_and_each_says_why_and_what_to_do() -> None:
    order = ["critical", "high", "medium", "low", "info"]
    for make in (aborted, stranded, tampered):
        findings = document(make())["findings"]
        ranks = [order.index(one["severity"]) for one in findings]

        assert ranks == sorted(ranks)
        assert all(one["why"] and one["todo"] for one in findings)
