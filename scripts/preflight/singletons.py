"""What a region has but one of, and may have already: each has a toggle that leaves it alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from generator.settings import Setting, Settings
from scripts.aws import AwsSaidNo
from scripts.checks import passed, refused
from scripts.preflight.ground import Ground, Question, Questions, Reply


@dataclass(frozen=True)
class Single:
    """One of a kind. `there` names what the region has of it; empty where there is none."""

    what: str
    type: str
    toggle: Setting
    there: Callable[[Ground, str], str]
    kind: str = ""


def is_ours(single: Single, ground: Ground, region: str) -> Reply:
    """None is there, or ours is."""
    wanted = ground.wanted.of([single.type], region)
    ours = tuple(one for one in wanted if not single.kind or one.text("Type") == single.kind)
    expected = "none but ours"
    if not ground.missing(ours):
        return Reply(passed("nothing is added", expected))
    if not (there := single.there(ground, region)):
        return Reply(passed("none is there", expected))
    remedy = (
        f"Leave it to its owner: `{single.toggle.key}: false` in {ground.params}, "
        f"under regions: {region}."
    )
    return Reply(refused(f"{there} is there already", expected, remedy), ours)


def _recorder(ground: Ground, region: str) -> str:
    told = ground.client("config", region).call("describe_configuration_recorders")
    return ", ".join(one["name"] for one in told.get("ConfigurationRecorders", ()))


def _channel(ground: Ground, region: str) -> str:
    told = ground.client("config", region).call("describe_delivery_channels")
    return ", ".join(one["name"] for one in told.get("DeliveryChannels", ()))


def _detector(ground: Ground, region: str) -> str:
    return ", ".join(ground.client("guardduty", region).pages("list_detectors", "DetectorIds"))


def _hub(ground: Ground, region: str) -> str:
    try:
        return str(ground.client("securityhub", region).call("describe_hub")["HubArn"])
    except AwsSaidNo as error:
        if error.code in ("InvalidAccessException", "ResourceNotFoundException"):
            return ""  # the account has not subscribed to it
        raise


def _analyzer(ground: Ground, region: str) -> str:
    """A region has one for the account's external access.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-quotas.html
    """
    found = ground.client("accessanalyzer", region).pages(
        "list_analyzers", "analyzers", type="ACCOUNT"
    )
    return ", ".join(one["name"] for one in found)


SINGLES: tuple[Single, ...] = (
    Single(
        "AWS Config's recorder",
        "AWS::Config::ConfigurationRecorder",
        Settings.config_recorder,
        _recorder,
    ),
    Single(
        "AWS Config's delivery channel",
        "AWS::Config::DeliveryChannel",
        Settings.config_recorder,
        _channel,
    ),
    Single("GuardDuty's detector", "AWS::GuardDuty::Detector", Settings.guardduty, _detector),
    Single("Security Hub", "AWS::SecurityHub::Hub", Settings.security_hub, _hub),
    Single(
        "the analyzer of external access",
        "AWS::AccessAnalyzer::Analyzer",
        Settings.access_analyzer,
        _analyzer,
        "ACCOUNT",
    ),
)

CHECKS: Questions = tuple(
    Question(one.what, "region", (one.type,), partial(is_ours, one)) for one in SINGLES
)
