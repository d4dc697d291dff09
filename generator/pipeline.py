"""pipeline.json: how a release comes to platform, edge and the fleets.

It stands in the primary and reaches into the standby and into the edge's region. It is deployed by the tool's
own change sets, never by itself: a pipeline that is broken must not be what mends it. Where a region has no
CodeBuild nothing stands but its log group, and `deploy --direct` is the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from awacs.aws import ArnLike, Condition, Null, Principal, StringEquals
from troposphere import AWSObject, GetAtt, NoValue, Ref, Tags
from troposphere.codepipeline import (
    ArtifactStore,
    ArtifactStoreMap,
    EncryptionKey,
    VariableDeclaration,
)
from troposphere.codepipeline import Pipeline as CodePipeline
from troposphere.logs import LogGroup

from generator import grants
from generator.announcements import announce
from generator.bundles import RELEASES
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.grants import Allowed, Bucket, Trust
from generator.layer import Handoff, Layer, Output, Resource, Where
from generator.layers.account_alerts import AccountAlerts
from generator.log_groups import log_group, log_name
from generator.naming import PREFIX, kebab, pascal
from generator.pipeline_builds import build_project, project_name
from generator.pipeline_duties import BUILDS, PLACES, deployments, duties, stack
from generator.pipeline_news import alarms, announcements
from generator.pipeline_stages import Crew, Work, region, stages
from generator.places import EDGE_REGION, Role
from generator.release_stages import (
    KEPT,
    REASON,
    SHIPMENTS,
    STARTED_BY,
    WAVE_ORDER,
    WaveOrder,
)
from generator.resource_policies import ACCOUNT_ROOT
from generator.territory import arn

#: The roles of the actions: the ceiling knows them by how their names begin.
ACTORS = (
    "ReleaseSource",
    *(f"Release{name}" for name in BUILDS),
    *(f"ReleaseExecute{pascal(role)}" for _, role in PLACES),
    "ReleaseDeployPrimary",
    "ReleaseDeployStandby",
)

#: What an execution is started with.
VARIABLES = (
    {
        "Name": WAVE_ORDER,
        "DefaultValue": WaveOrder.PRIMARY_FIRST.value,
        "Description": "primary-first, or standby-first: which of the pair is changed first.",
    },
    {"Name": STARTED_BY, "DefaultValue": "unknown", "Description": "Who started it."},
    {"Name": REASON, "DefaultValue": "none given", "Description": "Why."},
)

#: What the names of an account's users and roles begin with.
PEOPLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"

#: Seconds that a session of the operator lasts; a role that assumes another gets no more than an hour.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
SESSION = 3600


class Pipeline(Layer):
    """the way of a release: plan, approval, execution and proof, region by region."""

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)
    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    standby_artifacts_key_arn = Handoff(Foundation.artifacts_key_arn, of=Where.STANDBY)
    standby_artifacts_bucket = Handoff(Foundation.artifacts_bucket, of=Where.STANDBY)
    edge_artifacts_key_arn = Handoff(Foundation.artifacts_key_arn, of=Where.EDGE)
    edge_artifacts_bucket = Handoff(Foundation.artifacts_bucket, of=Where.EDGE)
    account_topic_arn = Handoff(AccountAlerts.account_topic_arn)

    pipeline_name = Output(
        example="tradewind-dev",
        handed_on=True,
        help="The pipeline; empty where the region has no CodeBuild.",
    )
    operator_role_arn = Output(
        example="arn:aws:iam::111111111111:role/tradewind-dev-operator-us-east-1",
        handed_on=True,
        help="Who assumes it may start, approve and stop releases.",
    )

    def build(self) -> None:
        """Roles before what acts as them, builds before the stages that start them."""
        self.log()
        self.buckets()
        self.runner()
        self.builds()
        self.stages()
        self.operator()
        self.news()

    def add(self, resource: Resource) -> Resource:
        """Whatever runs a release stands where there is CodeBuild to run it; what it logged stays."""
        if (
            resource.resource_type != LogGroup.resource_type
            and "Condition" not in resource.resource
        ):
            resource.resource["Condition"] = self.when(Conditions.codebuild_offered)
        return super().add(resource)

    def log(self) -> None:
        """What the builds say."""
        self.runs = log_group(self, "Runs", log_name(self, "releases"), key_arn=self.logs_key_arn)

    def buckets(self) -> None:
        """Where actions leave things for one another: one in every region that an action works in."""
        named, standby = Bucket.named, region(self, "standby")
        self.kept: Mapping[Role, Bucket] = {
            "primary": named(self.artifacts_bucket, self.artifacts_key_arn),
            "standby": named(
                self.standby_artifacts_bucket, self.standby_artifacts_key_arn, standby
            ),
            "edge": named(self.edge_artifacts_bucket, self.edge_artifacts_key_arn, EDGE_REGION),
        }

    def runner(self) -> None:
        """What CodePipeline itself acts as: it moves artifacts, and acts as its actions' roles."""
        self.name = self.sub(f"{PREFIX}-${{Environment}}")
        self.runner_role = self.role(
            "PipelineRunner",
            trusted=grants.service("codepipeline"),
            under="pipeline",
            allows=[
                grants.act_as(
                    arn(self, f"iam::{{account}}:role/{{ours}}{kebab(title)}-${{AWS::Region}}")
                    for title in ACTORS
                ),
                *(bucket.pass_artifacts(KEPT) for bucket in self.kept.values()),
            ],
        )

    def _actor(self, title: str, *allows: Allowed, **besides: Any) -> AWSObject:
        """What one action acts as; nobody but this pipeline may."""
        assert title in ACTORS, title
        ours = Condition(StringEquals("aws:PrincipalAccount", Ref("AWS::AccountId")))
        runner = Trust(Principal("AWS", GetAtt(self.runner_role, "Arn")), ours)
        return self.role(title, trusted=runner, under="pipeline", allows=allows, **besides)

    def builds(self) -> None:
        """A project for each duty."""
        bucket, *others = self.kept.values()
        for duty in duties(self, bucket, others, self.name):
            build_project(self, duty, self.runs, self.artifacts_key_arn)

    def stages(self) -> None:
        """The pipeline, and the role of each of its actions."""
        bucket = self.kept["primary"]
        builds = {
            name: Work(
                "Build",
                "CodeBuild",
                self._actor(
                    f"Release{name}",
                    grants.BuildProject(project_name(self, name)).run(),
                ),
            )
            for name in BUILDS
        }
        source = self._actor(
            "ReleaseSource",
            *(bucket.give_source(prefix) for prefix in (RELEASES, SHIPMENTS)),
            bucket.pass_artifacts(KEPT),
        )
        crew = Crew(
            source=Work("Source", "S3", source),
            builds=builds,
            execute={role: self._executing(root, role) for root, role in PLACES},
            deploy={"primary": self._deploying("primary"), "standby": self._deploying("standby")},
        )
        pipeline = self.add(
            CodePipeline(
                "Pipeline",
                Name=self.name,
                PipelineType="V2",
                ExecutionMode="QUEUED",
                RoleArn=GetAtt(self.runner_role, "Arn"),
                ArtifactStores=list(self._stores()),
                Variables=[VariableDeclaration(**said) for said in VARIABLES],
                Stages=stages(self, crew, self.artifacts_bucket),
                Tags=Tags(Name=self.name),
            )
        )
        self.pipeline_name = self.choose(Conditions.codebuild_offered, Ref(pipeline), "")

    def _executing(self, root: str, role: Role) -> Work:
        actor = self._actor(f"ReleaseExecute{pascal(role)}", stack(self, root, role).execute())
        return Work("Deploy", "CloudFormation", actor)

    def _deploying(self, role: Role) -> Work:
        actor = self._actor(
            f"ReleaseDeploy{pascal(role)}",
            deployments(self, "shop", role).deploy(),
            self.kept[role].get(KEPT),
            besides={Conditions.worker_releases: [deployments(self, "worker", role).deploy()]},
        )
        return Work("Deploy", "CodeDeploy", actor)

    def _stores(self) -> Iterator[object]:
        """One a region, and each region once: us-east-1 has one of its own where it is neither of the pair.

        What is in them never expires: a fleet scales out from the revision that it was last given.
        """
        yield self._store("primary", self.artifacts_bucket)
        yield self._store("standby", self.standby_artifacts_bucket)
        edge = self._store("edge", self.edge_artifacts_bucket)
        yield self.choose(Conditions.edge_apart, edge, NoValue)

    def _store(self, role: Role, name: Ref) -> ArtifactStoreMap:
        bucket = self.kept[role]
        return ArtifactStoreMap(
            Region=bucket.region,
            ArtifactStore=ArtifactStore(
                Type="S3",
                Location=name,
                EncryptionKey=EncryptionKey(Type="KMS", Id=bucket.key_arn),
            ),
        )

    def operator(self) -> None:
        """Who may start, approve and stop. A session of it is how the Gate knows an approver.

        MFA shows as its age, which a session has that was opened with it, and no other.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        shown = self.choose(Conditions.approval_mfa, "false", ["true", "false"])
        people = Condition(
            [
                ArnLike("aws:PrincipalArn", self.sub(f"{PEOPLE}${{Operators}}")),
                Null("aws:MultiFactorAuthAge", shown),
            ]
        )
        role = self.role(
            "Operator",
            trusted=Trust(Principal("AWS", ACCOUNT_ROOT), people),
            under="operator",
            allows=grants.Pipeline(self.name).operate(),
            MaxSessionDuration=SESSION,
        )
        self.operator_role_arn = self.choose(Conditions.codebuild_offered, GetAtt(role, "Arn"), "")

    def news(self) -> None:
        """Whom it calls, and when."""
        for announcement in announcements(self.name):
            announce(self, announcement, self.account_topic_arn)
        alarms(self, self.name, self.account_topic_arn)
