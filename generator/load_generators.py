"""Whom rate rules do not count: the load generators of a test, by the addresses that an operator names.

A test's customers leave by a few NAT addresses, so to a web ACL they are a few viewers gone wild. While
`load_test_addresses` names those addresses, their requests carry a label that rate rules pass over; every
other rule judges them as anybody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import GetAtt, Split, Tags
from troposphere.wafv2 import (
    CountAction,
    IPSet,
    IPSetForwardedIPConfiguration,
    IPSetReferenceStatement,
    Label,
    LabelMatchStatement,
    NotStatement,
    RuleAction,
    Statement,
)

from generator.conditions import Conditions

if TYPE_CHECKING:
    from generator.layer import Layer

LABEL = "tradewind:load-test"

#: Where a web ACL behind CloudFront finds the viewer: the first address of the header.
FORWARDED = IPSetForwardedIPConfiguration(
    HeaderName="X-Forwarded-For", FallbackBehavior="NO_MATCH", Position="FIRST"
)


def generators(layer: Layer, scope: str) -> Statement:
    """The requests of load generators; adds the set of their addresses to the layer."""
    addresses = layer.add(
        IPSet(
            "LoadGenerators",
            Name=layer.named("load-generators"),
            Description="Whom the rate rules do not count while a load test runs",
            Scope=scope,
            IPAddressVersion="IPV4",
            Addresses=Split(",", layer.settings.load_test_addresses),
            Tags=Tags(Name=layer.named("load-generators")),
            **layer.only(Conditions.load_test_excused),
        )
    )
    seen: dict[str, Any] = {} if scope == "CLOUDFRONT" else {"IPSetForwardedIPConfig": FORWARDED}
    return Statement(
        IPSetReferenceStatement=IPSetReferenceStatement(Arn=GetAtt(addresses, "Arn"), **seen)
    )


def labelled() -> dict[str, Any]:
    """What a rule does with them: it counts them, and says who they are."""
    return {"Action": RuleAction(Count=CountAction()), "RuleLabels": [Label(Name=LABEL)]}


def anybody_else() -> Statement:
    """Requests without the label."""
    label = Statement(LabelMatchStatement=LabelMatchStatement(Scope="LABEL", Key=LABEL))
    return Statement(NotStatement=NotStatement(Statement=label))
