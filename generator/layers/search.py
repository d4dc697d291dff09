"""OpenSearch for product search: the domain, who may do what in it, and what brings it the catalogue."""

from __future__ import annotations

from typing import Any

from troposphere import AWSObject, GetAtt, NoValue, Sub, Tags
from troposphere.awslambda import DestinationConfig, EventSourceMapping, OnFailure
from troposphere.cloudformation import CustomResource
from troposphere.ec2 import SecurityGroup, SecurityGroupRule

from generator import grants
from generator.access_lists import ANYWHERE
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import Placement, python_function
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import CATALOGUE, Catalog
from generator.layers.front_door import FrontDoor
from generator.layers.network import Network
from generator.layers.search_alarms import watch
from generator.layers.search_domain import PURPOSE, domain_arn, search_domain
from generator.queues import dead_letter_queue
from generator.security import nothing_leaves

HTTPS = 443

#: The index that the shop searches.
INDEX = "catalogue"

#: What the domain's own roles may do; `_bulk` and `_msearch` are asked of the cluster, then of each index.
#: https://docs.opensearch.org/latest/security/access-control/default-action-groups/
READER = {
    "cluster_permissions": ["cluster_composite_ops_ro"],
    "index_permissions": [{"index_patterns": [INDEX], "allowed_actions": ["read"]}],
}
WRITER = {
    "cluster_permissions": ["indices:data/write/bulk"],
    "index_permissions": [
        {
            "index_patterns": [INDEX],
            "allowed_actions": ["write", "create_index", "indices:admin/mapping/put"],
        }
    ],
}

#: The fleet's role, by the purpose that its name is derived from.
FLEET_ROLE = "shop-instance"

#: Seconds: how long a change is tried again while the domain does not take it.
PATIENCE = 6 * 3600


class Search(Layer):
    """The search domain, its access control, and the function that brings it the catalogue's changes.

    Lambda reads a day of changes at most. A domain that is made anew gets what is older when it is written
    to the catalogue again.
    """

    condition = Conditions.product_search

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    vpc_id = Input(Network.vpc_id)
    private_subnet_a = Input(Network.private_subnet_a)
    private_subnet_b = Input(Network.private_subnet_b)
    private_subnet_c = Input(Network.private_subnet_c)
    data_subnet_a = Input(Network.data_subnet_a)
    data_subnet_b = Input(Network.data_subnet_b)
    data_subnet_c = Input(Network.data_subnet_c)
    fleet_security_group_id = Input(FrontDoor.fleet_security_group_id)
    catalogue_stream_arn = Input(Catalog.catalogue_stream_arn)

    search_endpoint = Output(example="vpc-tradewind-dev-shop-abc123.us-east-1.es.amazonaws.com")
    search_domain_arn = Output(
        example="arn:aws:es:us-east-1:111111111111:domain/tradewind-dev-shop"
    )
    search_domain_name = Output(example="tradewind-dev-shop")
    search_index = Output(example=INDEX)
    search_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-search-tier-us-east-1"
    )

    def build(self) -> None:
        self.doors()
        self.failures = dead_letter_queue(self, "SearchFailures", key_arn=self.data_key_arn)
        self.access = self.access_function()
        self.domain = search_domain(self, master_arn=GetAtt("SearchAccessRole", "Arn"))
        self.indexer = self.indexer_function()
        self.roles()
        self.feed()
        self.search_alarm_arn = GetAtt(watch(self), "Arn")
        self.outputs()

    def doors(self) -> None:
        """The functions reach the domain, and CloudFormation's address for answers; nothing reaches them."""
        out = self.https("The search domain, and answers to CloudFormation", CidrIp=ANYWHERE)
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

    def access_function(self) -> AWSObject:
        """Its role is the domain's master user: nobody has a password."""
        return self.function(
            "SearchAccess",
            "search_access",
            [grants.SearchDomain(domain_arn(self)).administer()],
            timeout=300,
            concurrency=1,
        )

    def indexer_function(self) -> AWSObject:
        return self.function(
            "SearchIndexer",
            "search_indexer",
            [
                grants.SearchDomain(domain_arn(self)).index(INDEX),
                grants.TableStream(self.catalogue_stream_arn, self.data_key_arn).consume(),
            ],
            environment={
                "ENDPOINT": GetAtt(self.domain, "DomainEndpoint"),
                "INDEX": INDEX,
                "KEY": CATALOGUE.key,
            },
            environment_key_arn=self.data_key_arn,
            timeout=60,
            concurrency=10,
        )

    def roles(self) -> None:
        """No CloudFormation type has them. The fleet comes later: its role is told by its name."""
        fleet = Sub(
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}",
            Name=self.named(FLEET_ROLE),
        )
        writer = GetAtt("SearchIndexerRole", "Arn")
        self.borne = self.add(
            CustomResource(
                "SearchRoles",
                ServiceToken=GetAtt(self.access, "Arn"),
                ServiceTimeout=360,
                Endpoint=GetAtt(self.domain, "DomainEndpoint"),
                Roles={
                    "catalogue-reader": {"Permissions": READER, "Bearers": [fleet]},
                    "catalogue-writer": {"Permissions": WRITER, "Bearers": [writer]},
                },
            )
        )

    def feed(self) -> None:
        """In order for each product. What the domain refuses is tried again from there, then put aside."""
        self.add(
            EventSourceMapping(
                "CatalogueChanges",
                EventSourceArn=self.catalogue_stream_arn,
                FunctionName=GetAtt(self.indexer, "Arn"),
                StartingPosition="TRIM_HORIZON",
                BatchSize=100,
                MaximumBatchingWindowInSeconds=1,
                BisectBatchOnFunctionError=True,
                MaximumRetryAttempts=100,
                MaximumRecordAgeInSeconds=PATIENCE,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                DestinationConfig=DestinationConfig(
                    OnFailure=OnFailure(Destination=GetAtt(self.failures, "Arn"))
                ),
                Tags=Tags(Name=self.named("catalogue-changes")),
                DependsOn=self.borne.title,
            )
        )

    def outputs(self) -> None:
        self.search_endpoint = GetAtt(self.domain, "DomainEndpoint")
        self.search_domain_arn = domain_arn(self)
        self.search_domain_name = self.named_everywhere(PURPOSE)
        self.search_index = INDEX

    def function(
        self, title: str, source: str, allows: list[grants.Allowed], **properties: Any
    ) -> AWSObject:
        """A function beside the domain, with the queue for what it could not do."""
        third = self.choose(Conditions.third_zone, self.private_subnet_c, NoValue)
        return python_function(
            self,
            title,
            source=source,
            logs_key_arn=self.logs_key_arn,
            allows=allows,
            placement=Placement(
                subnets=[self.private_subnet_a, self.private_subnet_b, third],
                security_groups=[GetAtt(self.function_group, "GroupId")],
            ),
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
        return SecurityGroupRule(
            IpProtocol="tcp", FromPort=HTTPS, ToPort=HTTPS, Description=says, **who
        )
