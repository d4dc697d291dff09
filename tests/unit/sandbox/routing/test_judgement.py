"""What results make of a health check: thresholds, 18 %, inversion, disabling, calculated checks."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from scripts.sandbox.routing.health_checks import HealthCheck
from scripts.sandbox.routing.judgement import Opinion, consensus, verdicts

WELL, ILL = [True] * 16, [False] * 16


def check(name: str, **config: Any) -> HealthCheck:
    return HealthCheck.described(
        name, "111111111111", {"Type": "HTTP", "IPAddress": "192.0.2.1", **config}
    )


def calculated(name: str, children: list[str], healthy: int, **config: Any) -> HealthCheck:
    made: dict[str, Any] = {"Type": "CALCULATED", "ChildHealthChecks": children, **config}
    return HealthCheck.described(name, "111111111111", {**made, "HealthThreshold": healthy})


def verdict(one: HealthCheck, thought: list[bool] | None = None) -> bool:
    opinions = {} if thought is None else {one.id: thought}
    return verdicts({one.id: one}, opinions, {})[one.id]


@pytest.mark.parametrize("threshold", [1, 3, 10])
@pytest.mark.parametrize("healthy", [True, False])
def test_a_mind_changes_after_so_many_results_in_a_row(threshold: int, healthy: bool) -> None:
    opinion = Opinion(healthy)
    for _ in range(threshold - 1):
        opinion = opinion.after(not healthy, threshold)
        assert opinion.healthy is healthy
    assert opinion.after(not healthy, threshold).healthy is not healthy


@pytest.mark.parametrize("healthy", [True, False])
def test_one_result_the_other_way_begins_the_row_anew(healthy: bool) -> None:
    opinion = Opinion(healthy)
    for _ in range(20):
        for passed in (not healthy, not healthy, healthy):
            opinion = opinion.after(passed, 3)
            assert opinion.healthy is healthy


@pytest.mark.parametrize(("well", "healthy"), [(0, False), (1, False), (2, False), (3, True)])
def test_of_sixteen_checkers_three_must_find_it_healthy(well: int, healthy: bool) -> None:
    assert consensus([True] * well + [False] * (16 - well)) is healthy


@pytest.mark.parametrize(
    ("well", "of", "healthy"), [(18, 100, False), (19, 100, True), (9, 50, False), (1, 6, False)]
)
def test_eighteen_percent_are_not_enough(well: int, of: int, healthy: bool) -> None:
    assert consensus([True] * well + [False] * (of - well)) is healthy


def test_a_new_check_is_healthy_and_a_new_inverted_one_is_not() -> None:
    assert verdict(check("new"))
    assert not verdict(check("new", Inverted=True))


@pytest.mark.parametrize("thought", [WELL, ILL])
def test_inversion_turns_the_verdict(thought: list[bool]) -> None:
    assert verdict(check("one"), thought) is not verdict(check("one", Inverted=True), thought)


@pytest.mark.parametrize("thought", [WELL, ILL, None])
def test_disabled_is_always_healthy_so_it_is_no_failure(thought: list[bool] | None) -> None:
    assert verdict(check("one", Disabled=True), thought)
    assert not verdict(check("one", Disabled=True, Inverted=True), thought)


@pytest.mark.parametrize("wanted", range(5))
def test_a_calculated_check_counts_its_children(wanted: int) -> None:
    for states in product([True, False], repeat=3):
        checks = {name: check(name) for name in "abc"}
        checks["sum"] = calculated("sum", ["a", "b", "c"], wanted)
        thought = {name: WELL if well else ILL for name, well in zip("abc", states, strict=True)}
        assert verdicts(checks, thought, {})["sum"] is (sum(states) >= wanted)


def test_a_child_counts_after_its_inversion() -> None:
    checks = {"a": check("a", Inverted=True), "sum": calculated("sum", ["a"], 1)}
    assert not verdicts(checks, {"a": WELL}, {})["sum"]
    assert verdicts(checks, {"a": ILL}, {})["sum"]


def test_a_calculated_check_inverts_and_is_disabled_like_any_other() -> None:
    checks = {"a": check("a"), "not": calculated("not", ["a"], 1, Inverted=True)}
    assert not verdicts(checks, {"a": WELL}, {})["not"]
    disabled = {"a": check("a"), "sum": calculated("sum", ["a"], 1, Disabled=True)}
    assert verdicts(disabled, {"a": ILL}, {})["sum"]


def test_the_shop_fails_over_when_the_endpoint_fails_or_the_standby_asks() -> None:
    checks = {
        "endpoint": check("endpoint"),
        "takeover": check("takeover", Inverted=True),
        "primary": calculated("primary", ["endpoint", "takeover"], 2),
    }

    def primary(endpoint: list[bool], takeover: list[bool]) -> bool:
        return verdicts(checks, {"endpoint": endpoint, "takeover": takeover}, {})["primary"]

    assert primary(WELL, ILL)
    assert not primary(ILL, ILL)
    assert not primary(WELL, WELL)


def test_calculated_checks_nest_whatever_their_order() -> None:
    checks = {
        "top": calculated("top", ["middle"], 1),
        "middle": calculated("middle", ["a", "gone"], 2),
        "a": check("a"),
    }
    assert verdicts(checks, {"a": WELL}, {}) == {"top": True, "middle": True, "a": True}
    assert verdicts(checks, {"a": ILL}, {}) == {"top": False, "middle": False, "a": False}


def test_checks_that_lead_to_themselves_come_to_an_end() -> None:
    checks = {"a": calculated("a", ["b"], 1), "b": calculated("b", ["a"], 1)}
    assert verdicts(checks, {}, {}) == {"a": True, "b": True}


def test_an_alarm_check_is_what_its_data_say() -> None:
    alarm = {
        "Namespace": "Shop",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    named = {"Region": "us-east-1", "Name": "errors"}
    config = {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": named}
    one = HealthCheck.described("one", "111111111111", config, alarm)
    assert verdicts({"one": one}, {}, {"one": True}) == {"one": True}
    assert verdicts({"one": one}, {}, {"one": False}) == {"one": False}
    assert verdicts({"one": one}, {}, {}) == {"one": True}
