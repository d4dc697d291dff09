"""Dynamic references: CloudFormation reads the secret, and no template, plan or log shows it."""

from __future__ import annotations

from troposphere import Sub


def secret_field(secret_arn: object, field: str) -> Sub:
    """What a secret holds under this key.

    It is read when a stack with it is made, and anew only where something else about the resource changes.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    return Sub(
        f"{{{{resolve:secretsmanager:${{Secret}}:SecretString:{field}}}}}", Secret=secret_arn
    )
