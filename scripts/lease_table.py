"""The DynamoDB table that leases are items of: made on demand, deleted with the environment."""

from __future__ import annotations

from collections.abc import Mapping

from generator.naming import PREFIX
from scripts.aws import Aws, AwsSaidNo

#: AWS's code where there is no table.
MISSING = "ResourceNotFoundException"


def name(environment: str) -> str:
    """The table of an environment's leases."""
    return f"{PREFIX}-{environment}-leases"


def make(aws: Aws, region: str, tags: Mapping[str, str] | None = None) -> None:
    """Have the table there and ready, whoever makes it. Nothing is done where it is.

    `tags`: what it carries besides the project's and the environment's, where it is made now.
    """
    while (status := _status(aws, region)) != "ACTIVE":
        if status == "":
            _create(aws, region, tags or {})
        aws.clock.pause()


def delete(aws: Aws, region: str) -> None:
    """Remove the table; the last act of a destroy."""
    try:
        aws.client("dynamodb", region).call("delete_table", TableName=name(aws.environment.name))
    except AwsSaidNo as error:
        if error.code != MISSING:
            raise


def tags(aws: Aws, region: str) -> Mapping[str, str] | None:
    """What the table carries; None where there is none."""
    dynamodb = aws.client("dynamodb", region)
    try:
        described = dynamodb.call("describe_table", TableName=name(aws.environment.name))
        listed = dynamodb.pages(
            "list_tags_of_resource", "Tags", ResourceArn=described["Table"]["TableArn"]
        )
        return {tag["Key"]: tag["Value"] for tag in listed}
    except AwsSaidNo as error:
        if error.code == MISSING:
            return None
        raise


def _create(aws: Aws, region: str, tags: Mapping[str, str]) -> None:
    carried = {"Project": PREFIX, "Environment": aws.environment.name, **tags}
    try:
        aws.client("dynamodb", region).call(
            "create_table",
            TableName=name(aws.environment.name),
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "lease", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "lease", "KeyType": "HASH"}],
            Tags=[{"Key": key, "Value": value} for key, value in carried.items()],
        )
    except AwsSaidNo as error:
        if error.code != "ResourceInUseException":
            raise


def _status(aws: Aws, region: str) -> str:
    """Empty where there is no table."""
    try:
        described = aws.client("dynamodb", region).call(
            "describe_table", TableName=name(aws.environment.name)
        )
    except AwsSaidNo as error:
        if error.code == MISSING:
            return ""
        raise
    return str(described["Table"]["TableStatus"])
