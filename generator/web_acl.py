"""Rules of a web ACL, as values: managed groups, rate limits by viewer, paths that pass.

A rule's priority is its place in the list that `rules` is given. Any rule counts under its own name in
CloudWatch and keeps samples of what it matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere.wafv2 import (
    AllowAction,
    BlockAction,
    ByteMatchStatement,
    CustomResponse,
    FieldToMatch,
    ForwardedIPConfiguration,
    ManagedRuleGroupStatement,
    OrStatement,
    OverrideAction,
    RateBasedStatement,
    RuleAction,
    Statement,
    TextTransformation,
    VisibilityConfig,
    WebACLRule,
)

#: Seconds over which WAF counts requests for a rate limit (EvaluationWindowSec; 60, 120, 300 or 600).
WINDOW = 300

#: A managed group's rules act as AWS wrote them.
OWN_ACTIONS = OverrideAction.from_dict("OverrideAction", {"None": {}})


@dataclass(frozen=True)
class Rule:
    """One rule before it has its place: what it looks for, and its `Action` or `OverrideAction`."""

    name: str
    statement: Statement
    deed: dict[str, Any]


def rules(*in_order: Rule) -> list[WebACLRule]:
    """The rules of a web ACL; the first that ends the matter wins."""
    return [
        WebACLRule(
            Name=rule.name,
            Priority=place,
            Statement=rule.statement,
            VisibilityConfig=visible(rule.name),
            **rule.deed,
        )
        for place, rule in enumerate(in_order)
    ]


def visible(name: object) -> VisibilityConfig:
    """Metrics and samples under this name."""
    return VisibilityConfig(
        CloudWatchMetricsEnabled=True, SampledRequestsEnabled=True, MetricName=name
    )


def managed(group: str) -> Rule:
    """A rule group that AWS keeps, such as `SQLiRuleSet`, with its own actions."""
    statement = ManagedRuleGroupStatement(VendorName="AWS", Name=f"AWSManagedRules{group}")
    return Rule(
        group,
        Statement(ManagedRuleGroupStatement=statement),
        {"OverrideAction": OWN_ACTIONS},
    )


def passing(name: str, paths: Sequence[str]) -> Rule:
    """Exactly these paths pass, whatever the rules after this one say."""
    return Rule(
        name,
        _any_of([_path(path, "EXACTLY", "NONE") for path in paths]),
        {"Action": RuleAction(Allow=AllowAction())},
    )


def limited_by_forwarded_ip(name: str, limit: int, prefixes: Sequence[str] = ()) -> Rule:
    """At most `limit` requests of one viewer in `WINDOW`, of all paths or of those below `prefixes`.

    For what stands behind CloudFront: the viewer is the first address of X-Forwarded-For, which a viewer can
    make up. It slows the careless; CloudFront's own web ACL sees the true address. A header that holds no
    valid address is blocked at once; a request without the header is not counted.
    https://docs.aws.amazon.com/waf/latest/APIReference/API_ForwardedIPConfig.html
    """
    scope: dict[str, Any] = {"ScopeDownStatement": _below(prefixes)} if prefixes else {}
    rate = RateBasedStatement(
        AggregateKeyType="FORWARDED_IP",
        EvaluationWindowSec=WINDOW,
        ForwardedIPConfig=ForwardedIPConfiguration(
            HeaderName="X-Forwarded-For", FallbackBehavior="MATCH"
        ),
        Limit=limit,
        **scope,
    )
    too_many = BlockAction(CustomResponse=CustomResponse(ResponseCode=429))
    return Rule(name, Statement(RateBasedStatement=rate), {"Action": RuleAction(Block=too_many)})


def _below(prefixes: Sequence[str]) -> Statement:
    """However a path below them is spelt: encoded, roundabout or in capitals."""
    plain = ("URL_DECODE", "NORMALIZE_PATH", "LOWERCASE")
    return _any_of([_path(prefix, "STARTS_WITH", *plain) for prefix in prefixes])


def _path(path: str, constraint: str, *transformations: str) -> Statement:
    return Statement(
        ByteMatchStatement=ByteMatchStatement(
            FieldToMatch=FieldToMatch(UriPath={}),
            PositionalConstraint=constraint,
            SearchString=path,
            TextTransformations=[
                TextTransformation(Priority=place, Type=transformation)
                for place, transformation in enumerate(transformations)
            ],
        )
    )


def _any_of(statements: list[Statement]) -> Statement:
    """WAF wants two statements at least in an OR."""
    return (
        statements[0]
        if len(statements) == 1
        else Statement(OrStatement=OrStatement(Statements=statements))
    )
