"""Dynamic references: CloudFormation reads the secret, and no template, plan or log shows it."""

from __future__ import annotations

from troposphere import Sub


def secret_field(secret: object, field: str) -> Sub:
    """What a secret, given by its ARN or its name, holds under this key.

    It is read when a stack with it is made, and anew only where something else about the resource changes.
    A sibling's output is not known to a change set in which that sibling changes, so a property that cannot
    change without a replacement takes a secret by its name: else every such plan would replace what has it.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    return Sub(f"{{{{resolve:secretsmanager:${{Secret}}:SecretString:{field}}}}}", Secret=secret)
