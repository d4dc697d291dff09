"""Whose credentials these are, and whether the account may use the regions at all."""

from __future__ import annotations

from scripts.aws import AwsSaidNo
from scripts.checks import Answer, judged, passed, refused
from scripts.preflight.ground import Ground, Question, Questions, Reply

#: Of a region that the account may use.
#: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html
USABLE = ("opt-in-not-required", "opted-in")


def credentials(ground: Ground) -> Answer:
    """Of the environment's account. Without them nothing else can be asked.

    Raises UsageError for those of another account: that one is not to be read either.
    """
    expected = f"credentials of account {ground.environment.account_id}"
    try:
        identity = ground.aws.verify_account()
    except AwsSaidNo as error:
        return refused(error.message.rstrip("."), expected, error.fix)
    return passed(identity.who, expected)


def region_is_enabled(ground: Ground, region: str) -> Reply:
    """Regions since 2019 are off until the account turns them on."""
    told = ground.client("ec2", ground.environment.primary_region).call(
        "describe_regions", RegionNames=[region], AllRegions=True
    )["Regions"]
    status = told[0].get("OptInStatus", USABLE[0]) if told else "not known to AWS"
    return Reply(
        judged(
            status in USABLE,
            status,
            "a region that the account may use",
            f"aws account enable-region --region-name {region} (minutes to hours)",
        )
    )


CHECKS: Questions = (Question("region is enabled", "region", (), region_is_enabled),)
