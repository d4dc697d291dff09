"""deployers.json: the roles that CloudFormation acts as, one for each root of a region, and two boundaries.

They are a root of their own, since their policies exceed what foundation may hold: that template is sent
inline. They are made from the types that the other roots turn out to hold, so this layer is built after the
others, and deployed before them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from troposphere import AWSObject, GetAtt
from troposphere.iam import ManagedPolicy

from generator import boundaries, execution
from generator.errors import BuildError
from generator.layer import Layer, Output
from generator.naming import pascal

#: IAM's quota of managed policies attached to one role.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICIES_PER_ROLE = 10


class Deployers(Layer):
    """the boundaries of what deploys and of AWS's services, and the execution role of each root."""

    platform_execution_role_arn = Output(
        example="arn:aws:iam::111111111111:role/tradewind-dev-platform-execution-us-east-1",
        handed_on=True,
        help="What CloudFormation acts as for platform.json.",
    )

    def __init__(self, types: Mapping[str, Collection[str]]) -> None:
        self.types = types
        super().__init__()

    def build(self) -> None:
        """The boundaries, and one role for each root that has one."""
        boundaries.service_boundary(self)
        boundaries.deployer_boundary(self)
        for root in execution.ROOTS:
            role = self.add(execution.role(self, root, self.policies(root)))
            setattr(self, f"{root.replace('-', '_')}_execution_role_arn", GetAtt(role, "Arn"))

    def policies(self, root: str) -> list[AWSObject]:
        """What the root's types need, in as many policies as it takes."""
        documents = execution.policies(self, self.types[root])
        if len(documents) > POLICIES_PER_ROLE:
            raise BuildError(
                f"the execution role of {root} takes {len(documents)} policies; "
                f"IAM attaches {POLICIES_PER_ROLE} to a role"
            )
        return [
            self.add(
                ManagedPolicy(
                    f"{pascal(root.replace('-', '_'))}Execution{number}",
                    ManagedPolicyName=self.named(f"{root}-execution-{number}"),
                    Description=f"Tradewind: what CloudFormation may do for {root}",
                    PolicyDocument=document,
                )
            )
            for number, document in enumerate(documents, start=1)
        ]
