"""Failover drills by routine: a schedule in the standby starts a build, which drills as a person would."""

from __future__ import annotations

from pathlib import Path

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.codebuild import Artifacts, CloudWatchLogs, LogsConfig, Project, Source
from troposphere.scheduler import (
    DeadLetterConfig,
    FlexibleTimeWindow,
    RetryPolicy,
    Schedule,
    Target,
)

from generator import grants
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.build_machines import build_machine
from generator.conditions import Conditions
from generator.drill_boundary import DRILLING
from generator.drill_records import DRILLS, METRICS, ROUTINE
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output, Where
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.order_workflow import OrderWorkflow
from generator.layers.takeover import Takeover
from generator.log_groups import log_group, log_name
from generator.naming import PREFIX
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.release_stages import HISTORY
from generator.territory import arn

SPECIFICATION = Path(__file__).parent.parent / "runtime" / "drill" / "buildspec.yml"

#: Minutes after which a drill hangs; its own end comes long before, and undoing takes minutes.
LONGEST = 120


class DrillRoutine(Layer):
    """the schedule of failover drills, and the build that holds them.

    It runs the release that stands, which the pipeline's Record leaves in the standby's bucket, and needs
    nothing of the primary but to look at it beforehand. What it may do is a takeover without data, which is
    what `drill_allowance` lets be done without a person's approval.
    """

    condition = Conditions.drill_routine

    data_key_arn = Handoff(Foundation.data_key_arn)
    peer_data_key_arn = Handoff(Foundation.data_key_arn, of=Where.PEER)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)
    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    peer_artifacts_key_arn = Handoff(Foundation.artifacts_key_arn, of=Where.PEER)
    peer_artifacts_bucket = Handoff(Foundation.artifacts_bucket, of=Where.PEER)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    takeover_table = Input(Takeover.takeover_table)
    carts_table = Input(Catalog.carts_table)
    catalogue_table = Input(Catalog.catalogue_table)
    order_intake_table = Input(Catalog.order_intake_table)
    order_workflow_arn = Input(OrderWorkflow.order_workflow_arn)

    drill_project = Output(
        example="tradewind-dev-drill-us-west-2",
        handed_on=True,
        help="The CodeBuild project; a build of it is a drill.",
    )

    def build(self) -> None:
        self.log()
        self.drill()
        self.schedule()
        self.alarms()

    def log(self) -> None:
        self.runs = log_group(
            self, "DrillRuns", log_name(self, "drills"), key_arn=self.logs_key_arn
        )

    def drill(self) -> None:
        role = self.role(
            "DrillBuild",
            trusted=grants.service("codebuild"),
            under="drill",
            allows=[*self.evacuates(), *self.measures()],
            apart={"Surroundings": self.looks_around()},
        )
        self.project = self.add(
            Project(
                "Drill",
                Name=self.named("drill"),
                Description="Leaves the primary on purpose, measures, and comes back",
                ServiceRole=GetAtt(role, "Arn"),
                EncryptionKey=self.data_key_arn,
                Source=Source(
                    Type="S3",
                    Location=self.kept("release"),
                    BuildSpec=SPECIFICATION.read_text(encoding="utf-8"),
                ),
                SecondarySources=[
                    Source(Type="S3", Location=self.kept("shipment"), SourceIdentifier="Shipment")
                ],
                Artifacts=Artifacts(Type="NO_ARTIFACTS"),
                Environment=build_machine(
                    "BUILD_GENERAL1_SMALL", {"ENVIRONMENT": self.settings.environment}
                ),
                LogsConfig=LogsConfig(
                    CloudWatchLogs=CloudWatchLogs(
                        Status="ENABLED", GroupName=Ref(self.runs), StreamName="drill"
                    )
                ),
                ConcurrentBuildLimit=1,
                TimeoutInMinutes=LONGEST,
                QueuedTimeoutInMinutes=30,
                Tags=Tags(Name=self.named("drill")),
            )
        )
        self.drill_project = Ref(self.project)

    def kept(self, what: str) -> Sub:
        """Where Record leaves what stands."""
        return Sub(f"${{Bucket}}/{ROUTINE}{what}.zip", Bucket=self.artifacts_bucket)

    def evacuates(self) -> list[grants.Allowed]:
        """The way out and back: items of the standby's own tables, orders that wait there, the journal."""
        own = grants.Bucket.named(self.artifacts_bucket, self.artifacts_key_arn)
        switch = self.table(self.takeover_table)
        leases = self.table(self.named_everywhere("leases"))
        return [
            grants.Switch(switch, grants.Key(self.data_key_arn, "dynamodb")).turn(),
            grants.hold_leases([leases]),
            grants.hand_back_orders(
                [self.table(self.order_intake_table)],
                [self.order_workflow_arn],
                [arn(self, "states:*:{account}:execution:{ours}order-workflow-*")],
            ),
            [own.get(ROUTINE), own.read(DRILLS), own.put(DRILLS)],
            grants.LogGroup(GetAtt(self.runs, "Arn")).write(),
        ]

    def measures(self) -> list[grants.Allowed]:
        """What checkers, customers and orders came to, in both regions."""
        keys = [
            grants.Key(self.data_key_arn, "dynamodb"),
            grants.Key(self.peer_data_key_arn, "dynamodb", self.settings.peer_region),
        ]
        health, zone = "route53:::healthcheck/*", "route53:::hostedzone/${HostedZoneId}"
        return [
            grants.follow_orders(
                self.in_both(self.order_intake_table),
                [arn(self, "states:*:{account}:execution:{ours}*")],
                keys,
            ),
            grants.leave_markers(self.in_both(self.carts_table), keys),
            grants.find_a_product(self.in_both(self.catalogue_table)),
            grants.watch_health_checks([arn(self, health)], [arn(self, zone)]),
            grants.publish_metrics(METRICS),
        ]

    def looks_around(self) -> list[grants.Allowed]:
        """Whether it is safe to begin, and what of the release stands."""
        history = grants.Bucket.named(
            self.peer_artifacts_bucket, self.peer_artifacts_key_arn, self.settings.peer_region
        )
        ours = {
            "stacks": ["cloudformation:*:{account}:stack/{ours}*"],
            "deployments": [
                "codedeploy:*:{account}:application:{ours}*",
                "codedeploy:*:{account}:deploymentgroup:{ours}*",
            ],
            "pipelines": [f"codepipeline:*:{{account}}:{PREFIX}-${{Environment}}"],
            "vaults": ["backup:*:{account}:backup-vault:{ours}*"],
            "databases": ["rds:*:{account}:db:{ours}*", "rds:*:{account}:cluster:{ours}*"],
            "secrets": ["secretsmanager:*:{account}:secret:{ours}*"],
            "functions": ["lambda:*:{account}:function:{ours}*"],
            "domains": ["es:*:{account}:domain/{ours}*"],
            "keys": ["kms:*:{account}:key/*"],
            "certificates": ["acm:*:{account}:certificate/*"],
            "caches": [
                "elasticache:*:{account}:cluster:{ours}*",
                "elasticache:*:{account}:replicationgroup:{ours}*",
            ],
            "quotas": ["servicequotas:*:{account}:*/*"],
        }
        around = {name: [arn(self, one) for one in patterns] for name, patterns in ours.items()}
        return [
            grants.Surroundings(**around).look(),
            grants.know_itself([arn(self, f"iam::{{account}}:role/{{ours}}{DRILLING}*")]),
            [history.get(HISTORY), history.miss()],
        ]

    def table(self, name: object, region: object = "${AWS::Region}") -> Sub:
        return Sub(
            f"arn:${{AWS::Partition}}:dynamodb:{region}:${{AWS::AccountId}}:table/${{Table}}",
            Table=name,
        )

    def in_both(self, name: object) -> list[Sub]:
        """A global table, whose replicas have one name."""
        return [self.table(name, "*")]

    def schedule(self) -> None:
        """In the standby, where a drill is held: the primary is what it is about to do without."""
        self.unheld = dead_letter_queue(self, "UnheldDrills", key_arn=self.data_key_arn)
        starter = self.role(
            "DrillStarter",
            trusted=grants.service("scheduler"),
            allows=[
                grants.BuildProject(self.named("drill")).start(),
                grants.Queue(GetAtt(self.unheld, "Arn"), self.data_key_arn).send(),
                grants.Key(self.data_key_arn, "scheduler").decrypt(),
            ],
            under="service",
        )
        self.add(
            Schedule(
                "HoldDrill",
                Name=self.named("hold-drill"),
                Description="Holds a failover drill",
                ScheduleExpression=Sub("cron(${Time})", Time=self.settings.drill_time),
                ScheduleExpressionTimezone=self.settings.time_zone,
                KmsKeyArn=self.data_key_arn,
                FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
                Target=Target(
                    Arn=Sub("arn:${AWS::Partition}:scheduler:::aws-sdk:codebuild:startBuild"),
                    RoleArn=GetAtt(starter, "Arn"),
                    Input=Sub('{"ProjectName": "${Project}"}', Project=Ref(self.project)),
                    RetryPolicy=RetryPolicy(MaximumRetryAttempts=3, MaximumEventAgeInSeconds=3600),
                    DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(self.unheld, "Arn")),
                ),
            )
        )

    def alarms(self) -> None:
        """Not part of the region's alarm: a drill begins only while that is quiet."""
        failed = metric_alarm(
            self,
            "DrillFailed",
            Series("AWS/CodeBuild", "FailedBuilds", {"ProjectName": Ref(self.project)}),
            above(0, breaches=1, periods=1),
            topic=self.alerts_topic_arn,
            says="A drill of the routine missed its objectives, was refused, or could not come back. See its "
            "log, and tradewind failover-drill status.",
        )
        unheld = dead_letter_alarm(
            self,
            self.unheld,
            topic=self.alerts_topic_arn,
            says="A drill of the routine could not be started. Read why in the queue, then start the build.",
        )
        tier_alarm(
            self,
            "DrillTier",
            [failed, unheld],
            topic=self.alerts_topic_arn,
            says="The routine's drills need somebody: see which of the tier's alarms fires.",
        )
