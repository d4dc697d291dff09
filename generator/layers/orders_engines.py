"""What both engines of Orders have in common: their windows, and what every instance of either has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, GetAtt, Sub

from generator.conditions import Condition
from generator.log_groups import log_group
from generator.suppressions import accepted

if TYPE_CHECKING:
    from generator.layers.orders import Orders

#: UTC; in the small hours of Europe and America, and not in one another's way.
BACKUP_WINDOW, MAINTENANCE_WINDOW = "02:00-03:00", "sun:04:00-sun:05:00"


def watched(layer: Orders) -> dict[str, Any]:
    """What every instance of both engines has: insight under our key, our certificate, no public address."""
    return {
        "MonitoringInterval": 60,
        "MonitoringRoleArn": GetAtt(layer.monitor, "Arn"),
        "EnablePerformanceInsights": True,
        "PerformanceInsightsKMSKeyId": layer.data_key_arn,
        "PerformanceInsightsRetentionPeriod": 7,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "AutoMinorVersionUpgrade": True,
        "PubliclyAccessible": False,
        "PreferredMaintenanceWindow": MAINTENANCE_WINDOW,
    }


def encrypted_as_its_source() -> dict[str, object]:
    """Metadata for a replica, which has the encryption of its source and may not state one itself.

    CloudFormation refuses StorageEncrypted on it; linters that look for the property are told why.
    """
    return accepted(
        "encrypted as its source is; CloudFormation takes no StorageEncrypted here",
        checkov="CKV_AWS_16",
        cfn_nag="F27",
        guard="RDS_STORAGE_ENCRYPTED",
    )


def engine_log(
    layer: Orders, title: str, path: str, identifier: Sub, condition: Condition
) -> AWSObject:
    """RDS would make it by itself, and keep it for ever under no key of ours."""
    name = Sub(f"/aws/rds/{path}", Identifier=identifier)
    return log_group(layer, title, name, key_arn=layer.logs_key_arn, **layer.only(condition))
