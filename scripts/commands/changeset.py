"""Make, show, execute or delete the change set of one root in one region."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.plan import WavePlan
    from scripts.deploy.planner import Planner
    from scripts.deploy.waves import Wave

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
@click.pass_obj
def create(context: Context, environment: Environment, root: str, region: str) -> None:
    """Make a change set and leave it standing; say its name and its plan's hash.

    \b
    Example:
      tradewind changeset create dev --root foundation --region us-east-1
    """
    from scripts import narration
    from scripts.deploy.plan import Awaiting, Unchanged
    from scripts.errors import Failed
    from scripts.lease import DEPLOY, Leases
    from scripts.telling import Telling

    planner, wave = _open(context, environment, root, region)
    with Leases(planner.aws, environment.primary_region).hold(DEPLOY, "tradewind changeset create"):
        inputs = planner.inputs(wave)
        if isinstance(inputs, Awaiting):
            raise Failed(
                f"{wave} cannot be planned: {inputs.awaited} does not stand.",
                fix=f"Deploy that first: tradewind deploy {environment.name}",
            )
        outcome = Telling(context.terminal, environment.name).returned(planner.plan(wave, inputs))
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
@click.pass_obj
def show(context: Context, environment: Environment, root: str, region: str, name: str) -> None:
    """Show what a standing change set would do, and the hash that approves it.

    \b
    Example:
      tradewind changeset show dev NAME --root platform --region us-east-1
    """
    planner, wave = _open(context, environment, root, region)
    _show(context, planner.recall(wave, name))


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
    from scripts import approval
    from scripts.deploy.executor import Executor, planned
    from scripts.errors import TradewindError
    from scripts.events import WaveStarted
    from scripts.lease import DEPLOY, Leases
    from scripts.telling import Telling

    approval.refuse_yes_in_production(environment.name, yes=yes)
    planner, wave = _open(context, environment, root, region)
    approve = approval.Approval(environment.name, context.terminal, yes, hashes)
    telling = Telling(context.terminal, environment.name)
    leases = Leases(planner.aws, environment.primary_region)
    try:
        with leases.hold(DEPLOY, f"tradewind changeset execute {name}") as lease:
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
    from scripts.deploy import change_sets
    from scripts.lease import DEPLOY, Leases

    planner, wave = _open(context, environment, root, region)
    with Leases(planner.aws, environment.primary_region).hold(DEPLOY, "tradewind changeset delete"):
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
    from scripts.deploy import release, waves
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
    return Planner(aws, environment, built, order), waves.Wave(root, region)


def _show(context: Context, plan: WavePlan) -> None:
    from scripts import narration

    context.terminal.out(f"{plan.change_set.name} {plan.hash}: {narration.summary(plan.changes)}")
    for line in narration.tree(plan.changes, whole=context.terminal.verbose):
        context.terminal.out(f"  {line}")
    for line in narration.left_out(plan.wave.region, plan.inputs.left_out):
        context.terminal.out(line)
    context.terminal.data({**plan.to_json(), "has_changes": True, "name": plan.change_set.name})
