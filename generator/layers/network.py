"""The VPC: three tiers of subnets over two or three zones, closed by default."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.cloudformation import CustomResource
from troposphere.ec2 import VPC, FlowLog, SubnetNetworkAclAssociation, VPCEndpoint

from generator import grants
from generator.access_lists import ANYWHERE, HTTPS, access_list, answers, let_in, let_out
from generator.foundation import Foundation
from generator.functions import FunctionHolder, python_function
from generator.layer import Handoff, Output
from generator.layers.network_tiers import hand_out, subnets_of, way_out
from generator.log_groups import log_group
from generator.queues import dead_letter_queue
from generator.suppressions import accepted
from generator.zones import ZONES, in_every_zone

SUBNET = "AWS::EC2::Subnet::Id"

#: What S3 and DynamoDB are to an endpoint, by its title.
GATEWAYS = {"S3Endpoint": "s3", "DynamoDbEndpoint": "dynamodb"}


class Network(FunctionHolder):
    """The VPC: public, private and data subnets, egress by zone, flow logs."""

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)

    vpc_id = Output("AWS::EC2::VPC::Id", example="vpc-0123456789abcdef0", handed_on=True)
    public_subnet_a = Output(SUBNET, example="subnet-0a000000000000001")
    public_subnet_b = Output(SUBNET, example="subnet-0a000000000000002")
    public_subnet_c = Output(
        example="subnet-0a000000000000003", help="Empty in a two-zone environment."
    )
    private_subnet_a = Output(SUBNET, example="subnet-0b000000000000001", handed_on=True)
    private_subnet_b = Output(SUBNET, example="subnet-0b000000000000002", handed_on=True)
    private_subnet_c = Output(
        example="subnet-0b000000000000003",
        handed_on=True,
        help="Empty in a two-zone environment.",
    )
    data_subnet_a = Output(SUBNET, example="subnet-0c000000000000001")
    data_subnet_b = Output(SUBNET, example="subnet-0c000000000000002")
    data_subnet_c = Output(
        example="subnet-0c000000000000003", help="Empty in a two-zone environment."
    )
    nat_allocation_a = Output(
        example="eipalloc-0123456789abcdef0", help="Allocation id of zone A's egress address."
    )
    nat_allocation_b = Output(
        example="eipalloc-0123456789abcdef1", help="Empty where zones share one NAT gateway."
    )
    nat_allocation_c = Output(
        example="eipalloc-0123456789abcdef2", help="Empty where there is none."
    )

    flow_log_group = Output(example="/tradewind/dev/vpc-flow")

    def build(self) -> None:
        self.private_cloud()
        self.default_group_closed()
        out = way_out(self)
        for zone in ZONES:
            subnets_of(self, zone, out)
        self.access_lists()
        self.gateway_endpoints()
        self.flow_logs()
        self.outputs()

    def private_cloud(self) -> None:
        self.vpc = self.add(
            VPC(
                "Vpc",
                CidrBlock=self.settings.vpc_cidr,
                EnableDnsHostnames=True,
                EnableDnsSupport=True,
                Tags=Tags(Name=self.named("vpc")),
            )
        )

    def default_group_closed(self) -> None:
        """No CloudFormation type reaches the rules that EC2 puts into a VPC's default security group.

        A call that failed on every attempt is kept: CloudFormation waits for an answer, and says no more than
        that none came.
        """
        unclosed = dead_letter_queue(self, "UnclosedGroups", key_arn=self.data_key_arn)
        closer = python_function(
            self,
            "DefaultGroupCloser",
            source="default_group_closer",
            logs_key_arn=self.logs_key_arn,
            allows=[grants.close_security_group(GetAtt(self.vpc, "DefaultSecurityGroup"))],
            concurrency=1,
            dead_letters=grants.Queue(GetAtt(unclosed, "Arn"), self.data_key_arn),
            Metadata=accepted(
                "it runs while the VPC is made, when no way leads out of it yet",
                checkov="CKV_AWS_117",
                guard="LAMBDA_INSIDE_VPC",
            ),
        )
        self.add(
            CustomResource(
                "DefaultGroupClosed",
                ServiceToken=GetAtt(closer, "Arn"),
                ServiceTimeout=60,
                GroupId=GetAtt(self.vpc, "DefaultSecurityGroup"),
            )
        )

    def access_lists(self) -> None:
        """Stateless second lines: the public tier speaks HTTPS, the data tier only to the VPC."""
        inside = self.settings.vpc_cidr
        for tier, rules in (
            (
                "Public",
                [let_in(100, inside), let_in(110, ANYWHERE, HTTPS), *answers(), let_out(ANYWHERE)],
            ),
            ("Private", [let_in(100, inside), *answers(), let_out(ANYWHERE)]),
            ("Data", [let_in(100, inside), let_out(inside)]),
        ):
            acl = access_list(self, tier, vpc=Ref(self.vpc), rules=rules)
            for zone in ZONES:
                self.add(
                    SubnetNetworkAclAssociation(
                        f"{tier}Subnet{zone.letter}Acl",
                        SubnetId=Ref(f"{tier}Subnet{zone.letter}"),
                        NetworkAclId=Ref(acl),
                        **self.only(zone.condition),
                    )
                )

    def gateway_endpoints(self) -> None:
        """S3 and DynamoDB without NAT, for the private tier: the data tier's access list lets nothing out."""
        tables = in_every_zone(
            self, Ref("PrivateRoutesA"), Ref("PrivateRoutesB"), Ref("PrivateRoutesC")
        )
        for title, service in GATEWAYS.items():
            self.add(
                VPCEndpoint(
                    title,
                    VpcEndpointType="Gateway",
                    ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                    VpcId=Ref(self.vpc),
                    RouteTableIds=tables,
                )
            )

    def flow_logs(self) -> None:
        name = self.sub("/tradewind/${Environment}/vpc-flow")
        self.flow_records = log_group(self, "FlowRecords", name, key_arn=self.logs_key_arn)
        writer = self.role(
            "FlowLogWriter",
            trusted=grants.service("vpc-flow-logs"),
            allows=[grants.LogGroup(GetAtt(self.flow_records, "Arn")).deliver()],
        )
        self.add(
            FlowLog(
                "VpcFlow",
                ResourceType="VPC",
                ResourceId=Ref(self.vpc),
                TrafficType="ALL",
                LogDestinationType="cloud-watch-logs",
                LogGroupName=Ref(self.flow_records),
                DeliverLogsPermissionArn=GetAtt(writer, "Arn"),
                MaxAggregationInterval=60,
                Tags=Tags(Name=self.named("flow")),
            )
        )

    def outputs(self) -> None:
        self.flow_log_group = Ref(self.flow_records)
        self.vpc_id = Ref(self.vpc)
        hand_out(self)
