"""The builds of a release: one CodeBuild project for each duty, with a role for it alone.

A build installs nothing. It unpacks the release, which brings the tool and all that the tool imports, lays
the shipment's parameters beside it and runs the tool: no package index has a say on a Black Friday.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref, Sub, Tags
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    LogsConfig,
    Project,
    Source,
)

from generator import grants
from generator.build_machines import build_machine

if TYPE_CHECKING:
    from generator.grants import Allowed
    from generator.layer import Layer

SPECIFICATIONS = Path(__file__).parent / "runtime" / "pipeline"

#: Minutes after which a build hangs: none waits for a stack, but a plan may wait for a change set of many.
LONGEST = 60

#: Minutes that a build waits for a machine.
QUEUED = 30


@dataclass(frozen=True)
class Duty:
    """What one project does: the action that it is for, and what it may."""

    name: str
    says: str
    allows: Iterable[Allowed]

    @property
    def purpose(self) -> str:
        """The name of its buildspec, and the end of its own."""
        return self.name.lower()

    @property
    def specification(self) -> str:
        """The buildspec."""
        return (SPECIFICATIONS / f"{self.purpose}.yml").read_text(encoding="utf-8")


def project_name(layer: Layer, duty: str) -> Sub:
    """The name of a duty's project, `tradewind-<environment>-<purpose>`."""
    return layer.named_everywhere(duty.lower())


def build_project(layer: Layer, duty: Duty, log: AWSObject, key_arn: object) -> AWSObject:
    """The project of a duty, and its role; what goes on is in `log`."""
    role = layer.role(
        f"{duty.name}Build",
        trusted=grants.service("codebuild"),
        under="pipeline",
        allows=[grants.LogGroup(GetAtt(log, "Arn")).write(), *duty.allows],
    )
    return layer.add(
        Project(
            duty.name,
            Name=project_name(layer, duty.name),
            Description=duty.says,
            ServiceRole=GetAtt(role, "Arn"),
            EncryptionKey=key_arn,
            Source=Source(Type="CODEPIPELINE", BuildSpec=duty.specification),
            Artifacts=Artifacts(Type="CODEPIPELINE"),
            Environment=build_machine(
                "BUILD_GENERAL1_SMALL", {"ENVIRONMENT": layer.settings.environment}
            ),
            LogsConfig=LogsConfig(
                CloudWatchLogs=CloudWatchLogs(
                    Status="ENABLED", GroupName=Ref(log), StreamName=duty.purpose
                )
            ),
            TimeoutInMinutes=LONGEST,
            QueuedTimeoutInMinutes=QUEUED,
            Tags=Tags(Name=project_name(layer, duty.name)),
        )
    )
