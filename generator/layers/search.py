"""OpenSearch for product search: the domain, who may do what in it, and what brings it the catalogue."""

from __future__ import annotations

from typing import Any

from troposphere import AWSObject, GetAtt, Ref, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupRule

from generator import grants
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import FunctionHolder, Placement, python_function
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.data_tier import DataTier
from generator.layers.front_door import FrontDoor
from generator.layers.private_tier import PrivateTier
from generator.layers.search_access import access_function, roles
from generator.layers.search_alarms import watch
from generator.layers.search_domain import domain_arn, search_domain
from generator.layers.search_feed import feed, indexer_function
from generator.layers.search_reindexing import reindexing_machine
from generator.queues import dead_letter_queue
from generator.security import HTTPS, https_leaves, nothing_leaves, over_tcp


class Search(FunctionHolder, PrivateTier, DataTier):
    """The search domain, its access control, and the function that brings it the catalogue's changes.

    Lambda reads a day of changes at most: a domain that is new gets the whole catalogue by the reindexing,
    which goes on beside the changes. `aws stepfunctions start-execution --state-machine-arn <ReindexingArn>`
    does the same by hand, while the shop searches what it has.
    """

    condition = Conditions.product_search

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    fleet_security_group_id = Input(FrontDoor.fleet_security_group_id)
    catalogue_stream_arn = Input(Catalog.catalogue_stream_arn)
    catalogue_table = Input(Catalog.catalogue_table)
    catalogue_table_arn = Input(Catalog.catalogue_table_arn)

    search_endpoint = Output(example="vpc-tradewind-dev-shop-abc123.us-east-1.es.amazonaws.com")
    search_domain_arn = Output(
        example="arn:aws:es:us-east-1:111111111111:domain/tradewind-dev-shop"
    )
    reindexing_arn = Output(
        example="arn:aws:states:us-east-1:111111111111:stateMachine:tradewind-dev-search-reindexing-us-east-1",
        help="The state machine that makes the search index anew from the catalogue, for who must start it.",
        handed_on=True,
    )
    search_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-search-tier-us-east-1"
    )

    def build(self) -> None:
        self.doors()
        self.failures = dead_letter_queue(self, "SearchFailures", key_arn=self.data_key_arn)
        self.access = access_function(self)
        self.domain = search_domain(self, master_arn=GetAtt("SearchAccessRole", "Arn"))
        self.indexer = indexer_function(self)
        self.reindexing = reindexing_machine(self)
        feed(self, roles(self))
        self.search_alarm_arn = GetAtt(watch(self), "Arn")
        self.outputs()

    def doors(self) -> None:
        """The functions reach the domain, and CloudFormation's address for answers; nothing reaches them."""
        out = https_leaves("The search domain, and answers to CloudFormation")
        self.function_group = self.group(
            "SearchFunctions", "The functions of the search domain", SecurityGroupEgress=[out]
        )
        functions = GetAtt(self.function_group, "GroupId")
        self.domain_group = self.group(
            "SearchDoor",
            "The search domain, for the fleet and for its own functions",
            SecurityGroupIngress=[
                self.https("The fleet", SourceSecurityGroupId=self.fleet_security_group_id),
                self.https("The functions of the domain", SourceSecurityGroupId=functions),
            ],
            SecurityGroupEgress=[nothing_leaves()],
        )

    def outputs(self) -> None:
        self.search_endpoint = GetAtt(self.domain, "DomainEndpoint")
        self.search_domain_arn = domain_arn(self)
        self.reindexing_arn = Ref(self.reindexing)

    def function(
        self, title: str, source: str, allows: list[grants.Allowed], **properties: Any
    ) -> AWSObject:
        """A function beside the domain, with the queue for what it could not do."""
        return python_function(
            self,
            title,
            source=source,
            logs_key_arn=self.logs_key_arn,
            allows=allows,
            placement=Placement(self.private_subnets(), [GetAtt(self.function_group, "GroupId")]),
            dead_letters=grants.Queue(GetAtt(self.failures, "Arn"), self.data_key_arn),
            **properties,
        )

    def group(self, title: str, says: str, **rules: Any) -> AWSObject:
        return self.add(
            SecurityGroup(
                title,
                GroupDescription=says,
                VpcId=self.vpc_id,
                Tags=Tags(Name=self.named(title.lower())),
                **rules,
            )
        )

    def https(self, says: str, **who: Any) -> SecurityGroupRule:
        return SecurityGroupRule(**over_tcp(HTTPS, says), **who)
