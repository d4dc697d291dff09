"""Parameters, tags and a stack policy that a CloudFormation action reads from its artifacts.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
"""

from __future__ import annotations

import json
from typing import Any

from scripts.sandbox.pipelines.archives import file_in, read_file
from scripts.sandbox.pipelines.declarations import JSON
from scripts.sandbox.pipelines.providers import Job, Refused


def settings(job: Job) -> JSON:
    """What TemplateConfiguration and ParameterOverrides ask for; an override wins. Raises Refused."""
    place = job.configuration.get("TemplateConfiguration")
    configured = _document(file_in(job, place), place) if place else {}
    overrides = job.configuration.get("ParameterOverrides")
    given = _document(overrides, "ParameterOverrides") if overrides else {}
    parameters = {**configured.get("Parameters", {}), **given}
    found: JSON = {
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": _value(job, value)}
            for name, value in parameters.items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in configured.get("Tags", {}).items()],
    }
    if policy := configured.get("StackPolicy"):
        found["StackPolicyBody"] = json.dumps(policy)
    return found


def _document(text: str, what: str) -> JSON:
    try:
        document = json.loads(text)
    except ValueError:
        raise Refused(f"{what} is not JSON.") from None
    if not isinstance(document, dict):
        raise Refused(f"{what} is not a JSON object.")
    return document


def _value(job: Job, value: Any) -> str:
    """A parameter's value: a text, or one of the two functions of ParameterOverrides."""
    match value:
        case {"Fn::GetParam": [str(artifact), str(file), str(name)]}:
            document = _document(read_file(job.input(artifact), file), f"{artifact}::{file}")
            if name not in document:
                raise Refused(f"{artifact}::{file} has no value named {name}.")
            return str(document[name])
        case {"Fn::GetArtifactAtt": [str(artifact), str(attribute)]}:
            found = job.input(artifact)
            known = {
                "BucketName": found.bucket,
                "ObjectKey": found.key,
                "URL": f"https://s3.{job.region}.amazonaws.com/{found.bucket}/{found.key}",
            }
            if attribute not in known:
                raise Refused(f"An artifact has no attribute {attribute}.")
            return known[attribute]
        case dict() | list():
            raise Refused("A parameter is a text, Fn::GetParam, or Fn::GetArtifactAtt.")
        case bool():
            return str(value).lower()
        case _:
            return str(value)
