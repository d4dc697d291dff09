"""Which revision a fleet runs, and which one a release brings: CodeDeploy's part of the difference.

What the pipeline deploys is a copy of the revision under a key of its own making. So a deployment is led back
through the action that made it to the execution, and to the key that its source action took.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html (output variables)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from generator import release_stages
from generator.bundles import RELEASES
from generator.naming import PREFIX
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy.pipeline import names
from scripts.deploy.release import Release

#: The fleets that CodeDeploy brings revisions to, and the root whose bundles they are.
FLEETS, ROOT = ("shop", "worker"), "platform"

#: Actions that are looked back at. A revision that is older is brought once more, which changes nothing.
LOOKED_AT = 500

_ABSENT = ("ApplicationDoesNotExistException", "DeploymentGroupDoesNotExistException")


@dataclass(frozen=True)
class Fleet:
    """One fleet in one region; its application and its deployment group have one name."""

    name: str
    region: str

    def group(self, environment: str) -> str:
        """What CodeDeploy calls it."""
        return f"{PREFIX}-{environment}-{self.name}"

    def __str__(self) -> str:
        return f"the {self.name} in {self.region}"


@dataclass
class Revisions:
    """The revisions that fleets run."""

    aws: Aws

    def running(self, fleet: Fleet) -> str | None:
        """The key of a fleet's revision; "" where it is not known or none, None where there is no group.

        A group whose latest deployment did not succeed has none that can be relied on.
        """
        group = fleet.group(self.aws.environment.name)
        try:
            told: Mapping[str, Any] = self.aws.client("codedeploy", fleet.region).call(
                "get_deployment_group", applicationName=group, deploymentGroupName=group
            )["deploymentGroupInfo"]
        except AwsSaidNo as error:
            if error.code in _ABSENT:
                return None
            raise
        if told.get("lastAttemptedDeployment", {}).get("status", "Succeeded") != "Succeeded":
            return ""
        key = str(told.get("targetRevision", {}).get("s3Location", {}).get("key", ""))
        if not key or key.startswith(RELEASES):
            return key
        deployment = told.get("lastSuccessfulDeployment", {}).get("deploymentId", "")
        return self._brought.get(deployment, "")

    def differences(self, release: Release, fleets: Iterable[Fleet]) -> tuple[Fleet, ...]:
        """The fleets that are there and run another revision than the release's."""
        return tuple(
            fleet
            for fleet in fleets
            if (key := wanted(release, fleet.name)) and self.running(fleet) not in (None, key)
        )

    @cached_property
    def _brought(self) -> Mapping[str, str]:
        """Deployment -> the key of the revision that the pipeline gave it."""
        told = self.aws.client("codepipeline", self.aws.environment.primary_region).pages(
            "list_action_executions",
            "actionExecutionDetails",
            pipelineName=names.pipeline(self.aws.environment.name),
        )
        return brought(islice(told, LOOKED_AT))


def brought(said: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Of what ListActionExecutions tells: deployment -> the key that its execution's source action took."""
    taken: dict[tuple[str, str], str] = {}
    made: dict[str, tuple[str, str]] = {}
    for one in said:
        execution, given = one["pipelineExecutionId"], one.get("input", {})
        output = one.get("output", {})
        if one["stageName"] == release_stages.SOURCE:
            key = output.get("outputVariables", {}).get("ObjectKey", "")
            taken.setdefault((execution, one["actionName"]), key)
        elif given.get("actionTypeId", {}).get("provider") == "CodeDeploy":
            deployment = output.get("executionResult", {}).get("externalExecutionId", "")
            artifacts = [artifact["name"] for artifact in given.get("inputArtifacts", ())]
            if deployment and artifacts:
                made[deployment] = (execution, artifacts[0])
    return {deployment: taken.get(source, "") for deployment, source in made.items()}


def wanted(release: Release, fleet: str) -> str:
    """The key of a fleet's revision in a release; "" where the release has no such fleet."""
    keys = release.roots[ROOT].bundles if ROOT in release.roots else ()
    return next((key for key in keys if key.endswith(f"/{fleet}.zip")), "")


def of_regions(*regions: str) -> Iterator[Fleet]:
    """Every fleet that an environment may have in these regions."""
    return (Fleet(name, region) for region in regions for name in FLEETS)
