"""deployers.json: the roles that CloudFormation acts as, one for each root of a region, and boundaries.

They are a root of their own, since their policies exceed what foundation may hold: that template is sent
inline. They are made from the types that the other roots turn out to hold, so this layer is built after the
others, and deployed before them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from troposphere import AWSObject, GetAtt
from troposphere.iam import ManagedPolicy

from generator import boundaries, drill_boundary, execution, release_boundaries
from generator.conditions import Conditions
from generator.errors import BuildError
from generator.layer import Layer, Output
from generator.naming import pascal

#: IAM's quota of managed policies attached to one role.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICIES_PER_ROLE = 10


def _role_of(root: str) -> Output:
    """What hands on the execution role of a root; empty in a region where the root does not stand."""
    return Output(
        example=f"arn:aws:iam::111111111111:role/tradewind-dev-{root}-execution-us-east-1",
        handed_on=True,
        help=f"What CloudFormation acts as for {root}.json.",
    )


class Deployers(Layer):
    """the boundaries of what deploys, releases and serves, and the execution role of each root."""

    account_execution_role_arn = _role_of("account")
    pipeline_execution_role_arn = _role_of("pipeline")
    platform_execution_role_arn = _role_of("platform")
    edge_execution_role_arn = _role_of("edge")
    load_test_execution_role_arn = _role_of("load-test")

    def __init__(self, types: Mapping[str, Collection[str]]) -> None:
        self.types = types
        super().__init__()

    def build(self) -> None:
        """The boundaries, and one role for each root that has one."""
        boundaries.service_boundary(self)
        boundaries.backup_boundary(self)
        boundaries.response_boundary(self)
        drill_boundary.drill_boundary(self, **self.only(Conditions.standby))
        release_boundaries.pipeline_boundary(self, **self.only(Conditions.primary))
        release_boundaries.operator_boundary(self, **self.only(Conditions.primary))
        boundaries.deployer_boundary(self)
        for root, where in execution.ROOTS.items():
            role = self.add(execution.role(self, root, self.policies(root)))
            arn = GetAtt(role, "Arn")
            port = f"{root.replace('-', '_')}_execution_role_arn"
            setattr(self, port, self.choose(where, arn, "") if where else arn)

    def policies(self, root: str) -> list[AWSObject]:
        """What the root's types need, in as many policies as it takes."""
        documents = execution.policies(self, self.types.get(root, ()))
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
                    **self.only(execution.ROOTS[root]),
                )
            )
            for number, document in enumerate(documents, start=1)
        ]
