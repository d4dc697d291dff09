"""What the regions trust and are trusted by: secrets, certificates, keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.drill.parity.readings import GONE, Comparison, Reading, told
from scripts.drill.parity.sides import Side

CERTIFICATE = "AWS::CertificateManager::Certificate"

#: Outputs of the platform that are ARNs of secrets, and of foundation that are ARNs of keys.
SECRETS = ("OrdersSecretArn", "OriginSecretArn", "PaymentSecretArn", "CacheSecretArn")
KEYS = ("DataKeyArn", "LogsKeyArn", "SecretsKeyArn", "ArtifactsKeyArn")

CURRENT, IN_SYNC = "AWSCURRENT", "InSync"
#: A certificate that ACM has not renewed by then is not going to be without somebody's help: it begins at 60.
#: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
SOON = timedelta(days=30)
LASTING = f"valid for {SOON.days} days and more"


def secrets(side: Side) -> Reading:
    """Which version is current, and in the primary whether its copies are in step."""
    client = side.client("secretsmanager")
    found = {}
    for key in SECRETS:
        arn = side.output(key)
        if not arn:
            continue
        secret = told(client, "describe_secret", SecretId=arn)
        found[key] = GONE if secret is None else "; ".join(_held(side, secret))
    return found


def _held(side: Side, secret: Mapping[str, Any]) -> Iterator[str]:
    """The version that is current; then what is wrong with its copies, which the primary knows of."""
    stages = secret.get("VersionIdsToStages", {})
    yield f"version {next((id for id, held in stages.items() if CURRENT in held), 'none')}"
    if side.region != side.environment.primary_region:
        return
    copies = {one["Region"]: one["Status"] for one in secret.get("ReplicationStatus", ())}
    copies.setdefault(side.environment.standby_region, "no replica")
    yield from (f"{region} is {status}" for region, status in copies.items() if status != IN_SYNC)


def certificates(side: Side) -> Reading:
    """State and names, the region's own as the other's; and whether it lasts."""
    client = side.client("acm")
    now = datetime.fromtimestamp(side.aws.clock.now(), UTC)
    found = {}
    for path, arn in side.of(CERTIFICATE).items():
        described = told(client, "describe_certificate", CertificateArn=arn)
        if described is None:
            found[path] = GONE
            continue
        certificate = described["Certificate"]
        names = ", ".join(sorted(map(side.regionless, certificate["SubjectAlternativeNames"])))
        ends = certificate.get("NotAfter")
        left = LASTING if ends and ends - now >= SOON else f"valid until {ends or 'nobody knows'}"
        found[path] = f"{certificate['Status']} for {names}, {left}"
    return found


def keys(side: Side) -> Reading:
    """Related multi-Region keys have one id; what one of them encrypted the others decrypt."""
    client = side.client("kms")
    found = {}
    for key in KEYS:
        arn = side.output(key, "foundation")
        if not arn:
            continue
        described = told(client, "describe_key", KeyId=arn)
        if described is None:
            found[key] = GONE
            continue
        held = described["KeyMetadata"]
        kind = "multi-Region" if held.get("MultiRegion") else "of one Region"
        found[key] = f"{held['KeyId']} {kind} {held['KeyState']}"
    return found


TRUST = (
    Comparison(
        "secrets",
        "secretsmanager:DescribeSecret",
        "See why in StatusMessage, then: aws secretsmanager replicate-secret-to-regions",
        secrets,
        wanted=lambda said: ";" not in said and said != "version none",
    ),
    Comparison(
        "certificates",
        "acm:DescribeCertificate",
        "See its validation records: aws acm describe-certificate; then deploy: tradewind deploy ENV",
        certificates,
        wanted=lambda said: said.startswith("ISSUED") and said.endswith(LASTING),
    ),
    Comparison(
        "keys",
        "kms:DescribeKey",
        "aws kms enable-key, or cancel-key-deletion; a key of one Region cannot take over",
        keys,
        wanted=lambda said: said.endswith("multi-Region Enabled"),
    ),
)
