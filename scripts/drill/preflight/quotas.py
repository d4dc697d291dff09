"""Whether the account's quotas in the standby let it grow to its ceiling."""

from __future__ import annotations

from scripts.account_quotas import CONCURRENCY, VCPUS
from scripts.checks import Answer, judged, unknown
from scripts.drill.parity.quotas import applied
from scripts.drill.preflight.capacity import group, vcpus
from scripts.drill.preflight.ground import Ground, Question, Questions

#: As DescribeAccountLimits calls it.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Limit.html
TARGETS = "targets-per-application-load-balancer"


def enough_vcpus(ground: Ground) -> Answer:
    """For the ceiling of the fleet: what else runs in the account is not counted."""
    region = ground.theatre.standby
    needs = int(group(ground, region)["MaxSize"]) * max(vcpus(ground, region))
    has = applied(ground.aws, region.name, VCPUS)
    return judged(
        has >= needs,
        f"{has:g} vCPUs",
        f"at least {needs} vCPUs, for the fleet's ceiling",
        VCPUS.increase(region.name, needs),
    )


def enough_targets(ground: Ground) -> Answer:
    """Each instance is a target."""
    needs = int(group(ground, ground.theatre.standby)["MaxSize"])
    limits = ground.standby("elbv2").call("describe_account_limits")["Limits"]
    expected = f"at least {needs} targets, for the fleet's ceiling"
    has = next((int(one["Max"]) for one in limits if one["Name"] == TARGETS), None)
    if has is None:
        return unknown(f"Elastic Load Balancing tells no {TARGETS}", expected)
    return judged(
        has >= needs,
        f"{has} targets",
        expected,
        f"Have {TARGETS} of {ground.theatre.standby.name} raised in the console of Service Quotas.",
    )


def enough_concurrency(ground: Ground) -> Answer:
    """As many functions at once as the primary may run."""
    there = ground.primary("lambda").call("get_account_settings")["AccountLimit"]
    here = ground.standby("lambda").call("get_account_settings")["AccountLimit"]
    needs, has = int(there["ConcurrentExecutions"]), int(here["ConcurrentExecutions"])
    return judged(
        has >= needs,
        f"{has} executions at once",
        f"at least the primary's {needs}",
        CONCURRENCY.increase(ground.theatre.standby.name, needs),
    )


CHECKS: Questions = (
    Question("quota of vCPUs", enough_vcpus),
    Question("quota of targets", enough_targets),
    Question("quota of Lambda", enough_concurrency),
)
