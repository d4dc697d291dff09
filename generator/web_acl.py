"""A web ACL, and its rules as values: managed groups, rate limits by viewer, paths that pass.

A rule's priority is its place in the list that `rules` is given. Any rule counts under its own name in
CloudWatch and keeps samples of what it matched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, NoValue, Tags
from troposphere.wafv2 import (
    AllowAction,
    AndStatement,
    BlockAction,
    ByteMatchStatement,
    CustomResponse,
    DefaultAction,
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
    WebACL,
    WebACLRule,
)

from generator import load_generators, shop_paths
from generator.conditions import Condition, Conditions
from generator.web_acl_log import secrecy

if TYPE_CHECKING:
    from generator.layer import Layer

#: Seconds over which WAF counts requests for a rate limit (EvaluationWindowSec; 60, 120, 300 or 600).
WINDOW = 300

#: Requests of one viewer in `WINDOW`: to anything, to the login, to the checkout. A person makes a few dozen,
#: an office behind one address some hundreds, a credential-stuffing list thousands.
ANYTHING, A_LOGIN, A_CHECKOUT = 2000, 100, 100

#: A managed group's rules act as AWS wrote them, or label and count what they match and do nothing.
OWN_ACTIONS = OverrideAction.from_dict("OverrideAction", {"None": {}})
COUNTED = OverrideAction.from_dict("OverrideAction", {"Count": {}})


#: How a rate rule knows one viewer from another: by the address that asks, or by what CloudFront says of it,
#: the first address of X-Forwarded-For, which a viewer can make up. That slows the careless; CloudFront's own
#: web ACL sees the true address. A header without a valid address is blocked at once; none is not counted.
#: https://docs.aws.amazon.com/waf/latest/APIReference/API_ForwardedIPConfig.html
BY_ADDRESS: Mapping[str, Any] = {"AggregateKeyType": "IP"}
BY_FORWARDED_ADDRESS: Mapping[str, Any] = {
    "AggregateKeyType": "FORWARDED_IP",
    "ForwardedIPConfig": ForwardedIPConfiguration(
        HeaderName="X-Forwarded-For", FallbackBehavior="MATCH"
    ),
}


@dataclass(frozen=True)
class Rule:
    """One rule before it has its place: what it looks for, and its `Action` or `OverrideAction`."""

    name: str
    statement: Statement
    deed: dict[str, Any]
    condition: Condition | None = None


def rules(layer: Layer, *in_order: Rule) -> list[object]:
    """The rules of a web ACL, in its words; the first that ends the matter wins."""
    return [_in_place(layer, place, rule) for place, rule in enumerate(in_order)]


def _in_place(layer: Layer, place: int, rule: Rule) -> object:
    said = WebACLRule(
        Name=rule.name,
        Priority=place,
        Statement=rule.statement,
        VisibilityConfig=visible(rule.name),
        **rule.deed,
    )
    return layer.choose(rule.condition, said, NoValue) if rule.condition else said


def web_acl(
    layer: Layer, title: str, purpose: str, *in_order: Rule, scope: str = "REGIONAL"
) -> AWSObject:
    """Whatever no rule stops passes; samples and logs do not show what must stay secret."""
    return layer.add(
        WebACL(
            title,
            Name=layer.named(purpose),
            Scope=scope,
            DefaultAction=DefaultAction(Allow=AllowAction()),
            Rules=rules(layer, *in_order),
            DataProtectionConfig=secrecy(),
            VisibilityConfig=visible(layer.named(purpose)),
            Tags=Tags(Name=layer.named(purpose)),
        )
    )


def visible(name: object) -> VisibilityConfig:
    """Metrics and samples under this name."""
    return VisibilityConfig(
        CloudWatchMetricsEnabled=True, SampledRequestsEnabled=True, MetricName=name
    )


def managed(group: str, *, actions: OverrideAction = OWN_ACTIONS, **config: Any) -> Rule:
    """A rule group that AWS keeps, such as `SQLiRuleSet`; `config` are properties of its statement."""
    statement = ManagedRuleGroupStatement(
        VendorName="AWS", Name=f"AWSManagedRules{group}", **config
    )
    return Rule(group, Statement(ManagedRuleGroupStatement=statement), {"OverrideAction": actions})


def passing(name: str, paths: Sequence[str]) -> Rule:
    """Exactly these paths pass, whatever the rules after this one say."""
    return Rule(
        name,
        _any_of([_path(path, "EXACTLY", "NONE") for path in paths]),
        {"Action": RuleAction(Allow=AllowAction())},
    )


def rate_limits(layer: Layer, *, scope: str) -> list[Rule]:
    """What one viewer may ask for at most; tighter where guessing pays. A load test's generators may more."""
    viewer = BY_ADDRESS if scope == "CLOUDFRONT" else BY_FORWARDED_ADDRESS
    known = load_generators.generators(layer, scope)
    anybody = load_generators.anybody_else()
    return [
        Rule("LoadGenerators", known, load_generators.labelled(), Conditions.load_test_excused),
        limited("LoginRate", A_LOGIN, viewer, anybody, _below(shop_paths.LOGINS)),
        limited("CheckoutRate", A_CHECKOUT, viewer, anybody, _below(shop_paths.CHECKOUTS)),
        limited("ViewerRate", ANYTHING, viewer, anybody),
    ]


def limited(name: str, limit: int, viewer: Mapping[str, Any], *of: Statement) -> Rule:
    """At most `limit` requests of one viewer in `WINDOW`, of all requests or of those that `of` all match.

    `viewer` as in `BY_ADDRESS`.
    """
    scope: dict[str, Any] = {"ScopeDownStatement": _all_of(of)} if of else {}
    rate = RateBasedStatement(EvaluationWindowSec=WINDOW, Limit=limit, **viewer, **scope)
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


def _all_of(statements: Sequence[Statement]) -> Statement:
    """WAF wants two statements at least in an AND."""
    return (
        statements[0]
        if len(statements) == 1
        else Statement(AndStatement=AndStatement(Statements=list(statements)))
    )


def _any_of(statements: list[Statement]) -> Statement:
    """WAF wants two statements at least in an OR."""
    return (
        statements[0]
        if len(statements) == 1
        else Statement(OrStatement=OrStatement(Statements=statements))
    )
