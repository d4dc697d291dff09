"""Custom resource: what CloudFormation has no type for in an OpenSearch domain, said as its master user.

The roles of fine-grained access control and who bears them, and settings. All are put as a whole, so putting
them again changes nothing. A role that is no longer asked for is borne by nobody. Where nothing can be
searched yet, the making of the index is started, and not waited for.
"""

import json
import time

import boto3
from aws_calls import CALLS
from custom_resource import Unable, fulfil, log
from domain_requests import insist

states = boto3.client("stepfunctions", config=CALLS)

#: Seconds: a new domain refuses for a while.
PATIENCE = 240

SECURITY = "_plugins/_security/api"


def handler(event, context):
    """CloudFormation's request."""
    fulfil(event, context, lambda event: f"{asked_of(event)['Endpoint']}-roles", say)


def say(event):
    """`Roles` has, by a role's name, what it may do and who bears it; `Settings`, by a path, a JSON text.

    `Index` names what is searched, and the state machine that makes it.
    """
    end = time.monotonic() + PATIENCE
    asked = asked_of(event)
    for path, text in (
        roles(asked, event.get("OldResourceProperties", {})) | asked["Settings"]
    ).items():
        tell(end, "PUT", asked, path, text.encode())
    index = asked["Index"]
    indices = tell(end, "GET", asked, f"{index['Alias']}-*/_alias")
    if not any(index["Alias"] in said["aliases"] for said in indices.values()):
        make(index["Maker"], event["RequestId"])


def roles(asked, before):
    """Path -> what is put there. A role is there before anybody bears it."""
    texts = {}
    for name, role in asked["Roles"].items():
        texts[f"{SECURITY}/roles/{name}"] = json.dumps(role["Permissions"])
        texts[f"{SECURITY}/rolesmapping/{name}"] = json.dumps({"backend_roles": role["Bearers"]})
    for name in before.get("Roles", {}).keys() - asked["Roles"].keys():
        texts[f"{SECURITY}/rolesmapping/{name}"] = json.dumps({"backend_roles": []})
    return texts


def tell(end, method, asked, path, body=b""):
    """The domain's answer. Raises Unable: no word of what was sent is in what it says."""
    try:
        return insist(end, method, f"https://{asked['Endpoint']}/{path}", body)
    except OSError as error:
        raise Unable(f"{method} {path}: {error}") from error


def make(machine, request):
    """Once for a request, however often it is told."""
    try:
        states.start_execution(stateMachineArn=machine, name=f"first-{request}")
    except states.exceptions.ExecutionAlreadyExists:
        log.info("the index is being made already")


def asked_of(event):
    """The resource's properties."""
    return event["ResourceProperties"]
