"""Custom resource: take every rule out of a VPC's default security group.

EC2 makes that group with rules that let its members talk to each other and anywhere; no CloudFormation
type reaches them. Deleting the resource leaves the group closed: it goes with its VPC.
"""

import json
import logging
import urllib.request

import boto3

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, context):
    """Answer CloudFormation in every case: a request without an answer holds the stack until it times out."""
    group = event["ResourceProperties"]["GroupId"]
    status, reason = "SUCCESS", ""
    try:
        if event["RequestType"] != "Delete":
            close(boto3.client("ec2"), group)
    except Exception as error:
        log.exception("could not close %s", group)
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    answer(event, status, reason, physical_id=f"{group}-closed")


def close(ec2, group):
    """Revoke what is there; closing a closed group changes nothing."""
    found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    if found["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=found["IpPermissions"])
    if found["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    log.info("closed %s", group)


def answer(event, status, reason, physical_id):
    """PUT the outcome to the URL that CloudFormation signed for this request."""
    body = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(event["ResponseURL"], json.dumps(body).encode(), method="PUT")
    request.add_header("Content-Type", "")
    urllib.request.urlopen(request, timeout=10).close()
