"""Whether what a failover cannot bring back could be restored: fresh recovery points, and copies apart."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from generator.naming import PREFIX
from generator.settings import TRUE, Settings
from scripts.checks import Answer, judged, not_applicable
from scripts.drill.preflight.ground import Ground, Question, Questions

#: The plan's rule is daily; a job may take an hour to start and twelve to end (generator/layers/backup.py).
INTERVAL = timedelta(hours=24 + 1 + 12)


def recovery_points(where: str, ground: Ground) -> Answer:
    """Made in the region itself."""
    region = getattr(ground.theatre, where).name
    if ground.environment.values(region)[Settings.backups.key] != TRUE:
        return not_applicable("backups is off")
    return _fresh(ground, region, copies=False)


def copies(ground: Ground) -> Answer:
    """In the standby's vault, of what the primary's holds."""
    theatre = ground.theatre
    settings = ground.environment.values(theatre.primary.name)
    for toggle in (Settings.backups, Settings.backup_copies):
        if settings[toggle.key] != TRUE:
            return not_applicable(f"{toggle.key} is off")
    return _fresh(ground, theatre.standby.name, copies=True)


def _fresh(ground: Ground, region: str, *, copies: bool) -> Answer:
    vault = f"{PREFIX}-{ground.environment.name}-{region}"
    client = ground.aws.client("backup", region)
    made = client.call("describe_backup_vault", BackupVaultName=vault)["CreationDate"]
    if ground.now - made < INTERVAL:
        return not_applicable(
            f"no backup is due yet: {vault} was made {_hours(ground.now - made)} ago"
        )
    points = client.pages(
        "list_recovery_points_by_backup_vault",
        "RecoveryPoints",
        BackupVaultName=vault,
        ByCreatedAfter=ground.now - INTERVAL,
    )
    there = [
        one["CreationDate"]
        for one in points
        if one.get("Status") in ("COMPLETED", "AVAILABLE")
        and (vault not in one.get("SourceBackupVaultArn", vault)) is copies
    ]
    newest = f"{_hours(ground.now - max(there))} old" if there else "none"
    return judged(
        bool(there),
        f"{len(there)} in {vault}, the newest {newest}",
        f"one made in the last {_hours(INTERVAL)}",
        f"aws backup list-{'copy' if copies else 'backup'}-jobs --region "
        f"{ground.theatre.primary.name if copies else region} --by-state FAILED says why.",
    )


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:.0f} h"


CHECKS: Questions = (
    Question("backups of the primary", partial(recovery_points, "primary")),
    Question("backups of the standby", partial(recovery_points, "standby")),
    Question("copies of backups", copies),
)
