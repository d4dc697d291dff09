"""What makes a stack acknowledges what is in it: IAM, names of IAM, macros.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

from __future__ import annotations

from collections.abc import Iterator

from scripts.validate.contracts.graph import Graph, Template
from scripts.validate.findings import Finding

RULE = "capability"

IAM, NAMED_IAM, AUTO_EXPAND = (
    "CAPABILITY_IAM",
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
)

#: The types for which IAM has to be acknowledged, and the property that names each.
NAMED = {
    "AWS::IAM::AccessKey": "",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": "",
}


def check(graph: Graph) -> Iterator[Finding]:
    """What CloudFormation would refuse for want of an acknowledgement."""
    given = graph.deployment.capabilities
    for file, template in graph.templates.items():
        for path, needed in _needed(template):
            if needed not in given and not (needed == IAM and NAMED_IAM in given):
                said = ", ".join(sorted(given)) or "nothing"
                message = f"it needs {needed}, and whoever deploys it acknowledges {said}"
                yield Finding(file, path, RULE, message)


def _needed(template: Template) -> Iterator[tuple[str, str]]:
    """Path, and the capability that it needs."""
    if "Transform" in template:
        yield "Transform", AUTO_EXPAND
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] in NAMED:
            named = NAMED[resource["Type"]] in resource.get("Properties", {})
            yield f"Resources/{logical_id}", NAMED_IAM if named else IAM
        if "Fn::Transform" in str(resource.get("Properties", {})):
            yield f"Resources/{logical_id}/Properties", AUTO_EXPAND
