"""Recovery points of what is tagged Backup=daily: when, for how long, where, and whether they are good."""

from __future__ import annotations

from troposphere import GetAtt, NoValue, Ref
from troposphere.backup import (
    BackupPlan,
    BackupPlanResourceType,
    BackupRuleResourceType,
    BackupSelection,
    BackupSelectionResourceType,
    ConditionParameter,
    CopyActionResourceType,
    LifecycleResourceType,
)
from troposphere.backup import Conditions as TagConditions

from generator import grants
from generator.alarms import tier_alarm
from generator.announcements import announce
from generator.backup_jobs import FAILED, job_alarms, vault_name
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output, Where
from generator.layers.alerts import Alerts
from generator.layers.orders import Orders
from generator.layers.restore_tests import restore_tests
from generator.territory import arn, arns

#: UTC, and an hour and more after the databases' own backup and maintenance windows (`orders_rds`).
DAILY, WEEKLY, MONTHLY = "cron(0 6 * * ? *)", "cron(0 7 ? * SUN *)", "cron(0 8 1 * ? *)"

#: Minutes that a job may take to start, and to end.
START, END = 60, 720

#: Days. What moves to cold storage stays there for 90 at least; databases never move, and AWS Backup passes
#: over them. https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
QUARTER, YEAR, COLD_AFTER = 98, 365, 30

#: A table, or a region's replica of a global one.
TABLES = "dynamodb:*:{account}:table/{ours}*"


class Backup(Layer):
    """the plan of AWS Backup for databases and tables, the copies, and the test of a restore.

    Every region backs up what it holds, and sends it to the other: after a takeover the standby's is what
    counts. A recovery point restores to a cluster, instance or table of its region alone, outside of the
    global database or table that it was taken from. Buckets replicate, and the cache keeps nothing.

    Databases and tables have point-in-time recovery of their own. A continuous backup of AWS Backup would
    take over the retention and the window that the template states, so there is none.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html

    Tables need AWS Backup's advanced features for copies and cold storage: the default of accounts since
    November 2021; elsewhere `aws backup update-region-settings` switches them on, which no type does.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/advanced-ddb-backup.html
    """

    condition = Conditions.backups

    data_key_arn = Handoff(Foundation.data_key_arn)
    peer_data_key_arn = Handoff(Foundation.data_key_arn, of=Where.PEER)
    vault_arn = Handoff(Foundation.backup_vault_arn)
    peer_vault_arn = Handoff(Foundation.backup_vault_arn, of=Where.PEER)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    orders_subnet_group = Input(Orders.orders_subnet_group)

    backup_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-backup-tier-us-east-1"
    )

    def build(self) -> None:
        self.operator()
        self.plan()
        self.selection()
        restore_tests(self)
        self.watch()

    def operator(self) -> None:
        """One role backs up, copies and tries restores: on the environment's own, and under its keys."""
        backups = grants.Backups(
            databases=arns(self, ["rds"]),
            tables=[arn(self, TABLES)],
            key_arns=[self.data_key_arn, self.peer_data_key_arn],
            regions=[Ref("AWS::Region"), self.settings.peer_region],
        )
        self.backup_operator = self.role(
            "BackupOperator",
            trusted=grants.service("backup"),
            allows=[
                backups.make(),
                backups.copy_to([self.vault_arn, self.peer_vault_arn]),
                backups.try_restore(self.orders_subnet_group),
            ],
            under="backup",
        )

    def plan(self) -> None:
        """A locked vault refuses to keep less long than `backup_retention_days`."""
        days = self.settings.backup_retention_days
        self.backup_plan = self.add(
            BackupPlan(
                "Plan",
                BackupPlan=BackupPlanResourceType(
                    BackupPlanName=self.named("backups"),
                    BackupPlanRule=[
                        self.rule("Daily", DAILY, LifecycleResourceType(DeleteAfterDays=days)),
                        self.kept("Weekly", WEEKLY, LifecycleResourceType(DeleteAfterDays=QUARTER)),
                        self.kept(
                            "Monthly",
                            MONTHLY,
                            LifecycleResourceType(
                                DeleteAfterDays=YEAR, MoveToColdStorageAfterDays=COLD_AFTER
                            ),
                        ),
                    ],
                ),
                BackupPlanTags={"Name": self.named("backups")},
            )
        )

    def kept(self, name: str, schedule: str, lifecycle: LifecycleResourceType) -> object:
        """A rule whose recovery points outlive a month, by toggle."""
        return self.choose(Conditions.backup_archive, self.rule(name, schedule, lifecycle), NoValue)

    def rule(
        self, name: str, schedule: str, lifecycle: LifecycleResourceType
    ) -> BackupRuleResourceType:
        """A copy lives as long as what it was copied from; a test of a restore looks for the tag on both."""
        copied = CopyActionResourceType(
            DestinationBackupVaultArn=self.peer_vault_arn, Lifecycle=lifecycle
        )
        return BackupRuleResourceType(
            RuleName=name,
            TargetBackupVault=vault_name(self),
            ScheduleExpression=schedule,
            ScheduleExpressionTimezone="Etc/UTC",
            StartWindowMinutes=START,
            CompletionWindowMinutes=END,
            Lifecycle=lifecycle,
            RecoveryPointTags={"Name": self.named(f"backup-{name.lower()}"), "Backup": "daily"},
            CopyActions=self.choose(Conditions.backup_copies, [copied], NoValue),
        )

    def selection(self) -> None:
        """What bears the tag, and our name: another environment of the account has a plan of its own."""
        self.add(
            BackupSelection(
                "TaggedDaily",
                BackupPlanId=Ref(self.backup_plan),
                BackupSelection=BackupSelectionResourceType(
                    SelectionName=self.named("tagged-daily"),
                    IamRoleArn=GetAtt(self.backup_operator, "Arn"),
                    Resources=[*arns(self, ["rds"]), arn(self, TABLES)],
                    Conditions=TagConditions(
                        StringEquals=[
                            ConditionParameter(
                                ConditionKey="aws:ResourceTag/Backup", ConditionValue="daily"
                            )
                        ]
                    ),
                ),
            )
        )

    def watch(self) -> None:
        announce(self, FAILED, self.alerts_topic_arn)
        tier = tier_alarm(
            self,
            "BackupTier",
            job_alarms(self, topic=self.alerts_topic_arn),
            topic=self.alerts_topic_arn,
            says="Backups, their copies or a restore failed: see which of the tier's alarms fires.",
        )
        self.backup_alarm_arn = GetAtt(tier, "Arn")
