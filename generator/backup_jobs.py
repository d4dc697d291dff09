"""The jobs of AWS Backup: their numbers, the alarms on those that failed, and what is said of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject

from generator.alarms import Formula, Series, at_least, formula_alarm
from generator.announcements import Announcement
from generator.dashboards import Chart, Line
from generator.naming import PREFIX

if TYPE_CHECKING:
    from generator.layer import Layer

#: What AWS Backup counts of jobs that came to nothing, by logical id, and what that means.
FAILURES = {
    "BackupsFail": (
        "NumberOfBackupJobsFailed",
        "Backups fail: there is one recovery point less than you think.",
    ),
    "BackupsExpire": (
        "NumberOfBackupJobsExpired",
        "Backups did not start, or did not end, in their windows.",
    ),
    "CopiesFail": (
        "NumberOfCopyJobsFailed",
        "Copies to the other region fail: its vault falls behind.",
    ),
    "RestoresFail": (
        "NumberOfRestoreJobsFailed",
        "Restores fail, those of the weekly test among them: do not trust the backups yet.",
    ),
}

#: Jobs of backups and copies have a state, those of restores a status.
#: https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
FAILED = Announcement(
    "BackupJobFailed",
    {
        "source": ["aws.backup"],
        "detail-type": [
            "Backup Job State Change",
            "Copy Job State Change",
            "Restore Job State Change",
        ],
        "detail": {
            "$or": [
                {"state": ["ABORTED", "EXPIRED", "FAILED"]},
                {"status": ["ABORTED", "FAILED"]},
            ]
        },
    },
    "AWS Backup in <region>: <what>, it failed. <resource> is concerned; the job's status message says why.",
    {"region": "$.region", "what": "$.detail-type", "resource": "$.resources[0]"},
)


def job_alarms(layer: Layer, *, topic: object) -> list[AWSObject]:
    """One for each way to fail, of the region's vault: a job of another vault is not ours to worry about."""
    return [
        formula_alarm(
            layer,
            title,
            Formula("FILL(failed, 0)", {"failed": jobs(layer, metric)}),
            at_least(1, breaches=1, periods=1),
            topic=topic,
            says=f"{says} AWS Backup's console shows the job and why it failed.",
        )
        for title, (metric, says) in FAILURES.items()
    ]


def vault_name(layer: Layer) -> object:
    """As foundation derives it."""
    return layer.sub(f"{PREFIX}-${{Environment}}-${{AWS::Region}}")


def jobs(layer: Layer, metric: str) -> Series:
    """A count of AWS Backup's jobs with the region's vault, hour by hour.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
    """
    return Series("AWS/Backup", metric, {"BackupVaultName": vault_name(layer)}, period=3600)


def backup_chart(layer: Layer) -> Chart:
    """Recovery points that were made, copied, or not."""
    return Chart(
        "Backups an hour",
        (
            Line(jobs(layer, "NumberOfBackupJobsCompleted"), "backed up"),
            Line(jobs(layer, "NumberOfBackupJobsFailed"), "not backed up"),
            Line(jobs(layer, "NumberOfCopyJobsCompleted"), "copied"),
            Line(jobs(layer, "NumberOfCopyJobsFailed"), "not copied"),
        ),
    )


def restore_chart(layer: Layer) -> Chart:
    """Restores, most of which are tests."""
    return Chart(
        "Restores an hour",
        (
            Line(jobs(layer, "NumberOfRestoreJobsCompleted"), "restored"),
            Line(jobs(layer, "NumberOfRestoreJobsFailed"), "not restored"),
        ),
    )
