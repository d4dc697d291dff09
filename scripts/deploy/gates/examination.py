"""All gates at once: asked before anybody is asked to approve a plan, and again before it is executed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime

from scripts.aws import Aws
from scripts.deploy.explanations import Explanation
from scripts.deploy.gates.drifting import drifting
from scripts.deploy.gates.findings import Finding
from scripts.deploy.gates.judgement import Judgement, judge
from scripts.deploy.gates.losses import losses
from scripts.deploy.gates.openings import openings
from scripts.deploy.gates.permissions import permissions
from scripts.deploy.gates.protections import protections
from scripts.deploy.gates.worlds import choices
from scripts.deploy.plan import WavePlan
from scripts.deploy.waivers import Place, Waivers


def examine(
    aws: Aws,
    plan: WavePlan,
    explanation: Explanation,
    waivers: Waivers,
    accepted: Collection[str] = (),
) -> Judgement:
    """What the gates say of a plan. Reads AWS, for drift; changes nothing, and refuses nothing by itself.

    Of a stack that is created everything is new: only what would be refused is a finding.
    """
    place = Place(plan.environment, plan.wave.region)
    found = [*read(explanation, plan.account)]
    if plan.kind == "UPDATE":
        found += drifting(aws, explanation, plan.change_set.stack_id)
    else:
        found = [one for one in found if one.refuses]
    return judge(str(plan.wave), place, found, waivers, today(aws), accepted)


def read(explanation: Explanation, account: str) -> Iterator[Finding]:
    """The findings of those gates that need nothing but an explanation.

    Where a condition chooses that nobody knows yet, both of its choices have to pass.
    """
    found: dict[Finding, None] = {}
    for chosen in choices(explanation):
        found |= dict.fromkeys(losses(chosen))
        found |= dict.fromkeys(protections(chosen))
        found |= dict.fromkeys(permissions(chosen, account))
        found |= dict.fromkeys(openings(chosen))
    yield from found


def today(aws: Aws) -> date:
    """The day by which waivers expire: in UTC, wherever somebody sits."""
    return datetime.fromtimestamp(aws.clock.now(), UTC).date()
