"""A listener's rules: which request meets which action.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from scripts.errors import Failed
from scripts.sandbox.fleets.wire import Reply, Request


@dataclass(frozen=True)
class Forward:
    """Hand a request on to a target group."""

    target_group_arn: str


Action: TypeAlias = Forward | Reply


@dataclass(frozen=True)
class Condition:
    """What a rule asks of a request: that one of `patterns` fits. `header` is of `http-header` alone."""

    field: str
    patterns: tuple[str, ...]
    header: str = ""

    def met(self, request: Request) -> bool:
        """Whether a request meets it."""
        match self.field:
            case "path-pattern":
                told, folds = [request.path], False
            case "http-header":
                told, folds = request.values(self.header), True
            case "host-header":
                told, folds = request.values("host"), True
            case _:
                told, folds = [request.method], False
        fits = [_pattern(pattern, folds) for pattern in self.patterns]
        return any(fit.fullmatch(value) for fit in fits for value in told)


@dataclass(frozen=True)
class Rule:
    """Conditions, all of which a request must meet, and what is then done."""

    priority: float
    conditions: tuple[Condition, ...]
    action: Action

    def met(self, request: Request) -> bool:
        """Whether it is this rule's request."""
        return all(condition.met(request) for condition in self.conditions)


@dataclass(frozen=True)
class Rules:
    """A listener's rules in their order, the default last."""

    rules: tuple[Rule, ...]

    @classmethod
    def described(cls, rules: Iterable[Mapping[str, Any]]) -> Rules:
        """As DescribeRules tells them. Raises Failed for what the stand-in does not know."""
        told = (
            Rule(_priority(rule), tuple(map(_condition, rule["Conditions"])), _action(rule))
            for rule in rules
        )
        return cls(tuple(sorted(told, key=lambda rule: rule.priority)))

    def action(self, request: Request) -> Action:
        """What is done with a request.

        One that no rule meets is taken as one that came through our distribution, for which a rule asks by
        a header that only the distribution knows: the stand-in is the distribution, too. One that brings
        such a header itself is judged by it.
        """
        rule = self._first(request)
        if rule.conditions:
            return rule.action
        known = {name for name, _ in request.headers}
        for secret in self._secret_headers():
            if secret[0] not in known:
                rule = self._first(request.having(secret))
                if rule.conditions:
                    break
        return rule.action

    @property
    def groups(self) -> frozenset[str]:
        """The ARNs of the target groups that requests are forwarded to."""
        actions = (rule.action for rule in self.rules)
        return frozenset(one.target_group_arn for one in actions if isinstance(one, Forward))

    def _first(self, request: Request) -> Rule:
        return next(rule for rule in self.rules if rule.met(request))

    def _secret_headers(self) -> Iterable[tuple[str, str]]:
        for rule in self.rules:
            if isinstance(rule.action, Forward):
                for condition in rule.conditions:
                    if condition.header:
                        yield condition.header, condition.patterns[0]


def _priority(rule: Mapping[str, Any]) -> float:
    return float("inf") if rule["Priority"] == "default" else float(rule["Priority"])


def _condition(told: Mapping[str, Any]) -> Condition:
    match told:
        case {"HttpHeaderConfig": {"HttpHeaderName": str(name), "Values": list(values)}}:
            return Condition("http-header", tuple(values), name.lower())
        case {"Field": "path-pattern" | "host-header" | "http-request-method" as field}:
            inner = next((value for key, value in told.items() if key.endswith("Config")), told)
            return Condition(field, tuple(inner["Values"]))
    raise Failed(f"The stand-in of a load balancer does not know the condition {told['Field']}.")


def _action(rule: Mapping[str, Any]) -> Action:
    match rule["Actions"]:
        case [{"Type": "forward", "TargetGroupArn": str(arn)}]:
            return Forward(arn)
        case [{"Type": "fixed-response", "FixedResponseConfig": fixed}]:
            headers = (("content-type", fixed.get("ContentType") or "text/plain"),)
            return Reply(int(fixed["StatusCode"]), headers, fixed.get("MessageBody", "").encode())
    kinds = ", ".join(one["Type"] for one in rule["Actions"])
    raise Failed(f"The stand-in of a load balancer does not know the action {kinds} of a rule.")


@cache
def _pattern(text: str, folds: bool) -> re.Pattern[str]:
    """`*` is any characters, `?` is one; a header's case does not count, a path's does."""
    known = {"*": ".*", "?": "."}
    source = "".join(known.get(character) or re.escape(character) for character in text)
    return re.compile(source, re.DOTALL | (re.IGNORECASE if folds else 0))
