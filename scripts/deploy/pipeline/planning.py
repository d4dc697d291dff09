"""A wave planned in the pipeline: made, explained and judged, and left standing if its gates let it pass."""

from __future__ import annotations

from collections.abc import Collection, Generator
from dataclasses import dataclass
from typing import Any

from generator.naming import artifact_bucket, stack_name
from generator.release_stages import PLANS
from generator.settings import TRUE, Settings
from scripts import inventory
from scripts.aws import Aws, dns_suffix
from scripts.deploy import change_sets, waivers
from scripts.deploy.explainer import reading
from scripts.deploy.explanations import Explanation
from scripts.deploy.gates import examination
from scripts.deploy.gates.judgement import Judgement, judge
from scripts.deploy.pipeline import revisions
from scripts.deploy.pipeline.revisions import Revisions
from scripts.deploy.plan import Awaiting, Inputs, Unchanged, WavePlan
from scripts.deploy.planner import Planner
from scripts.deploy.waivers import Place, Waivers
from scripts.deploy.waves import Wave
from scripts.errors import Failed
from scripts.events import Event, LeftoverRemoved


@dataclass(frozen=True)
class Examined:
    """A plan with what it would do and what the gates say of that."""

    plan: WavePlan
    explanation: Explanation
    judgement: Judgement


def examined(
    planner: Planner, plan: WavePlan, let_pass: Waivers, accepted: Collection[str] = ()
) -> Examined:
    """Explain a plan that stands, and ask every gate. Refuses nothing by itself.

    `accepted` is data that somebody let go on the command line.
    """
    params = planner.release.project / "params"
    explanation = reading.explained(planner.aws, plan, planner.environment, params)
    judgement = examination.examine(planner.aws, plan, explanation, let_pass, accepted)
    return Examined(plan, explanation, judgement)


def shown(planner: Planner, plan: WavePlan) -> Examined:
    """The same for whoever is to approve it, without looking for drift again: the pipeline has looked.

    The waivers are those of the project here.
    """
    params = planner.release.project / "params"
    explanation = reading.explained(planner.aws, plan, planner.environment, params)
    found = examination.read(explanation, plan.account)
    place = Place(plan.environment, plan.wave.region)
    today = examination.today(planner.aws)
    judgement = judge(str(plan.wave), place, found, waivers.read(params), today)
    return Examined(plan, explanation, judgement)


def plan(
    planner: Planner, wave: Wave, let_pass: Waivers
) -> Generator[Event, None, Examined | Unchanged]:
    """Make a wave's change set and examine it; what an earlier try left is removed first.

    Whoever called decides what becomes of a plan that does not pass: it stands.
    """
    yield from _cleared(planner, wave)
    outcome = yield from planner.plan(wave, known(planner, wave))
    if isinstance(outcome, Unchanged):
        return outcome
    try:
        return examined(planner, outcome, let_pass)
    except BaseException:
        change_sets.discard(planner.aws, outcome.change_set)
        raise


def known(planner: Planner, wave: Wave) -> Inputs:
    """What decides a wave. Raises Failed where it waits for another one."""
    inputs = planner.inputs(wave)
    if isinstance(inputs, Awaiting):
        raise Failed(
            f"{wave} cannot be planned: {inputs.awaited} does not stand.",
            fix=f"Deploy that first: tradewind deploy {planner.environment.name}",
        )
    return inputs


def _cleared(planner: Planner, wave: Wave) -> Generator[Event, None, None]:
    """The change sets that an earlier execution, or an earlier try, left unexecuted."""
    name = stack_name(planner.environment.name, wave.root)
    if inventory.stack(planner.aws, wave.region, name) is None:
        return
    for left in change_sets.leftovers(planner.aws, wave.region, name):
        change_sets.delete(planner.aws, left)
        yield LeftoverRemoved(wave.root, wave.region, "an unexecuted change set")


def shop_has_changes(planner: Planner) -> bool:
    """Whether any fleet runs another revision than the release's, or is yet to come."""
    environment, places = planner.environment, planner.environment.places
    runs = Revisions(planner.aws)
    for fleet in revisions.of_regions(places["primary"], places["standby"]):
        wanted = revisions.wanted(planner.release, fleet.name)
        if not wanted or not _has(environment.values(fleet.region), fleet.name):
            continue
        if runs.running(fleet) != wanted:
            return True
    return False


def _has(values: Any, fleet: str) -> bool:
    """Whether a region has a fleet: the shop's always, the worker's by its setting."""
    return bool(fleet != "worker" or values[Settings.worker_fleet.key] == TRUE)


def page_key(plan: WavePlan) -> str:
    """Where a plan's page lies in the primary's artifacts bucket; each change set has one of its own."""
    return f"{PLANS}{plan.hash}-{plan.change_set.name}.html"


def page_url(aws: Aws, planner: Planner, plan: WavePlan) -> str:
    """Where a person opens it: S3's console, which asks for a sign-in; elsewhere the object itself."""
    environment = planner.environment
    region, key = environment.primary_region, page_key(plan)
    bucket = artifact_bucket(environment.name, environment.account_id, region)
    endpoint = aws.client("s3", region).endpoint
    if not endpoint.endswith(dns_suffix(region)):
        return f"{endpoint}/{bucket}/{key}"
    console = f"{region}.console.aws.amazon.com"
    return f"https://{console}/s3/object/{bucket}?region={region}&prefix={key}"
