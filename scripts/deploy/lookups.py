"""The closed set of read-only questions that a template may ask of AWS (generator.layer.Question).

Questions and their subjects come from a template's manifest; each is asked once a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed

Ask: TypeAlias = Callable[[Aws, str, Mapping[str, str]], str]


def answer(aws: Aws, region: str, question: str, subject: Mapping[str, str]) -> str:
    """Ask. Raises Failed where AWS has no answer."""
    ask = _QUESTIONS.get(question)
    if ask is None:
        raise Failed(
            f"The templates ask {question}, which this version of the tool does not know.",
            fix="Use the version of tradewind that built them.",
        )
    return ask(aws, region, subject)


def _managed_prefix_list(aws: Aws, region: str, subject: Mapping[str, str]) -> str:
    name = subject["prefix_list_name"].format(region=region)
    found = list(
        aws.client("ec2", region).pages(
            "describe_managed_prefix_lists",
            "PrefixLists",
            Filters=[{"Name": "prefix-list-name", "Values": [name]}],
        )
    )
    if not found:
        raise Failed(f"There is no managed prefix list {name} in {region}.")
    return str(found[0]["PrefixListId"])


def _public_parameter(aws: Aws, region: str, subject: Mapping[str, str]) -> str:
    try:
        found = aws.client("ssm", region).call("get_parameter", Name=subject["path"])
    except AwsSaidNo as error:
        if error.code == "ParameterNotFound":
            raise Failed(f"There is no public parameter {subject['path']} in {region}.") from error
        raise
    return str(found["Parameter"]["Value"])


def _table_stream(aws: Aws, region: str, subject: Mapping[str, str]) -> str:
    """Of the standby's replica; the primary has its own stream by Fn::GetAtt, and nothing to look up."""
    if region == aws.environment.primary_region:
        return ""
    name = subject["table"].format(environment=aws.environment.name)
    try:
        found = aws.client("dynamodb", region).call("describe_table", TableName=name)
    except AwsSaidNo as error:
        if error.code == "ResourceNotFoundException":
            raise Failed(f"The table {name} has no replica in {region}.") from error
        raise
    stream = found["Table"].get("LatestStreamArn")
    if not stream:
        raise Failed(f"The table {name} has no stream in {region}.")
    return str(stream)


_QUESTIONS: Mapping[str, Ask] = {
    "ManagedPrefixList": _managed_prefix_list,
    "PublicParameter": _public_parameter,
    "TableStream": _table_stream,
}
