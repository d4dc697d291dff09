"""Grants on what learns from the shop: the warehouse, and Amazon Personalize."""

from __future__ import annotations

from dataclasses import dataclass

from awacs import kms, personalize, redshift_data
from awacs.aws import Statement
from troposphere import Sub

from generator.grants.data import Secret
from generator.grants.statements import Arn, allow, unscoped


@dataclass(frozen=True)
class Warehouse:
    """A workgroup of Redshift Serverless, and the secret by which one logs in to it."""

    workgroup_arn: Arn
    login: Secret

    def run_sql(self) -> list[Statement]:
        """Run statements through the Data API, and read what they gave.

        https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
        """
        results = [redshift_data.DescribeStatement, redshift_data.GetStatementResult]
        return [
            allow(
                [redshift_data.ExecuteStatement, redshift_data.BatchExecuteStatement],
                [self.workgroup_arn],
            ),
            unscoped(results, because="a statement has no ARN; its role alone may see it"),
            *self.login.read(),
        ]


@dataclass(frozen=True)
class Recommender:
    """A solution of Personalize, and the campaign that answers from it, by its name."""

    solution_arn: Arn
    campaign: Arn

    @property
    def campaign_arn(self) -> Sub:
        """A campaign's ARN ends in its name."""
        return Sub(
            "arn:${AWS::Partition}:personalize:${AWS::Region}:${AWS::AccountId}:campaign/${Name}",
            Name=self.campaign,
        )

    def train(self) -> list[Statement]:
        """Make a solution version, and have the campaign answer from it."""
        versions = [
            personalize.CreateSolutionVersion,
            personalize.DescribeSolution,
            personalize.DescribeSolutionVersion,
        ]
        campaigns = [
            personalize.CreateCampaign,
            personalize.DescribeCampaign,
            personalize.UpdateCampaign,
        ]
        return [
            allow(versions, [self._versions()]),
            allow(campaigns, [self.campaign_arn, self._versions()]),
        ]

    def clear(self) -> list[Statement]:
        """Train no more by itself, and take away what would keep the solution from being deleted."""
        listings = [personalize.ListCampaigns, personalize.ListSolutionVersions]
        return [
            allow(
                [
                    personalize.DescribeSolution,
                    personalize.StopSolutionVersionCreation,
                    personalize.UpdateSolution,
                ],
                [self._versions()],
            ),
            allow([personalize.DeleteCampaign], [self.campaign_arn]),
            unscoped(listings, because="they list by no resource"),
        ]

    @staticmethod
    def ask(campaign_arn: Arn, filter_arn: Arn) -> Statement:
        """Get recommendations from a campaign, through a filter."""
        return allow([personalize.GetRecommendations], [campaign_arn, filter_arn])

    def _versions(self) -> Sub:
        """The solution, and its versions, whose ARNs go on from its own."""
        return Sub("${Solution}*", Solution=self.solution_arn)


@dataclass(frozen=True)
class Interactions:
    """What a dataset group of Personalize is told of: events by its tracker, items by their dataset."""

    items_arn: Arn

    def tell(self) -> list[Statement]:
        """Put events and items."""
        return [
            allow([personalize.PutItems], [self.items_arn]),
            unscoped(
                [personalize.PutEvents], because="a tracker is named by its id, not by an ARN"
            ),
        ]


def encrypt_datasets(key_arn: Arn) -> Statement:
    """What Personalize's role needs of the key; CreateGrant is asked of the key's policy alone.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
    """
    return allow([kms.Decrypt, kms.DescribeKey, kms.GenerateDataKey, kms.ListGrants], [key_arn])
