"""The VPC: three tiers of subnets over two or three zones, closed by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, Cidr, GetAtt, If, NoValue, Ref, Select, Sub, Tags
from troposphere.cloudformation import CustomResource
from troposphere.ec2 import (
    EIP,
    VPC,
    FlowLog,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    Subnet,
    SubnetNetworkAclAssociation,
    SubnetRouteTableAssociation,
    VPCEndpoint,
    VPCGatewayAttachment,
)
from troposphere.logs import LogGroup

from generator import grants
from generator.access_lists import ANYWHERE, HTTPS, access_list, answers, let_in, let_out
from generator.conditions import Condition, Conditions
from generator.foundation import Foundation
from generator.functions import python_function
from generator.layer import Handoff, Layer, Output
from generator.naming import kebab
from generator.settings import Setting, Settings

SUBNET = "AWS::EC2::Subnet::Id"


@dataclass(frozen=True)
class Zone:
    """An Availability Zone: its letter in logical ids, the setting that places it, and when it is there."""

    letter: str
    place: Setting
    nat: Condition | None
    condition: Condition | None = None


ZONES = (
    Zone("A", Settings.zone_a, nat=None),
    Zone("B", Settings.zone_b, nat=Conditions.nat_per_zone),
    Zone("C", Settings.zone_c, nat=Conditions.nat_in_third_zone, condition=Conditions.third_zone),
)

#: The tiers in the order of their address blocks: sixteen blocks, four a tier.
TIERS = ("Public", "Private", "Data")


class Network(Layer):
    """The VPC: public, private and data subnets, egress by zone, flow logs."""

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
        self.way_out()
        for zone in ZONES:
            self.public_subnet(zone)
            self.nat_gateway(zone)
            self.private_subnets(zone)
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
        """No CloudFormation type reaches the rules that EC2 puts into a VPC's default security group."""
        closer = python_function(
            self,
            "DefaultGroupCloser",
            source="default_group_closer",
            logs_key_arn=self.logs_key_arn,
            allows=[grants.close_security_group(GetAtt(self.vpc, "DefaultSecurityGroup"))],
            concurrency=1,
        )
        self.add(
            CustomResource(
                "DefaultGroupClosed",
                ServiceToken=GetAtt(closer, "Arn"),
                ServiceTimeout=60,
                GroupId=GetAtt(self.vpc, "DefaultSecurityGroup"),
            )
        )

    def way_out(self) -> None:
        gateway = self.add(
            InternetGateway("InternetGateway", Tags=Tags(Name=self.named("internet")))
        )
        self.attachment = self.add(
            VPCGatewayAttachment(
                "InternetAttachment", VpcId=Ref(self.vpc), InternetGatewayId=Ref(gateway)
            )
        )
        self.public_routes = self.route_table("PublicRoutes")
        self.route_out(
            "PublicRoute",
            self.public_routes,
            GatewayId=Ref(gateway),
            DependsOn=self.attachment.title,
        )

    def public_subnet(self, zone: Zone) -> None:
        self.subnet("Public", zone, self.public_routes)

    def nat_gateway(self, zone: Zone) -> None:
        """Each zone leaves through its own gateway, so that a zone's loss stays within it (row C4)."""
        address = self.add(
            EIP(
                f"EgressAddress{zone.letter}",
                Domain="vpc",
                Tags=Tags(Name=self.named(f"egress-{zone.letter.lower()}")),
                DependsOn=self.attachment.title,
                **self.only(zone.nat),
            )
        )
        self.add(
            NatGateway(
                f"NatGateway{zone.letter}",
                AllocationId=GetAtt(address, "AllocationId"),
                SubnetId=Ref(f"PublicSubnet{zone.letter}"),
                Tags=Tags(Name=self.named(f"nat-{zone.letter.lower()}")),
                **self.only(zone.nat),
            )
        )

    def private_subnets(self, zone: Zone) -> None:
        """The private tier leaves through the zone's NAT gateway; the data tier leaves not at all."""
        private = self.route_table(f"PrivateRoutes{zone.letter}", zone.condition)
        gateway: object = Ref(f"NatGateway{zone.letter}")
        if zone.nat:
            gateway = If(self.when(Conditions.nat_per_zone), gateway, Ref("NatGatewayA"))
        self.route_out(f"PrivateRoute{zone.letter}", private, zone.condition, NatGatewayId=gateway)
        self.subnet("Private", zone, private)
        self.subnet("Data", zone, self.route_table(f"DataRoutes{zone.letter}", zone.condition))

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
        tables = [
            Ref("PrivateRoutesA"),
            Ref("PrivateRoutesB"),
            self.choose(Conditions.third_zone, Ref("PrivateRoutesC"), NoValue),
        ]
        for service in ("s3", "dynamodb"):
            self.add(
                VPCEndpoint(
                    f"{service.title().replace('db', 'Db')}Endpoint",
                    VpcEndpointType="Gateway",
                    ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                    VpcId=Ref(self.vpc),
                    RouteTableIds=tables,
                )
            )

    def flow_logs(self) -> None:
        self.flow_records = self.add(
            LogGroup(
                "FlowRecords",
                LogGroupName=self.sub("/tradewind/${Environment}/vpc-flow"),
                KmsKeyId=self.logs_key_arn,
                RetentionInDays=self.settings.log_retention_days,
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )
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
        for tier in TIERS:
            for zone in ZONES:
                where: object = Ref(f"{tier}Subnet{zone.letter}")
                if zone.condition:
                    where = self.choose(zone.condition, where, "")
                setattr(self, f"{tier.lower()}_subnet_{zone.letter.lower()}", where)
        for zone in ZONES:
            address: object = GetAtt(f"EgressAddress{zone.letter}", "AllocationId")
            if zone.nat:
                address = self.choose(zone.nat, address, "")
            setattr(self, f"nat_allocation_{zone.letter.lower()}", address)

    def subnet(self, tier: str, zone: Zone, routes: AWSObject) -> None:
        block = TIERS.index(tier) * 4 + ZONES.index(zone)
        subnet = self.add(
            Subnet(
                f"{tier}Subnet{zone.letter}",
                VpcId=Ref(self.vpc),
                AvailabilityZone=Sub(
                    "${AWS::Region}${Letter}", Letter=self.settings.read(zone.place)
                ),
                CidrBlock=Select(block, Cidr(self.settings.vpc_cidr, 16, 8)),
                MapPublicIpOnLaunch=False,
                Tags=Tags(
                    Name=self.named(f"{tier.lower()}-{zone.letter.lower()}"), Tier=tier.lower()
                ),
                **self.only(zone.condition),
            )
        )
        self.add(
            SubnetRouteTableAssociation(
                f"{tier}Subnet{zone.letter}Routes",
                SubnetId=Ref(subnet),
                RouteTableId=Ref(routes),
                **self.only(zone.condition),
            )
        )

    def route_table(self, title: str, condition: Condition | None = None) -> AWSObject:
        return self.add(
            RouteTable(
                title,
                VpcId=Ref(self.vpc),
                Tags=Tags(Name=self.named(kebab(title))),
                **self.only(condition),
            )
        )

    def route_out(
        self, title: str, table: AWSObject, condition: Condition | None = None, **target: Any
    ) -> None:
        self.add(
            Route(
                title,
                RouteTableId=Ref(table),
                DestinationCidrBlock="0.0.0.0/0",
                **self.only(condition),
                **target,
            )
        )
