"""What the builds of CodeBuild run on: a container on Graviton, without privileges."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere.codebuild import Environment, EnvironmentVariable

#: https://docs.aws.amazon.com/codebuild/latest/userguide/ec2-compute-images.html
IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:3.0"


def build_machine(compute_type: str, variables: Mapping[str, object]) -> Environment:
    """A machine of that size, and what every build on it finds in its environment."""
    return Environment(
        Type="ARM_CONTAINER",
        ComputeType=compute_type,
        Image=IMAGE,
        ImagePullCredentialsType="CODEBUILD",
        PrivilegedMode=False,
        EnvironmentVariables=[
            EnvironmentVariable(Name=name, Value=value, Type="PLAINTEXT")
            for name, value in variables.items()
        ],
    )
