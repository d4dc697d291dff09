"""What no template can subscribe to, and somebody has to have done: Shield Advanced, tags of the bills."""

from __future__ import annotations

import re

from scripts.checks import judged, passed, warned
from scripts.preflight.ground import Ground, Question, Questions, Reply

SHIELD = (
    "AWS::Shield::Protection",
    "AWS::Shield::ProtectionGroup",
    "AWS::Shield::ProactiveEngagement",
    "AWS::Shield::DRTAccess",
)
BUDGET = "AWS::Budgets::Budget"
_TAG = re.compile(r"user:(\w+)\$")


def shield_is_subscribed(ground: Ground, region: str) -> Reply:
    """CreateProtection is refused without; the subscription is for a year, and no template's."""
    told = ground.client("shield", region).call("get_subscription_state")
    state = str(told["SubscriptionState"])
    answer = judged(
        state == "ACTIVE",
        f"the subscription is {state}",
        "a subscription to Shield Advanced",
        f"`shield_advanced: false` in {ground.params}; or, for a year and 3,000 USD a month: "
        "aws shield create-subscription",
    )
    return Reply(answer, ground.wanted.of(SHIELD))


def tags_are_activated(ground: Ground, region: str) -> Reply:
    """Budgets by a tag see nothing before it is activated. A tag can be, a day after its first use.

    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """
    budgets = ground.wanted.of([BUDGET])
    tags = sorted({tag for one in budgets for tag in _TAG.findall(repr(one.properties))})
    expected = f"{', '.join(tags) or 'no tag'} active for cost allocation"
    if not tags:
        return Reply(passed("no budget goes by a tag", expected))
    told = ground.client("ce", region).call(
        "list_cost_allocation_tags", TagKeys=tags, Type="UserDefined"
    )["CostAllocationTags"]
    active = {one["TagKey"] for one in told if one["Status"] == "Active"}
    lacking = [tag for tag in tags if tag not in active]
    if not lacking:
        return Reply(passed(f"{', '.join(tags)} active", expected))
    statuses = " ".join(f"TagKey={tag},Status=Active" for tag in lacking)
    remedy = (
        "A day after the first deploy: aws ce update-cost-allocation-tags-status "
        f"--cost-allocation-tags-status {statuses} (the organization's payer may have to)."
    )
    return Reply(warned(f"not active: {', '.join(lacking)}", expected, remedy), budgets)


CHECKS: Questions = (
    Question("Shield Advanced", "account", SHIELD, shield_is_subscribed),
    Question("cost allocation tags", "account", (BUDGET,), tags_are_activated),
)
