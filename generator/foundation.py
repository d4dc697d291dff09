"""foundation.json: what every other root of a region stands on.

The same template makes every region. Keys are the primary's, elsewhere replicas of them, hence the order of
the first roll-out: primary, standby, and the primary once more, for replication needs a peer (`peer_ready`).
An edge apart has keys, logs and artifacts; what the shop keeps stands in the pair.

Buckets are versioned and replicate to each other; that is their backup, and they carry no backup tag.
"""

from __future__ import annotations

from awacs import backup
from awacs.aws import StringNotEquals
from troposphere import GetAtt, NoValue, Ref, Sub, encode_to_dict
from troposphere.backup import BackupVault, LockConfigurationType

from generator import boundaries
from generator.bucket_deliveries import (
    buckets_log,
    cloudfront_reads,
    configuration_is_delivered,
    load_balancers_log,
    logs_are_delivered,
    trail_is_delivered,
)
from generator.bucket_lifecycles import EXPORTED, LOGGED, RELEASED, SERVED
from generator.buckets import private_bucket
from generator.conditions import Conditions
from generator.fleet_role import fleet_role
from generator.keys import DOMAINS, domain_key
from generator.layer import Handoff, Layer, Output, Where
from generator.replication import replicator, to_the_peer
from generator.resource_policies import ACCOUNT_ROOT, policy, refuse
from generator.suppressions import accepted
from generator.territory import NAMES

KEY = "arn:aws:kms:us-east-1:111111111111:key/mrk-0000000000000000000000000000000"

#: The buckets that replicate to the peer.
REPLICATED = ("logs", "images", "exports")


class GuardedVault(BackupVault):
    """troposphere 4.11.1 writes the access policy as a string, in which intrinsics are but text."""

    props = {**BackupVault.props, "AccessPolicy": (dict, False)}


