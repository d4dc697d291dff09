"""I1, I2 and P3: the network and the fleet."""

from __future__ import annotations

from tests.coverage.claims import (
    PRIMARY,
    Claim,
    Every,
    Some,
    row,
)
from tests.coverage.contents import Bundled, Holds, Item, Refers
from tests.coverage.expectations import AtLeast, Given
from tests.coverage.rows.names import (
    DATA_KEY,
    FLEET,
    LOG_GROUP,
    LOGS_KEY,
    SCALING_POLICY,
    SUBNET,
)

ACL_ENTRY = "AWS::EC2::NetworkAclEntry"
ROUTE = "AWS::EC2::Route"


def tier_in(tier: str) -> Claim:
    """A subnet of a tier in each zone."""
    return Claim(
        f"{tier} subnets over the zones, which hand out no public address",
        Some(
            SUBNET,
            {
                "Tags[Key=Tier].Value": tier,
                "VpcId": Refers("network/Vpc"),
                "MapPublicIpOnLaunch": False,
            },
            times=3,
        ),
    )


I1 = row(
    "I1",
    "VPC with public and private subnets over AZs",
    *(tier_in(tier) for tier in ("public", "private", "data")),
    Claim(
        "the public ones reach the internet by its gateway",
        Some(
            ROUTE,
            {
                "DestinationCidrBlock": "0.0.0.0/0",
                "RouteTableId": Refers("network/PublicRoutes"),
                "GatewayId": Refers("AWS::EC2::InternetGateway"),
            },
            times=1,
        ),
    ),
    *(
        Claim(
            f"zone {zone}'s data subnet has a route table without any route out",
            Some(
                "AWS::EC2::SubnetRouteTableAssociation",
                {
                    "SubnetId": Refers(f"network/DataSubnet{zone}"),
                    "RouteTableId": Refers(f"network/DataRoutes{zone}"),
                },
                times=1,
            ),
        )
        for zone in "ABC"
    ),
    Claim(
        "no route leads out of those",
        Every(
            ROUTE,
            {
                "RouteTableId": Refers(
                    "network/PublicRoutes", *(f"network/PrivateRoutes{zone}" for zone in "ABC")
                )
            },
        ),
    ),
    Claim(
        "all traffic is recorded, in a log group with our key",
        Some(
            "AWS::EC2::FlowLog",
            {
                "ResourceType": "VPC",
                "ResourceId": Refers("AWS::EC2::VPC"),
                "TrafficType": "ALL",
                "LogGroupName": Refers(LOG_GROUP),
                "LogGroupName->KmsKeyId": LOGS_KEY,
                "LogGroupName->RetentionInDays": AtLeast(7),
            },
            times=1,
        ),
    ),
    *(
        Claim(
            f"each {tier} subnet is under a network ACL of its tier",
            Some(
                "AWS::EC2::SubnetNetworkAclAssociation",
                {
                    "SubnetId->Tags[Key=Tier].Value": tier,
                    "NetworkAclId": Refers(f"network/{tier.title()}Acl"),
                },
                times=3,
            ),
        )
        for tier in ("public", "private", "data")
    ),
    *(
        Claim(
            f"the data tier hears and answers the VPC alone ({'out' if egress else 'in'}bound)",
            Every(
                ACL_ENTRY,
                {"CidrBlock": "10.0.0.0/16", "RuleAction": "allow"},
                where={"NetworkAclId": Refers("network/DataAcl"), "Egress": egress},
            ),
            PRIMARY.having(vpc_cidr="10.0.0.0/16"),
        )
        for egress in (False, True)
    ),
    Claim(
        "the default security group is closed",
        Some(
            "AWS::CloudFormation::CustomResource",
            {
                "GroupId": Holds("network/Vpc.DefaultSecurityGroup"),
                "ServiceToken": Refers("network/DefaultGroupCloser"),
                "ServiceToken->Code.S3Key": Bundled(
                    "revoke_security_group_ingress", "revoke_security_group_egress"
                ),
            },
            times=1,
        ),
    ),
)

DATA = "LaunchTemplateData"
KINDS = "MixedInstancesPolicy.LaunchTemplate"
OF_TEMPLATE = f"{KINDS}.LaunchTemplateSpecification"
EBS = f"{DATA}.BlockDeviceMappings[*].Ebs"

P3 = row(
    "P3",
    "EC2 Auto Scaling",
    Claim(
        "the launch template: IMDSv2, encrypted volumes, detailed monitoring, no public address",
        Every(
            "AWS::EC2::LaunchTemplate",
            {
                f"{DATA}.MetadataOptions.HttpTokens": "required",
                f"{DATA}.MetadataOptions.HttpPutResponseHopLimit": 1,
                f"{EBS}.Encrypted": True,
                f"{EBS}.KmsKeyId": DATA_KEY,
                f"{DATA}.Monitoring.Enabled": True,
                f"{DATA}.NetworkInterfaces[*].AssociatePublicIpAddress": False,
                f"{DATA}.ImageId": Holds("ami-"),
            },
        ),
    ),
    Claim(
        "the group over all zones, replaced when its load balancer says so",
        Some(
            FLEET,
            {
                "VPCZoneIdentifier": Refers(SUBNET, times=3),
                f"{OF_TEMPLATE}.LaunchTemplateId": Refers("shop-instance/ShopTemplate"),
                f"{OF_TEMPLATE}.Version": Holds("LatestVersionNumber"),
                f"{KINDS}.Overrides[*].InstanceType": Given(),
                "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity": 100,
                "HealthCheckType": "ELB",
                "MinSize": AtLeast(3),
                "MaxSize": AtLeast(6),
            },
            times=1,
        ),
    ),
)

BACKLOG = "TargetTrackingConfiguration.CustomizedMetricSpecification.Metrics"

I2 = row(
    "I2",
    "rules on application metrics",
    Claim(
        "checkouts waiting for each instance, as the shop publishes them",
        Some(
            SCALING_POLICY,
            {
                "AutoScalingGroupName": Refers("storefront/Fleet"),
                "PolicyType": "TargetTrackingScaling",
                f"{BACKLOG}[Id=waiting].MetricStat.Metric.Namespace": "Tradewind/Shop",
                f"{BACKLOG}[Id=waiting].MetricStat.Metric.MetricName": "CheckoutQueueDepth",
                f"{BACKLOG}[Id=instances].MetricStat.Metric.MetricName": "GroupInServiceInstances",
                f"{BACKLOG}[Id=result].Expression": "waiting / instances",
            },
            times=1,
        ),
    ),
    Claim(
        "the shop is told where to publish, and may",
        Some(
            "AWS::EC2::LaunchTemplate",
            {f"{DATA}.UserData": Holds("METRICS_NAMESPACE=Tradewind/Shop")},
        ),
    ),
    Claim(
        "its role may publish to that namespace alone",
        Some(
            "AWS::IAM::ManagedPolicy",
            {
                "PolicyDocument.Statement": Item(
                    {
                        "Action": ["cloudwatch:PutMetricData"],
                        "Condition.StringEquals.cloudwatch:namespace": Holds("Tradewind/Shop"),
                    }
                ),
            },
        ),
    ),
    Claim(
        "and its instances have that role",
        Some(
            "AWS::IAM::InstanceProfile",
            {"Roles->ManagedPolicyArns": Holds("<{region}/shop-instance/ShopInstanceGrants.Ref>")},
        ),
    ),
)
