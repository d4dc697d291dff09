"""What a plan may not do without being told to, lose data; and what AWS would not do at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.settings import Settings
from scripts.changes import Change, walk
from scripts.errors import Refused

#: Types whose loss is the loss of what they hold: data, keys without which data is noise, a zone's records.
STATEFUL = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::GlobalReplicationGroup",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::RDS::GlobalCluster",
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace",
        "AWS::Route53::HostedZone",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
    }
)


@dataclass(frozen=True)
class Loss:
    """A stateful resource that a plan replaces or removes; `path` leads to it from the root."""

    path: tuple[str, ...]
    change: Change

    def __str__(self) -> str:
        match self.change.action, self.change.replacement:
            case "Remove", _:
                what = "removed"
            case _, "True":
                what = "replaced"
            case _:
                what = "perhaps replaced"
        because = f" ({', '.join(self.change.because)})" if self.change.because else ""
        return f"{'/'.join(self.path)} ({self.change.type}) would be {what}{because}"

    def is_accepted(self, accepted: Collection[str]) -> bool:
        """Whether it was named, by its logical id or by its path."""
        return self.path[-1] in accepted or "/".join(self.path) in accepted


def losses(changes: Sequence[Change]) -> Iterator[Loss]:
    """What a plan would lose."""
    for path, change in walk(changes):
        if change.type in STATEFUL and change.removes:
            yield Loss(path, change)


def refuse_losses(where: str, changes: Sequence[Change], accepted: Collection[str]) -> None:
    """Raise Refused for data that would be lost and was not named with --accept-loss."""
    refused = [loss for loss in losses(changes) if not loss.is_accepted(accepted)]
    if refused:
        options = " ".join(f"--accept-loss {'/'.join(loss.path)}" for loss in refused)
        raise Refused(
            f"The plan for {where} loses data: {'; '.join(map(str, refused))}.",
            fix=f"Nothing was changed. If the data may go, say so: {options}",
        )


def refuse_another_consistency(
    where: str, standing: Mapping[str, str], wanted: Mapping[str, str]
) -> None:
    """Raise Refused where order-intake would have to become another table than the one that stands.

    A global table keeps its consistency mode, and a strong one its witness, for life.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
    """
    mode, witness = Settings.order_intake_consistency, Settings.witness_region
    was = standing.get(mode.name)
    for setting in (mode, witness) if was == "strong" else (mode,):
        before, after = standing.get(setting.name), wanted.get(setting.name)
        if None not in (before, after) and before != after:
            raise Refused(
                f"{setting.key} is {before} in {where}, and DynamoDB does not change it to {after}: "
                "a global table keeps it for life.",
                fix=f"Set {setting.key}: {before}. Another choice is for an environment that is yet to be "
                "deployed.",
            )
