"""Small templates, put into the sandbox's S3 under their content's address, and what became of them."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.shapes import checking

Template = dict[str, Any]

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


def template(resources: dict[str, Any], **sections: Any) -> Template:
    """A template of these resources; Parameters, Outputs and so on by keyword."""
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, **sections}


def parameter(value: Any, **attributes: Any) -> Template:
    """An SSM parameter: the smallest resource with a value."""
    properties = {"Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties, **attributes}


def failing() -> Template:
    """A resource that no service accepts: a subscription to a topic that does not exist."""
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"FunctionName": "no-such-function", "EventSourceArn": "arn:aws:sqs:x:y:z"},
    }


def output(value: Any, export: str | None = None) -> Template:
    """An output, exported when a name is given."""
    return {"Value": value, **({"Export": {"Name": export}} if export else {})}


@dataclass
class Account:
    """An account of the sandbox that one test has for itself."""

    sandbox: Sandbox
    number: str = field(default_factory=lambda: str(uuid.uuid4().int)[:12])
    region: str = "eu-west-1"

    def __post_init__(self) -> None:
        self.bucket = f"templates-{self.number}"
        self.cfn = checking(self.client("cloudformation"))
        self.s3 = self.client("s3")
        self.s3.create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": self.region}
        )

    def client(self, service: str) -> Any:
        return self.sandbox.client(service, self.region, self.number)

    def upload(self, body: Template, key: str | None = None) -> str:
        """Store a template; its virtual-hosted URL, addressed by content unless `key` is given."""
        text = json.dumps(body, sort_keys=True)
        key = key or f"{hashlib.sha256(text.encode()).hexdigest()[:16]}/child.json"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())
        return f"https://{self.bucket}.s3.{self.region}.amazonaws.com/{key}"

    def child(self, body: Template, key: str | None = None, **attributes: Any) -> Template:
        """A nested stack of that template. `Parameters` goes to its properties."""
        properties = {"TemplateURL": self.upload(body, key)}
        if "Parameters" in attributes:
            properties["Parameters"] = attributes.pop("Parameters")
        return {"Type": "AWS::CloudFormation::Stack", "Properties": properties, **attributes}

    def create(self, name: str, body: Template, **arguments: Any) -> Any:
        """Create a stack, wait for its end, describe it."""
        arguments = {"Capabilities": CAPABILITIES, **arguments}
        made = self.cfn.create_stack(StackName=name, TemplateBody=json.dumps(body), **arguments)
        return self.settled(made["StackId"])

    def update(self, name: str, body: Template, **arguments: Any) -> Any:
        """Update a stack, wait for its end, describe it."""
        arguments = {"Capabilities": CAPABILITIES, **arguments}
        made = self.cfn.update_stack(StackName=name, TemplateBody=json.dumps(body), **arguments)
        return self.settled(made["StackId"])

    def delete(self, stack_id: str) -> Any:
        """Delete a stack, wait for its end, describe it."""
        self.cfn.delete_stack(StackName=stack_id)
        return self.settled(stack_id)

    def settled(self, stack_id: str) -> Any:
        """The stack, once its operation has ended."""
        import time

        deadline = time.monotonic() + 20
        while True:
            stack = self.cfn.describe_stacks(StackName=stack_id)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            if stack["StackStatus"] == "REVIEW_IN_PROGRESS":
                return stack
            assert time.monotonic() < deadline, stack
            time.sleep(0.02)

    def resource(self, stack: str, logical_id: str) -> Any:
        answer = self.cfn.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
        return answer["StackResourceDetail"]

    def nested(self, stack: str, logical_id: str) -> Any:
        """The child stack behind a resource."""
        physical_id = self.resource(stack, logical_id)["PhysicalResourceId"]
        return self.cfn.describe_stacks(StackName=physical_id)["Stacks"][0]

    def live(self) -> list[str]:
        """The names of all stacks that are not deleted."""
        pages = self.cfn.get_paginator("describe_stacks").paginate()
        return sorted(stack["StackName"] for page in pages for stack in page["Stacks"])

    def parameters(self) -> dict[str, str]:
        """Every SSM parameter of the account and region."""
        listed = self.client("ssm").describe_parameters()["Parameters"]
        if not listed:
            return {}
        names = [held["Name"] for held in listed]
        values = self.client("ssm").get_parameters(Names=names)["Parameters"]
        return {held["Name"]: held["Value"] for held in values}

    def reasons(self, stack: str, logical_id: str) -> list[tuple[str, str]]:
        """Status and reason of each event of a resource, oldest first."""
        events = self.cfn.describe_stack_events(StackName=stack)["StackEvents"]
        return [
            (event["ResourceStatus"], event.get("ResourceStatusReason", ""))
            for event in reversed(events)
            if event["LogicalResourceId"] == logical_id
        ]

    def change_set(self, stack: str, body: Template, kind: str = "UPDATE", **arguments: Any) -> Any:
        """Create a change set over the tree, wait for it, describe it."""
        made = self.cfn.create_change_set(
            StackName=stack,
            ChangeSetName=f"c{uuid.uuid4().hex[:8]}",
            ChangeSetType=kind,
            TemplateBody=json.dumps(body),
            **{"Capabilities": CAPABILITIES, "IncludeNestedStacks": True, **arguments},
        )
        return self.described(made["Id"])

    def described(self, change_set_id: str, **arguments: Any) -> Any:
        return self.cfn.describe_change_set(ChangeSetName=change_set_id, **arguments)

    def execute(self, change_set: Any) -> Any:
        """Execute a change set, wait for its stack, describe that."""
        self.cfn.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
        return self.settled(change_set["StackId"])


def changes(change_set: Any) -> dict[str, Any]:
    """The resource changes of a change set by logical id."""
    listed = [change["ResourceChange"] for change in change_set["Changes"]]
    return {change["LogicalResourceId"]: change for change in listed}
