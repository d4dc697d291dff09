"""The ceilings of a release: what the pipeline may do at most, and what its operators may.

The pipeline's is the only one that has anything to do with identities: it hands two kinds of execution roles
to CloudFormation, and acts as the roles of its own actions. Who may do that could reach what deploys, so no
deployer but the pipeline's own makes roles under it (`boundaries`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from awacs import iam, sts
from awacs.aws import (
    Action,
    Allow,
    Condition,
    Deny,
    Statement,
    StringEquals,
    StringNotEquals,
)
from troposphere import AWSObject, Sub

from generator.boundaries import GOVERNANCE, KEY_CHANGES, ceiling, execution_role_arn
from generator.pipeline_actions import (
    OPERATOR_SCOPED,
    PIPELINE_KEYS,
    PIPELINE_SCOPED,
    PIPELINE_UNSCOPED,
)
from generator.territory import arn

if TYPE_CHECKING:
    from generator.layer import Layer

#: The roots that a pipeline deploys, and how the names of the roles begin that its actions act as.
RELEASED, ACTING = ("platform", "edge"), "release-"

#: Whom an execution role is handed to.
STACKS = "cloudformation.amazonaws.com"


def pipeline_boundary(layer: Layer, **properties: Any) -> AWSObject:
    """The ceiling of what brings releases. What it says of IAM and STS is all that there is to them."""
    executing = [execution_role_arn(layer, root) for root in RELEASED]
    acting = [arn(layer, f"iam::{{account}}:role/{{ours}}{ACTING}*")]
    handed = StringEquals("iam:PassedToService", STACKS)
    return ceiling(
        layer,
        "PipelineBoundary",
        PIPELINE_SCOPED,
        PIPELINE_UNSCOPED,
        PIPELINE_KEYS,
        globally=True,
        never=[
            _only("HandsStacksTheirRoles", iam.PassRole, executing, Condition=Condition(handed)),
            _only("ActsAsItsActions", sts.AssumeRole, acting),
            *(
                Statement(Sid=sid, Effect=Deny, Action=[Action(service, "*")], NotResource=roles)
                for sid, service, roles in (
                    ("NoOtherIdentity", "iam", executing),
                    ("NobodyElse", "sts", acting),
                )
            ),
            *(
                Statement(Sid=sid, Effect=Deny, NotAction=[action], Resource=roles)
                for sid, action, roles in (
                    ("AndHandsThemOnly", iam.PassRole, executing),
                    ("AndActsOnly", sts.AssumeRole, acting),
                )
            ),
            Statement(
                Sid="AndToStacksOnly",
                Effect=Deny,
                Action=[iam.PassRole],
                Resource=executing,
                Condition=Condition(StringNotEquals("iam:PassedToService", STACKS)),
            ),
            Statement(
                Sid="NeverItsOwnMaker",
                Effect=Deny,
                Action=[*KEY_CHANGES, *(each for each in GOVERNANCE if each.prefix != "sts")],
                Resource=["*"],
            ),
        ],
        **properties,
    )


def operator_boundary(layer: Layer, **properties: Any) -> AWSObject:
    """The ceiling of people who operate the pipeline."""
    return ceiling(layer, "OperatorBoundary", OPERATOR_SCOPED, [], [], **properties)


def _only(sid: str, action: Action, roles: Sequence[Sub], **condition: Condition) -> Statement:
    return Statement(Sid=sid, Effect=Allow, Action=[action], Resource=list(roles), **condition)
