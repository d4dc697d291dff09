"""What the listener lets through: our distribution's requests, and bare probes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from troposphere import AWSObject, NoValue, Ref
from troposphere.elasticloadbalancingv2 import Condition, ListenerRule, ListenerRuleAction

from generator.conditions import Conditions
from generator.dynamic_references import secret_field
from generator.load_balancing import header_is, path_is, refusal

if TYPE_CHECKING:
    from generator.layers.front_door import FrontDoor

#: The header by which CloudFront shows that a request came through our distribution.
ORIGIN_HEADER = "x-tradewind-origin"

#: What Route 53's health checkers ask for; they can send no header of ours.
HEALTH_PATH, TAKEOVER_PATH = "/healthz", "/takeover"

#: The listener's rules in the order in which they are tried.
THROUGH_CLOUDFRONT, PROBES_NOT_THROUGH_CLOUDFRONT, HEALTH_PROBE, TAKEOVER_PROBE = 10, 20, 30, 40


def rules(layer: FrontDoor, listener: AWSObject, targets: AWSObject) -> None:
    """Our distribution passes. Probes pass bare, but not through anybody's CloudFront, where all the
    world could flood them: CloudFront always sends X-Amz-Cf-Id, Route 53's checkers never do.

    The rule for `TAKEOVER_PROBE` is the Takeover layer's.
    """

    def rule(
        title: str, priority: int, conditions: Iterable[Condition], action: ListenerRuleAction
    ) -> None:
        layer.add(
            ListenerRule(
                title,
                ListenerArn=Ref(listener),
                Priority=priority,
                Conditions=list(conditions),
                Actions=[action],
            )
        )

    to_shop = ListenerRuleAction(Type="forward", TargetGroupArn=Ref(targets))
    refuse = ListenerRuleAction(Type="fixed-response", FixedResponseConfig=refusal())
    rule("OurDistributionPasses", THROUGH_CLOUDFRONT, [_origin_header(layer)], to_shop)
    rule(
        "ProbesComeDirectly",
        PROBES_NOT_THROUGH_CLOUDFRONT,
        [path_is(HEALTH_PATH, TAKEOVER_PATH), header_is("x-amz-cf-id", ["*"])],
        refuse,
    )
    rule("HealthProbePasses", HEALTH_PROBE, [path_is(HEALTH_PATH)], to_shop)


def _origin_header(layer: FrontDoor) -> Condition:
    """The current origin secret, and the previous one while `origin_secret_rotating` is on.

    Switching that toggle, on or off, changes this rule, and only then does CloudFormation read the secret
    anew: a dynamic reference by itself does not follow a rotation.
    """
    current, previous = (
        secret_field(layer.origin_secret_arn, field) for field in ("current", "previous")
    )
    also = layer.choose(Conditions.origin_secret_rotating, previous, NoValue)
    return header_is(ORIGIN_HEADER, [current, also])
