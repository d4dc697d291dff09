"""The quotas of an account that a deploy of ours can meet, as Service Quotas names them.

What holds in an account is told by Service Quotas alone; `default` is what AWS documents for a new one, on
the service's page of https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html. A quota
without a code is documented there and not told by Service Quotas.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Where the quotas of global services are told.
GLOBAL_REGION = "us-east-1"


@dataclass(frozen=True)
class Quota:
    """One of a region, or of the account where it is `global_`. `title` is Service Quotas' name for it."""

    name: str
    service: str
    code: str
    title: str
    default: int
    adjustable: bool = True
    global_: bool = False

    def increase(self, region: str, value: int) -> str:
        """The command that asks for more, or where to ask when no command does."""
        if not self.code or not self.adjustable:
            return f"Have {self.title} raised: aws support create-case, or use another account."
        return (
            f"aws service-quotas request-service-quota-increase --region {region} "
            f"--service-code {self.service} --quota-code {self.code} --desired-value {value}"
        )


VPCS = Quota("VPCs", "vpc", "L-F678F1CE", "VPCs per Region", 5)
INTERNET_GATEWAYS = Quota(
    "internet gateways", "vpc", "L-A4707A72", "Internet gateways per Region", 5
)
NAT_GATEWAYS = Quota(
    "NAT gateways in a zone", "vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5
)
ADDRESSES = Quota("Elastic IP addresses", "ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5)
SECURITY_GROUPS = Quota(
    "security groups", "vpc", "L-E79EC296", "VPC security groups per Region", 2500
)
GATEWAY_ENDPOINTS = Quota(
    "gateway endpoints", "vpc", "L-1B52E74A", "Gateway VPC endpoints per Region", 20
)
INTERFACE_ENDPOINTS = Quota(
    "interface endpoints of a VPC", "vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50
)
#: vCPUs that run, of the instance families that a shop would be run on.
VCPUS = Quota(
    "on-demand vCPUs",
    "ec2",
    "L-1216C47A",
    "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    5,
)
SPOT_VCPUS = Quota(
    "Spot vCPUs",
    "ec2",
    "L-34B43A08",
    "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
    5,
)
FLEETS = Quota(
    "Auto Scaling groups", "autoscaling", "L-CDE20ADC", "Auto Scaling groups per region", 500
)
BALANCERS = Quota(
    "Application Load Balancers",
    "elasticloadbalancing",
    "L-53DA6B97",
    "Application Load Balancers per Region",
    50,
)
TARGET_GROUPS = Quota(
    "target groups", "elasticloadbalancing", "L-B22855CB", "Target Groups per Region", 3000
)
CONCURRENCY = Quota("concurrent executions", "lambda", "L-B99A9384", "Concurrent executions", 1000)
DATABASES = Quota("DB instances", "rds", "L-7B6409FD", "DB instances", 40)
CLUSTERS = Quota("DB clusters", "rds", "L-952B80B8", "DB clusters", 40)
DB_SUBNET_GROUPS = Quota("DB subnet groups", "rds", "L-48C6BF61", "DB subnet groups", 50)
DB_PARAMETER_GROUPS = Quota("DB parameter groups", "rds", "L-DE55804A", "Parameter groups", 50)
CLUSTER_PARAMETER_GROUPS = Quota(
    "DB cluster parameter groups",
    "rds",
    "L-E4C808A8",
    "DB cluster parameter groups",
    50,
    adjustable=False,
)
DB_SUBSCRIPTIONS = Quota("RDS event subscriptions", "rds", "L-A59F4C87", "Event subscriptions", 20)
TABLES = Quota("DynamoDB tables", "dynamodb", "L-F98FE922", "Maximum number of tables", 2500)
CACHE_NODES = Quota("ElastiCache nodes", "elasticache", "L-DFE45DF3", "Nodes per Region", 300)
SEARCH_DOMAINS = Quota("OpenSearch domains", "es", "L-076D529E", "Domains per Region", 100)
STACKS = Quota("stacks", "cloudformation", "L-0485CB21", "Stack count", 2000)
RULES = Quota("rules of the default event bus", "events", "L-244521F2", "Number of rules", 300)
CERTIFICATES = Quota("ACM certificates", "acm", "L-F141DD1D", "ACM certificates", 2500)
#: New accounts have as few as one; it is raised with use.
BUILDS = Quota(
    "builds at once on small ARM machines",
    "codebuild",
    "L-5ED1D25B",
    "Concurrently running builds for ARM/Small environment",
    1,
)
LOG_POLICIES = Quota(
    "resource policies of CloudWatch Logs",
    "logs",
    "",
    "Resource policies per Region of CloudWatch Logs",
    10,
    adjustable=False,
)
TRAILS = Quota("trails", "cloudtrail", "", "Trails per Region of CloudTrail", 5, adjustable=False)

ROLES = Quota("IAM roles", "iam", "L-FE177D64", "Roles per account", 1000, global_=True)
POLICIES = Quota(
    "managed policies",
    "iam",
    "L-E95E4862",
    "Customer managed policies per account",
    1500,
    global_=True,
)
INSTANCE_PROFILES = Quota(
    "instance profiles", "iam", "L-6E65F664", "Instance profiles per account", 1000, global_=True
)
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html
BUCKETS = Quota("buckets", "s3", "L-DC2B2D3D", "General purpose buckets", 10_000, global_=True)
HEALTH_CHECKS = Quota("health checks", "route53", "L-ACB674F3", "Health checks", 200, global_=True)
DISTRIBUTIONS = Quota(
    "distributions",
    "cloudfront",
    "L-24B04930",
    "Web distributions per AWS account",
    500,
    global_=True,
)
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
CACHE_POLICIES = Quota(
    "cache policies",
    "cloudfront",
    "",
    "Cache policies per AWS account of CloudFront",
    20,
    global_=True,
)

ALL: tuple[Quota, ...] = tuple(each for each in list(globals().values()) if isinstance(each, Quota))
