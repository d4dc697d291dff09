"""What the sandbox cannot imitate of resource types: part of the table that status prints."""

from __future__ import annotations

from scripts.sandbox.limits import Limit

LIMITS: tuple[Limit, ...] = (
    Limit(
        "Resource types",
        "A type without an API in the sandbox is a record: CloudFormation creates, updates, replaces "
        "and deletes it, GetAtt gives values of the right shape, no client of its service finds it.",
    ),
    Limit(
        "Resource types",
        "Properties are checked against the provider schemas cfn-lint ships; what only the service "
        "would refuse at run time is accepted, and `format` is not enforced.",
    ),
    Limit("Resource types", "A drift check reads no type that is backed by its schema alone."),
    Limit("EC2", "DescribeNatGateways lists no address; flow logs write nothing."),
    Limit(
        "EC2", "The weight of an AWS-managed prefix list is not counted against a group's rules."
    ),
    Limit("EC2", "A subnet's network ACL is recorded; DescribeNetworkAcls does not list it."),
    Limit(
        "CloudWatch",
        "Alarms are judged when data are put and when alarms are described. Those on metric math and "
        "anomaly bands keep their first state, and so does one without data on a metric of AWS's that "
        "nobody tells here: told are AWS/Lambda's of calls, AWS/Route53's of health checks, "
        "AWS/CodeBuild's of builds and DynamoDB's ReplicationLatency. Whether alarms on AWS/DynamoDB obey "
        "TreatMissingData AWS says both ways; here they do.",
    ),
    Limit(
        "CloudWatch", "Metric math is described in the JSON protocol, not in the Query protocol."
    ),
    Limit(
        "Secrets Manager",
        "A rotation that failed is tried again by the next RotateSecret, and not by itself; none starts by "
        "its schedule. A schedule that is not to rotate at once does not try testSecret. Taking a Region out "
        "of ReplicaRegions leaves its replica.",
    ),
    Limit("Shield, Redshift", "Records, see Resource types."),
    Limit("AWS WAF", "Logging configurations are records; rules see no traffic."),
    Limit("AWS Config", "Rules are listed and never evaluated."),
)
