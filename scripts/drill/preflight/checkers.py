"""What Route 53's checkers say now: both regions could serve, and nobody asks for a takeover."""

from __future__ import annotations

from scripts.checks import Answer, judged, passed, refused, unknown, warned
from scripts.drill.calls import Where
from scripts.drill.preflight.ground import Ground, Question, Questions
from scripts.drill.theatre import HealthCheck
from scripts.drill.triggers.takeover import KEY

#: More than this share of the checkers must find an endpoint well.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
HEALTHY_ABOVE = 0.18


def standby_is_healthy(ground: Ground) -> Answer:
    """The operator reaches no load balancer: what the checkers saw last is all there is."""
    return _endpoint(ground, ground.theatre.standby_endpoint)


def primary_is_healthy(ground: Ground) -> Answer:
    """A region that is already left cannot be left on purpose."""
    return _endpoint(ground, ground.theatre.primary_endpoint)


def nobody_takes_over(ground: Ground) -> Answer:
    """The switch itself, and what the checkers read of it: success there is a takeover requested."""
    theatre = ground.theatre
    expected = "no takeover is requested"
    item = (
        ground.standby("dynamodb")
        .call("get_item", TableName=theatre.switch_table, Key=KEY, ConsistentRead=True)
        .get("Item", {})
    )
    if item.get("Requested", {}).get("BOOL"):
        whose = item.get("Drill", {}).get("S", "")
        by = f"drill {whose}" if whose else "somebody"
        return refused(
            f"{by} has requested one in {theatre.switch_table}",
            expected,
            f"tradewind failover-drill status {ground.environment.name}; to give back: "
            f"aws dynamodb put-item --region {theatre.standby.name} --table-name "
            f"{theatre.switch_table} --item "
            '\'{"Switch":{"S":"takeover"},"Requested":{"BOOL":false}}\'',
        )
    well, of = _seen(ground, theatre.takeover)
    if not of:
        return unknown("the switch is off; no checker has read it yet", expected)
    return judged(
        well <= HEALTHY_ABOVE * of,
        f"the switch is off, and {well} of {of} checkers read that it is on",
        expected,
        "Wait until the checkers have read the switch, then try again.",
    )


def _endpoint(ground: Ground, check: HealthCheck) -> Answer:
    expected = "more than 18 % of the checkers find it well"
    remedy = (
        "aws route53 get-health-check-last-failure-reason --region us-east-1 "
        f"--health-check-id {check.id}"
    )
    well, of = _seen(ground, check)
    if not of:
        return unknown(f"no checker has reported on {check.name} yet", expected, remedy)
    found = f"{well} of {of} checkers find {check.name} well"
    if well <= HEALTHY_ABOVE * of:
        return refused(found, expected, remedy)
    return passed(found, expected) if well == of else warned(found, expected, remedy)


def _seen(ground: Ground, check: HealthCheck) -> tuple[int, int]:
    """How many checkers had success last, and of how many."""
    told = ground.aws.client("route53", Where.GLOBAL).call(
        "get_health_check_status", HealthCheckId=check.id
    )
    said = [one["StatusReport"]["Status"] for one in told["HealthCheckObservations"]]
    return sum(one.startswith("Success") for one in said), len(said)


CHECKS: Questions = (
    Question("standby is healthy", standby_is_healthy),
    Question("primary is healthy", primary_is_healthy),
    Question("no takeover stands", nobody_takes_over),
)