class Foundation(Layer):
    """keys, buckets, backup vault, the runtime boundary."""

    data_key_arn = Output(
        example=f"{KEY}1",
        handed_on=True,
        help="Encrypts databases, tables, queues, disks and images.",
    )
    logs_key_arn = Output(
        example=f"{KEY}2", handed_on=True, help="Encrypts log groups and the alerts topic."
    )
    secrets_key_arn = Output(example=f"{KEY}3", handed_on=True, help="Encrypts secrets.")
    artifacts_key_arn = Output(example=f"{KEY}4", handed_on=True, help="Encrypts releases.")
    images_bucket = Output(
        example="tradewind-dev-images-111111111111-us-east-1",
        handed_on=True,
        help="Product images and static files; replicated both ways. Empty in an edge apart.",
    )
    exports_bucket = Output(
        example="tradewind-dev-exports-111111111111-us-east-1",
        handed_on=True,
        help="Orders for analytics, reports, database exports.",
    )
    logs_bucket = Output(
        example="tradewind-dev-logs-111111111111-us-east-1",
        handed_on=True,
        help="Logs that services deliver under our key.",
    )
    access_logs_bucket = Output(
        example="tradewind-dev-access-logs-111111111111-us-east-1",
        handed_on=True,
        help="Load-balancer access logs: SSE-S3, the only encryption that ALB can write.",
    )
    artifacts_bucket = Output(
        example="tradewind-dev-artifacts-111111111111-us-east-1",
        handed_on=True,
        help="Releases and pipeline artifacts.",
    )
    backup_vault_arn = Output(
        example="arn:aws:backup:us-east-1:111111111111:backup-vault:tradewind-dev-us-east-1",
        handed_on=True,
    )
    primary_data_key_arn = Handoff(data_key_arn, of=Where.PRIMARY)
    primary_logs_key_arn = Handoff(logs_key_arn, of=Where.PRIMARY)
    primary_secrets_key_arn = Handoff(secrets_key_arn, of=Where.PRIMARY)
    primary_artifacts_key_arn = Handoff(artifacts_key_arn, of=Where.PRIMARY)
    peer_data_key_arn = Handoff(data_key_arn, of=Where.PEER)
    peer_logs_key_arn = Handoff(logs_key_arn, of=Where.PEER)

    def build(self) -> None:
        fleet_role(self)
        self.keys()
        self.runtime_ceiling()
        self.access_logs()
        self.artifacts()
        self.replication()
        self.logs()
        self.images_and_exports()
        self.vault()

    def keys(self) -> None:
        for domain in DOMAINS:
            primary = getattr(self, f"primary_{domain.purpose}_key_arn")
            setattr(self, f"{domain.purpose}_key_arn", domain_key(self, domain, primary))

    def runtime_ceiling(self) -> None:
        self.runtime_boundary = boundaries.runtime_boundary(self)

    def access_logs(self) -> None:
        """The one bucket under S3's own key, and the one whose access nobody logs: it would log itself."""
        because = "the target of access logs: it would log itself, and ALB writes only SSE-S3"
        self.access_log = private_bucket(
            self,
            "access-logs",
            LOGGED,
            key_arn=None,
            logged_to=None,
            lets_in=[load_balancers_log("access-logs"), buckets_log("access-logs")],
            Metadata=accepted(because, checkov="CKV_AWS_18", cfn_nag="W35"),
        )
        self.access_logs_bucket = Ref(self.access_log)

    def artifacts(self) -> None:
        bucket = private_bucket(
            self,
            "artifacts",
            RELEASED,
            key_arn=self.artifacts_key_arn,
            logged_to=self.access_log,
            holds=True,
        )
        self.artifacts_bucket = Ref(bucket)

    def replication(self) -> None:
        self.replicator = replicator(
            self,
            REPLICATED,
            [self.logs_key_arn, self.data_key_arn],
            [self.peer_logs_key_arn, self.peer_data_key_arn],
            self.runtime_boundary,
        )

    def logs(self) -> None:
        """Each region keeps the other's as well (PCI DSS 4.0, 10.3.3; NIST SP 800-53, AU-9(2))."""
        bucket = private_bucket(
            self,
            "logs",
            LOGGED,
            key_arn=self.logs_key_arn,
            logged_to=self.access_log,
            lets_in=[
                *logs_are_delivered("logs"),
                *trail_is_delivered("logs"),
                *configuration_is_delivered("logs"),
            ],
            digests=True,
            **to_the_peer(self, "logs", self.replicator, self.peer_logs_key_arn),
        )
        self.logs_bucket = Ref(bucket)

    def images_and_exports(self) -> None:
        images = private_bucket(
            self,
            "images",
            SERVED,
            key_arn=self.data_key_arn,
            logged_to=self.access_log,
            lets_in=[cloudfront_reads("images")],
            holds=True,
            **to_the_peer(self, "images", self.replicator, self.peer_data_key_arn),
            **self.only(Conditions.pair),
        )
        exports = private_bucket(
            self,
            "exports",
            EXPORTED,
            key_arn=self.data_key_arn,
            logged_to=self.access_log,
            holds=True,
            **to_the_peer(self, "exports", self.replicator, self.peer_data_key_arn),
            **self.only(Conditions.pair),
        )
        self.images_bucket = self.choose(Conditions.pair, Ref(images), "")
        self.exports_bucket = self.choose(Conditions.pair, Ref(exports), "")

    def vault(self) -> None:
        """Recovery points end by their plan's retention; by hand, the account's root user alone ends them.

        The lock is of the governance kind (no ChangeableForDays): whoever may administer Backup can lift it.
        """
        lock = LockConfigurationType(MinRetentionDays=self.settings.backup_retention_days)
        by_hand = refuse(
            "NobodyEndsThemByHand",
            [backup.DeleteRecoveryPoint, backup.UpdateRecoveryPointLifecycle],
            ["*"],
            [StringNotEquals("aws:PrincipalArn", ACCOUNT_ROOT)],
        )
        vault = self.add(
            GuardedVault(
                "Vault",
                BackupVaultName=Sub(f"{NAMES}${{AWS::Region}}"),
                EncryptionKeyArn=self.data_key_arn,
                AccessPolicy=encode_to_dict(policy(by_hand)),
                LockConfiguration=self.choose(Conditions.backup_vault_lock, lock, NoValue),
                DeletionPolicy="RetainExceptOnCreate",
                UpdateReplacePolicy="Retain",
                **self.only(Conditions.pair),
            )
        )
        self.backup_vault_arn = self.choose(Conditions.pair, GetAtt(vault, "BackupVaultArn"), "")
