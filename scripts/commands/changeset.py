"""Make, show, execute or delete the change set of one root in one region."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scripts.options import environment_argument, page_option

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.plan import Unchanged, WavePlan
    from scripts.deploy.planner import Planner
    from scripts.deploy.waivers import Waivers
    from scripts.deploy.waves import Wave
    from scripts.telling import Telling

Function = TypeVar("Function", bound=Callable[..., Any])


def _place(function: Function) -> Function:
    """ENV, --root and --region: where the change set stands."""
    region = click.option("--region", metavar="REGION", required=True, help="One of ENV's regions.")
    root = click.option("--root", metavar="ROOT", required=True, help="A root, such as platform.")
    return environment_argument(root(region(function)))


_name = click.argument("name", metavar="NAME")


@click.group()
def changeset() -> None:
    """Take one root through its change set by hand, step by step.

    `deploy` does this for every root in its order; here a person or a pipeline does it for one.

    \b
    Examples:
      tradewind changeset create staging --root platform --region us-east-1
      tradewind changeset execute staging NAME --root platform --region us-east-1 --approve HASH
    """


@changeset.command()
@_place
@click.option(
    "--export",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="In the pipeline: write what later stages need to know, as lines for a shell.",
)
@click.pass_obj
def create(
    context: Context, environment: Environment, root: str, region: str, export: Path | None
) -> None:
    """Make a change set and leave it standing; say its name and its plan's hash.

    With --export it is the pipeline that plans: its execution is the lock, what is shipped lies in the
    buckets already, and a plan that does not pass its gates is not left standing.

    \b
    Example:
      tradewind changeset create dev --root foundation --region us-east-1
    """
    from scripts import deploy_lease, narration
    from scripts.deploy.pipeline import planning
    from scripts.deploy.plan import Unchanged
    from scripts.telling import Telling

    planner, wave = _open(context, environment, root, region)
    telling = Telling(context.terminal, environment.name)
    if export is not None:
        outcome = _planned(context, telling, planner, wave, export)
    else:
        with deploy_lease.held(planner.aws, environment, "tradewind changeset create"):
            outcome = telling.returned(planner.plan(wave, planning.known(planner, wave)))
    if isinstance(outcome, Unchanged):
        context.terminal.out("no changes")
        for line in narration.left_out(region, outcome.left_out):
            context.terminal.out(line)
        context.terminal.data({**outcome.to_json(), "has_changes": False})
    else:
        _show(context, outcome)


@changeset.command()
@_place
@_name
@click.option(
    "--approval-of",
    "execution",
    metavar="EXECUTION",
    required=True,
    help="The execution of the pipeline in which it was approved.",
)
@click.pass_obj
def gate(
    context: Context, environment: Environment, root: str, region: str, name: str, execution: str
) -> None:
    """Let a change set pass that was approved in the pipeline, or refuse it. The pipeline's Gate runs this.

    It passes when an operator approved its very plan, by its hash, and when every gate still lets it. Who
    approved it, and why, is kept in the history.

    \b
    Example:
      tradewind changeset gate prod NAME --root edge --region us-east-1 --approval-of EXECUTION
    """
    from scripts.deploy.pipeline import gate as gates

    planner, wave = _open(context, environment, root, region)
    plan = planner.recall(wave, name)
    passed = gates.admit(planner, plan, execution, _waivers(context))
    given = passed.approval
    context.terminal.out(f"plan {plan.hash} for {wave} was approved by {given.who}: {given.why}")
    for waiver in passed.waivers:
        context.terminal.out(f"  waived by {waiver.place}: {waiver.finding} of {waiver.resource}")
    context.terminal.data(passed.to_json())


@changeset.command()
@_place
@click.pass_obj
def verify(context: Context, environment: Environment, root: str, region: str) -> None:
    """See that a root stands as its release says, with all that it nests. The pipeline's Verify runs this.

    \b
    Example:
      tradewind changeset verify dev --root platform --region us-east-1
    """
    from scripts.deploy.pipeline import verification

    planner, wave = _open(context, environment, root, region)
    found = verification.verify(planner.aws, planner, wave)
    context.terminal.out(str(found))
    context.terminal.data(found.to_json())


@changeset.command()
@_place
@_name
@page_option
@click.pass_obj
def show(
    context: Context,
    environment: Environment,
    root: str,
    region: str,
    name: str,
    html: Path | None,
) -> None:
    """Show what a standing change set would do, what the gates say, and the hash that approves it.

    \b
    Examples:
      tradewind changeset show dev NAME --root platform --region us-east-1
      tradewind changeset show dev NAME --root platform --region us-east-1 --html plan.html
    """
    from scripts import narration
    from scripts.deploy.pipeline.planning import examined
    from scripts.plan_page import write
    from scripts.plan_reading import Reading
    from scripts.plan_tree import painted

    planner, wave = _open(context, environment, root, region)
    plan = planner.recall(wave, name)
    found = examined(planner, plan, _waivers(context))
    reading = Reading.of(plan, found.explanation, found.judgement)
    context.terminal.out(f"{plan.change_set.name} {plan.hash}")
    for line in painted(
        reading, context.terminal.paint, whole=context.terminal.verbose, margin="  "
    ):
        context.terminal.out(line)
    for said in narration.left_out(region, plan.inputs.left_out):
        context.terminal.out(said)
    if html is not None:
        write(html, environment.name, [reading])
        context.terminal.say(f"the plan's page: {html}")
    context.terminal.data(
        {
            **plan.to_json(),
            **reading.to_json(),
            "has_changes": True,
            "name": plan.change_set.name,
        }
    )


@changeset.command()
@_place
@_name
@click.option("--yes", is_flag=True, help="Execute without asking; not in production.")
@click.option("--approve", "hashes", metavar="HASH", multiple=True, help="The plan's hash.")
@click.option(
    "--accept-loss", "accepted", metavar="LOGICALID", multiple=True, help="Let this data go."
)
@click.pass_obj
def execute(
    context: Context,
    environment: Environment,
    root: str,
    region: str,
    name: str,
    yes: bool,
    hashes: tuple[str, ...],
    accepted: tuple[str, ...],
) -> None:
    """Execute a change set and follow it to its end.

    \b
    Example:
      tradewind changeset execute dev NAME --root platform --region us-east-1 --yes
    """
    from scripts import approval, deploy_lease
    from scripts.deploy.executor import Executor, planned
    from scripts.deploy.pipeline import runs
    from scripts.errors import TradewindError
    from scripts.events import WaveStarted
    from scripts.telling import Telling

    approval.refuse_yes_in_production(environment.name, yes=yes)
    approval.refuse_loss_in_production(environment.name, accepted)
    planner, wave = _open(context, environment, root, region)
    runs.refuse_under_way(planner.aws, context.terminal.warn)
    approve = approval.Approval(environment.name, context.terminal, yes, hashes)
    telling = Telling(context.terminal, environment.name)
    command = f"tradewind changeset execute {name}"
    try:
        with deploy_lease.held(planner.aws, environment, command) as lease:
            executor = Executor(planner.aws, planner, lease, approve, accepted)
            plan = planner.recall(wave, name)
            telling.tell([WaveStarted(root, region, 1, 1), planned(plan)])
            executor.admit(plan)
            telling.tell(executor.execute(plan))
    except TradewindError as error:
        telling.failed(error)
        raise
    context.terminal.data(telling.document)


@changeset.command()
@_place
@_name
@click.pass_obj
def delete(context: Context, environment: Environment, root: str, region: str, name: str) -> None:
    """Delete a change set, those nested in it, and the empty stack of one that was to create it.

    \b
    Example:
      tradewind changeset delete dev NAME --root platform --region us-east-1
    """
    from generator.naming import stack_name
    from scripts import deploy_lease
    from scripts.deploy import change_sets

    planner, wave = _open(context, environment, root, region)
    with deploy_lease.held(planner.aws, environment, "tradewind changeset delete"):
        found, _ = change_sets.find(
            planner.aws, region, stack_name(environment.name, wave.root), name
        )
        change_sets.delete(planner.aws, found)
    context.terminal.say(f"{name} is deleted")
    context.terminal.data({"environment": environment.name, "deleted": name})


def _open(
    context: Context, environment: Environment, root: str, region: str
) -> tuple[Planner, Wave]:
    """The planner of one root in one region. Raises UsageError where there is no such place."""
    from generator import places
    from generator.problems import nearest
    from scripts.deploy import release, releases, waves
    from scripts.deploy.planner import Planner
    from scripts.errors import UsageError

    built = release.read(context.project)
    if root not in built.roots:
        known = f"There are {', '.join(sorted(built.roots))}."
        raise UsageError(
            f"There is no root {root}.", fix=f"{nearest(root, built.roots)} {known}".strip()
        )
    context.regions(environment, region)
    if not places.stands(root, region, environment.places):
        raise UsageError(f"{root} does not stand in {region}.", fix="Name another --region.")
    aws = context.connect(environment)
    aws.verify_account()
    order = waves.roll_out(built.roots, environment.places)
    pinned = releases.pinned(aws, environment, built)
    return Planner(aws, environment, pinned, order), waves.Wave(root, region)


def _planned(
    context: Context, telling: Telling, planner: Planner, wave: Wave, export: Path
) -> WavePlan | Unchanged:
    """Plan as the pipeline does: judged, with its page for whoever decides, and exported."""
    from scripts.deploy import change_sets
    from scripts.deploy.artifacts import Artifacts
    from scripts.deploy.pipeline import exports, planning
    from scripts.deploy.plan import Unchanged
    from scripts.plan_page import page
    from scripts.plan_reading import Reading
    from scripts.plan_tree import lines

    planner.uploads = False
    found = telling.returned(planning.plan(planner, wave, _waivers(context)))
    shop = planning.shop_has_changes(planner)
    if isinstance(found, Unchanged):
        exports.write(export, exports.of(found, "", shop_has_changes=shop))
        return found
    environment, plan = planner.environment, found.plan
    reading = Reading.of(plan, found.explanation, found.judgement)
    try:
        body = page(environment.name, [reading]).encode()
        there = Artifacts.of(planner.aws, environment, environment.primary_region)
        there.create(planning.page_key(plan), body, "text/html; charset=utf-8")
        for line in lines(reading):
            context.terminal.say(line.text)
        found.judgement.refuse()
    except BaseException:  # what nobody may approve does not stay behind
        change_sets.discard(planner.aws, plan.change_set)
        raise
    url = planning.page_url(planner.aws, planner, plan)
    exports.write(export, exports.of(plan, url, shop_has_changes=shop))
    return plan


def _waivers(context: Context) -> Waivers:
    from scripts.deploy import waivers

    return waivers.read(context.project / "params")


def _show(context: Context, plan: WavePlan) -> None:
    from scripts import narration

    context.terminal.out(f"{plan.change_set.name} {plan.hash}: {narration.summary(plan.changes)}")
    for line in narration.tree(plan.changes, whole=context.terminal.verbose):
        context.terminal.out(f"  {line}")
    for line in narration.left_out(plan.wave.region, plan.inputs.left_out):
        context.terminal.out(line)
    context.terminal.data({**plan.to_json(), "has_changes": True, "name": plan.change_set.name})
