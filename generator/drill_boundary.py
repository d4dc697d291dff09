"""The ceiling of a drill by routine: of identities it may read its own role, and ask IAM what that may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs import iam
from awacs.aws import Action, Deny, Statement
from troposphere import AWSObject

from generator.boundaries import GOVERNANCE, KEY_CHANGES, ceiling
from generator.drill_actions import DRILL_KEYS, DRILL_SCOPED, DRILL_UNSCOPED
from generator.territory import arn

if TYPE_CHECKING:
    from generator.layer import Layer

#: How the name of the role begins that a drill's build acts as.
DRILLING = "drill-build-"


def drill_boundary(layer: Layer, **properties: Any) -> AWSObject:
    """What a drill may do at most: read, and write items."""
    own = [arn(layer, f"iam::{{account}}:role/{{ours}}{DRILLING}*")]
    return ceiling(
        layer,
        "DrillBoundary",
        DRILL_SCOPED,
        DRILL_UNSCOPED,
        DRILL_KEYS,
        globally=True,
        never=[
            Statement(
                Sid="NoOtherIdentity", Effect=Deny, Action=[Action("iam", "*")], NotResource=own
            ),
            Statement(
                Sid="AndReadsItsOwn",
                Effect=Deny,
                NotAction=[iam.GetRole, iam.SimulatePrincipalPolicy],
                Resource=own,
            ),
            Statement(
                Sid="NeverItsOwnMaker",
                Effect=Deny,
                Action=[*KEY_CHANGES, *GOVERNANCE],
                Resource=["*"],
            ),
        ],
        **properties,
    )
