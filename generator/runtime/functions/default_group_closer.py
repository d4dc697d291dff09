"""Custom resource: take every rule out of a VPC's default security group.

EC2 makes that group with rules that let its members talk to each other and anywhere; no CloudFormation
type reaches them. Deleting the resource leaves the group closed: it goes with its VPC.
"""

import boto3
from custom_resource import fulfil, log


def handler(event, context):
    """CloudFormation's request; the group's id is in its properties."""
    group = event["ResourceProperties"]["GroupId"]
    fulfil(event, f"{group}-closed", lambda: close(boto3.client("ec2"), group))


def close(ec2, group):
    """Revoke what is there; closing a closed group changes nothing."""
    found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    if found["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=found["IpPermissions"])
    if found["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    log.info("closed %s", group)
