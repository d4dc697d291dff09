"""What a region of the account is told once, for whatever runs in it."""

from __future__ import annotations

from troposphere import GetAtt
from troposphere.apigateway import Account
from troposphere.ec2 import SnapshotBlockPublicAccess
from troposphere.iam import ServiceLinkedRole

from generator import grants
from generator.conditions import Conditions
from generator.layer import Layer


class AccountSettings(Layer):
    """API Gateway's role for logs, OpenSearch Service's for VPCs, and the block on sharing disk snapshots.

    Public access to S3 is blocked bucket by bucket, and disks are encrypted volume by volume: CloudFormation
    has no type for the account-wide defaults. Service-linked roles are made by the services when they are
    first used, under the leave that the execution roles have (`boundaries.LINKED`); AWS Config's
    (`Configuration`) and OpenSearch Service's are the exceptions.
    """

    def build(self) -> None:
        self.api_logs()
        self.search_role()
        self.snapshots()

    def api_logs(self) -> None:
        """One role for all APIs of the region; API Gateway tries it when it is told of it."""
        there = self.only(Conditions.api_gateway_account)
        role = self.role(
            "ApiLogWriter",
            trusted=grants.service("apigateway"),
            allows=[grants.publish_api_logs()],
            under="service",
            **there,
        )
        self.add(Account("ApiGateway", CloudWatchRoleArn=GetAtt(role, "Arn"), **there))

    def search_role(self) -> None:
        """CreateDomain itself makes none for a domain in a VPC, but refuses.

        https://github.com/aws/copilot-cli/issues/3006
        """
        self.add(
            ServiceLinkedRole(
                "SearchRole",
                AWSServiceName="opensearchservice.amazonaws.com",
                Description="Tradewind: how OpenSearch Service comes into the VPC",
                **self.only(Conditions.search_linked_role),
            )
        )

    def snapshots(self) -> None:
        self.add(
            SnapshotBlockPublicAccess(
                "SnapshotSharing",
                State="block-all-sharing",
                **self.only(Conditions.block_snapshot_sharing),
            )
        )
