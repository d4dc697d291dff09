"""Where a secret of the primary region is found in another: Secrets Manager replicates it under its own name.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
"""

from __future__ import annotations

from troposphere import Ref, Select, Split, Sub


def replica_arn(primary_arn: Ref) -> Sub:
    """The ARN in this region: a replica's name and suffix are those of the primary's.

    They are the seventh part of the ARN. The colons at its end are for the primary itself, which
    receives nothing: there would be no seventh part to select.
    """
    name = Select(6, Split(":", Sub("${PrimaryArn}::::::", PrimaryArn=primary_arn)))
    return Sub(
        "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${Name}",
        Name=name,
    )
