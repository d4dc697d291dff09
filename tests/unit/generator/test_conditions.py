"""A condition that cannot hold without another says so: what it guards needs no second guard."""

from __future__ import annotations

from generator.conditions import Conditions


def test_a_condition_implies_itself_and_what_it_joins() -> None:
    joined = Conditions.payment_api_behind_waf
    for part in (joined, Conditions.payment_api, Conditions.waf):
        assert joined.implies(part)


def test_it_implies_neither_less_nor_what_it_only_may_be() -> None:
    assert not Conditions.payment_api.implies(Conditions.payment_api_behind_waf)
    assert not Conditions.pair.implies(Conditions.primary)
    assert not Conditions.has_replica_keys.implies(Conditions.primary)
