"""What the services around a resource know of it, which its own properties do not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.aws import Aws, AwsSaidNo, Client


@dataclass
class Surroundings:
    """What services know of a resource beyond its properties; each question is asked once.

    A service that does not answer proves nothing.
    """

    aws: Aws
    region: str
    _answers: dict[tuple[str, str], Any] = field(default_factory=dict)

    def global_members(self, identifier: str) -> frozenset[str]:
        """The ARNs of the clusters of an Aurora global database."""
        said = self._asked(
            self.aws.client("rds", self.region),
            "describe_global_clusters",
            identifier,
            GlobalClusterIdentifier=identifier,
        )
        clusters = said.get("GlobalClusters", ())
        return frozenset(
            member["DBClusterArn"]
            for cluster in clusters
            for member in cluster.get("GlobalClusterMembers", ())
        )

    def scheduled_sizes(self, group: str) -> tuple[Mapping[str, Any], ...]:
        """The scheduled actions of an Auto Scaling group: the sizes that they set."""
        said = self._asked(
            self.aws.client("autoscaling", self.region),
            "describe_scheduled_actions",
            group,
            AutoScalingGroupName=group,
        )
        return tuple(said.get("ScheduledUpdateGroupActions", ()))

    def group(self, name: str) -> Mapping[str, Any]:
        """An Auto Scaling group as it is."""
        said = self._asked(
            self.aws.client("autoscaling", self.region),
            "describe_auto_scaling_groups",
            name,
            AutoScalingGroupNames=[name],
        )
        groups = said.get("AutoScalingGroups", ())
        return groups[0] if groups else {}

    def band(self, namespace: str, resource: str, dimension: str) -> tuple[int, int] | None:
        """Between what Application Auto Scaling keeps a capacity; None where it does not."""
        said = self._asked(
            self.aws.client("application-autoscaling", self.region),
            "describe_scalable_targets",
            f"{namespace} {resource} {dimension}",
            ServiceNamespace=namespace,
            ResourceIds=[resource],
            ScalableDimension=dimension,
        )
        targets = said.get("ScalableTargets", ())
        return (targets[0]["MinCapacity"], targets[0]["MaxCapacity"]) if targets else None

    def deploys(self) -> bool:
        """Whether CodeDeploy is at work in the Region."""
        said = self._asked(
            self.aws.client("codedeploy", self.region),
            "list_deployments",
            "",
            includeOnlyStatuses=["Created", "Queued", "InProgress", "Baking", "Ready"],
        )
        return bool(said.get("deployments"))

    def _asked(self, client: Client, operation: str, of: str, **parameters: Any) -> Any:
        key = (operation, of)
        if key not in self._answers:
            try:
                self._answers[key] = client.call(operation, **parameters)
            except AwsSaidNo:
                self._answers[key] = {}
        return self._answers[key]
