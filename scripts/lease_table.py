"""The DynamoDB table that leases are items of: made on demand, deleted with the environment."""

from __future__ import annotations

from generator.naming import PREFIX
from scripts.aws import Aws, AwsSaidNo

#: AWS's code where there is no table.
MISSING = "ResourceNotFoundException"


def name(environment: str) -> str:
    """The table of an environment's leases."""
    return f"{PREFIX}-{environment}-leases"


def make(aws: Aws, region: str) -> None:
    """Have the table there and ready, whoever makes it. Nothing is done where it is."""
    while (status := _status(aws, region)) != "ACTIVE":
        if status == "":
            _create(aws, region)
        aws.clock.pause()


def delete(aws: Aws, region: str) -> None:
    """Remove the table; the last act of a destroy."""
    try:
        aws.client("dynamodb", region).call("delete_table", TableName=name(aws.environment.name))
    except AwsSaidNo as error:
        if error.code != MISSING:
            raise


def _create(aws: Aws, region: str) -> None:
    try:
        aws.client("dynamodb", region).call(
            "create_table",
            TableName=name(aws.environment.name),
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "lease", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "lease", "KeyType": "HASH"}],
            Tags=[
                {"Key": "Project", "Value": PREFIX},
                {"Key": "Environment", "Value": aws.environment.name},
            ],
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
