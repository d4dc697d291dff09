"""Custom resource: take every rule out of a VPC's default security group.

EC2 makes that group with rules that let its members talk to each other and anywhere; no CloudFormation
type reaches them. Deleting the resource leaves the group closed: it goes with its VPC.
"""

import boto3
from botocore.config import Config
from custom_resource import fulfil, log

CALLS = Config(
    connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3}
)

ec2 = boto3.client("ec2", config=CALLS)


def handler(event, context):
    """CloudFormation's request; the group's id is in its properties."""
    fulfil(event, context, lambda event: f"{group_of(event)}-closed", close)


def close(event):
    """Revoke what is there; closing a closed group changes nothing."""
    group = group_of(event)
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    if found["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=found["IpPermissions"])
    if found["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    log.info("closed %s", group)


def group_of(event):
    """The group's id."""
    return event["ResourceProperties"]["GroupId"]
