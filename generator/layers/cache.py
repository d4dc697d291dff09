"""Valkey for sessions and hot queries: each region has its own, and both know the shop by one password."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, Ref, Tags
from troposphere.elasticache import (
    AuthenticationMode,
    CloudWatchLogsDestinationDetails,
    DestinationDetails,
    LogDeliveryConfigurationRequest,
    ReplicationGroup,
    User,
    UserGroup,
)

from generator.caches import MAINTENANCE_WINDOW, CacheLayer
from generator.conditions import Conditions
from generator.dynamic_references import secret_field
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Output
from generator.layers.cache_alarms import watch
from generator.layers.secrets import Secrets
from generator.log_groups import log_group, log_name
from generator.valkey import (
    ENGINE_VERSION,
    FAMILY,
    NOBODY_ACCESS,
    PARAMETERS,
    PORT,
    SHOP,
    SHOP_ACCESS,
)

#: UTC.
SNAPSHOT_WINDOW = "02:00-03:00"


class Cache(CacheLayer):
    """The session cache, its users and its logs.

    A replication group's name has 40 characters at most, too few for a region's: names are those of the
    environment, and each region has its own of each.
    """

    condition = Conditions.session_cache

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    cache_secret_arn = Input(Secrets.cache_secret_arn)

    session_endpoint = Output(
        example="master.tradewind-dev-sessions.abc123.use1.cache.amazonaws.com"
    )
    session_port = Output(example=str(PORT))
    session_user = Output(example=SHOP, help="Its password is in the cache's secret.")
    cache_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-cache-tier-us-east-1"
    )

    def build(self) -> None:
        self.users()
        self.logs()
        self.sessions()
        self.cache_alarm_arn = GetAtt(watch(self), "Arn")

    def users(self) -> None:
        """The shop, and nobody else: who gives no name is the default user, which is off.

        Both begin with the secret's password, the default user because Valkey takes none without one. The
        rotation then gives the shop's user the next (`cache_rotation`). CloudFormation does not notice, for
        the reference's text stays as it is; where an update changes something else about the user, it reads
        the secret anew and sets the password that is current, which everybody knows by then. Should it meet
        a rotation under way, that one sees its password gone, fails, and leaves the secret alone.

        IAM could let the shop in without any password; a secret was asked for, and works with every client.
        """
        shop = self.user("ShopUser", SHOP, SHOP, SHOP_ACCESS)
        nobody = self.user("NobodyUser", "nobody", "default", NOBODY_ACCESS)
        self.known = self.add(
            UserGroup(
                "CacheUsers",
                UserGroupId=self.named_everywhere("cache"),
                Engine="valkey",
                UserIds=[Ref(nobody), Ref(shop)],
                Tags=Tags(Name=self.named("cache")),
            )
        )

    def user(self, title: str, purpose: str, name: str, access: str) -> AWSObject:
        password = secret_field(self.cache_secret_arn, "password")
        return self.add(
            User(
                title,
                UserId=self.named_everywhere(purpose),
                UserName=name,
                Engine="valkey",
                AccessString=access,
                AuthenticationMode=AuthenticationMode(Type="password", Passwords=[password]),
                Tags=Tags(Name=self.named(purpose)),
            )
        )

    def logs(self) -> None:
        self.deliveries = [self.log(kind) for kind in ("engine", "slow")]

    def log(self, kind: str) -> LogDeliveryConfigurationRequest:
        group = log_group(
            self,
            f"{kind.title()}Logs",
            log_name(self, f"sessions-{kind}"),
            key_arn=self.logs_key_arn,
        )
        return LogDeliveryConfigurationRequest(
            LogType=f"{kind}-log",
            LogFormat="json",
            DestinationType="cloudwatch-logs",
            DestinationDetails=DestinationDetails(
                CloudWatchLogsDetails=CloudWatchLogsDestinationDetails(LogGroup=Ref(group))
            ),
        )

    def sessions(self) -> None:
        """One shard: sessions are small, and the shop's client need not know of slots."""
        cache = self.add(
            ReplicationGroup(
                "SessionNodes",
                ReplicationGroupId=self.named_everywhere("sessions"),
                ReplicationGroupDescription="Sessions and hot queries of the shop",
                Engine="valkey",
                EngineVersion=ENGINE_VERSION,
                CacheNodeType=self.settings.cache_node_type,
                NumCacheClusters=self.settings.cache_nodes,
                MultiAZEnabled=True,
                AutomaticFailoverEnabled=True,
                Port=PORT,
                CacheSubnetGroupName=self.subnets("sessions"),
                SecurityGroupIds=[GetAtt(self.door("sessions", PORT), "GroupId")],
                CacheParameterGroupName=self.parameters("sessions", FAMILY, PARAMETERS),
                AtRestEncryptionEnabled=True,
                KmsKeyId=self.data_key_arn,
                TransitEncryptionEnabled=True,
                TransitEncryptionMode="required",
                UserGroupIds=[Ref(self.known)],
                LogDeliveryConfigurations=self.deliveries,
                SnapshotRetentionLimit=self.settings.backup_retention_days,
                SnapshotWindow=SNAPSHOT_WINDOW,
                PreferredMaintenanceWindow=MAINTENANCE_WINDOW,
                AutoMinorVersionUpgrade=True,
                Tags=Tags(Name=self.named("sessions"), Backup="daily"),
                DeletionPolicy="Snapshot",
                UpdateReplacePolicy="Snapshot",
            )
        )
        self.session_endpoint = GetAtt(cache, "PrimaryEndPoint.Address")
        self.session_port = str(PORT)
        self.session_user = SHOP
