"""The warehouse: Redshift Serverless, private, encrypted, asleep while nobody asks."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.ec2 import SecurityGroupRule
from troposphere.redshiftserverless import ConfigParameter, Namespace, Workgroup

from generator import grants
from generator.alarms import (
    Formula,
    Series,
    above,
    at_least,
    formula_alarm,
    metric_alarm,
    tier_alarm,
)
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Lookup, ManagedPrefixList, Output
from generator.layers.alerts import Alerts
from generator.layers.order_exports import ORDERS
from generator.layers.private_tier import PrivateTier
from generator.log_groups import log_group
from generator.security import HTTPS, over_tcp

DATABASE = "shop"

#: Whom Redshift makes the login for; no default name, which anybody would try first.
ADMINISTRATOR = "housekeeper"

#: What Redshift tells CloudWatch, each in a log group of its own, whose name it derives from the namespace's.
#: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-audit-logging.html
LOGS = ("connectionlog", "useractivitylog", "userlog")

#: How the warehouse answers everybody. A statement that runs for an hour is a mistake. Seconds.
#: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-security-considerations.html
SESSION = {
    "enable_user_activity_logging": "true",
    "max_query_execution_time": "3600",
    "require_ssl": "true",
}


class Warehouse(PrivateTier):
    """Redshift Serverless with what it may load, its logs and its limits.

    It stands in the private tier, since that reaches S3 by its gateway endpoint; it lets nobody in, and its
    security group lets it out to S3 alone: statements come through the Data API. Enhanced VPC routing asks
    for three zones, so an environment of two loads over AWS's own network.
    https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html

    What it holds can be loaded again from the exports, which stay: so it goes with its stack. The standby has
    one of its own, which costs nothing but storage until somebody asks it.
    """

    condition = Conditions.analytics

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    secrets_key_arn = Handoff(Foundation.secrets_key_arn)
    exports_bucket = Handoff(Foundation.exports_bucket)
    s3_addresses = Lookup(
        ManagedPrefixList("com.amazonaws.{region}.s3"), example="pl-0123456789abcdef2"
    )
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    workgroup_name = Output(example="tradewind-dev-warehouse-us-east-1")
    workgroup_arn = Output(
        example="arn:aws:redshift-serverless:us-east-1:111111111111:workgroup/"
        "01234567-89ab-cdef-0123-456789abcdef"
    )
    warehouse_login = Output(
        example="redshift!tradewind-dev-warehouse-us-east-1-housekeeper",
        help="The name of the secret that Redshift keeps and rotates.",
    )
    warehouse_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-warehouse-tier-us-east-1"
    )

    def build(self) -> None:
        self.logs()
        self.namespace()
        self.workgroup()
        self.alarms()

    def logs(self) -> None:
        """Redshift would make them itself, without a key and for ever."""
        for kind in LOGS:
            log_group(
                self,
                f"{kind.removesuffix('log').title()}Log",
                Sub(f"/aws/redshift/${{Namespace}}/{kind}", Namespace=self.named("warehouse")),
                key_arn=self.logs_key_arn,
            )

    def namespace(self) -> None:
        """Redshift makes the login's secret, names it, and rotates it; no attribute tells its ARN."""
        exports = grants.Bucket.named(self.exports_bucket, self.data_key_arn)
        loader = self.role(
            "WarehouseLoader",
            trusted=grants.service("redshift", "redshift-serverless"),
            allows=[exports.read(ORDERS)],
            under="service",
        )
        loader_arn = GetAtt(loader, "Arn")
        self.data = self.add(
            Namespace(
                "Namespace",
                NamespaceName=self.named("warehouse"),
                DbName=DATABASE,
                AdminUsername=ADMINISTRATOR,
                ManageAdminPassword=True,
                AdminPasswordSecretKmsKeyId=self.secrets_key_arn,
                KmsKeyId=self.data_key_arn,
                DefaultIamRoleArn=loader_arn,
                IamRoles=[loader_arn],
                LogExports=list(LOGS),
                Tags=Tags(Name=self.named("warehouse"), Backup="daily"),
                DependsOn=[f"{kind.removesuffix('log').title()}Log" for kind in LOGS],
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )
        self.warehouse_login = Sub(f"redshift!${{Namespace}}-{ADMINISTRATOR}")

    def workgroup(self) -> None:
        to_s3 = SecurityGroupRule(
            DestinationPrefixListId=self.s3_addresses,
            **over_tcp(HTTPS, "The exports bucket"),
        )
        place = self.placed("Warehouse", to_s3, says="The warehouse: nobody in, S3 out")
        compute = self.add(
            Workgroup(
                "Workgroup",
                WorkgroupName=self.named("warehouse"),
                NamespaceName=Ref(self.data),
                BaseCapacity=self.settings.warehouse_base_rpus,
                MaxCapacity=self.settings.warehouse_ceiling_rpus,
                PubliclyAccessible=False,
                EnhancedVpcRouting=self.choose(Conditions.third_zone, True, False),
                SubnetIds=list(place.subnets),
                SecurityGroupIds=list(place.security_groups),
                ConfigParameters=[
                    ConfigParameter(ParameterKey=key, ParameterValue=value)
                    for key, value in SESSION.items()
                ],
                Tags=Tags(Name=self.named("warehouse")),
            )
        )
        self.workgroup_name = Ref(compute)
        self.workgroup_arn = GetAtt(compute, "Workgroup.WorkgroupArn")

    def alarms(self) -> None:
        """CloudFormation has no usage limits: the ceiling bounds an hour, this alarm tells of a day."""
        busy = formula_alarm(
            self,
            "WarehouseBusy",
            Formula("FILL(seconds, 0) / 3600", {"seconds": self.compute("ComputeSeconds", 86400)}),
            above(self.settings.warehouse_daily_rpu_hours, breaches=1, periods=1),
            topic=self.alerts_topic_arn,
            says="The warehouse worked more RPU hours in a day than warehouse_daily_rpu_hours allows: look "
            "in SYS_QUERY_HISTORY for who asks, and what.",
        )
        full = metric_alarm(
            self,
            "WarehouseFull",
            self.compute("ComputeCapacity", 1800, "Average"),
            at_least(self.settings.warehouse_ceiling_rpus, breaches=2, periods=2),
            topic=self.alerts_topic_arn,
            says="The warehouse has been at its ceiling for an hour: statements wait. End the one that fills "
            "it (SYS_QUERY_HISTORY), or raise warehouse_ceiling_rpus.",
        )
        tier = tier_alarm(
            self,
            "WarehouseTier",
            [busy, full],
            topic=self.alerts_topic_arn,
            says="The warehouse works too much: see which of the tier's alarms fires.",
        )
        self.warehouse_alarm_arn = GetAtt(tier, "Arn")

    def compute(self, name: str, period: int, statistic: str = "Sum") -> Series:
        return Series(
            "AWS/Redshift-Serverless",
            name,
            {"Workgroup": self.named("warehouse")},
            statistic,
            period,
        )
