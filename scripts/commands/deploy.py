"""Bring an environment to what templates/out says, wave by wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.deploy.plan import WavePlan
    from scripts.telling import Telling


@click.command()
@environment_argument
@click.option(
    "--root",
    "roots",
    metavar="NAME",
    multiple=True,
    help="This root alone, such as load-test, which nothing else deploys; repeatable.",
)
@click.option("--yes", is_flag=True, help="Execute without asking; not in production.")
@click.option(
    "--approve",
    "hashes",
    metavar="HASH",
    multiple=True,
    help="Execute the plan of this hash (see `tradewind plan`); repeatable.",
)
@click.option(
    "--accept-loss",
    "accepted",
    metavar="LOGICALID",
    multiple=True,
    help="Let the plan replace or remove this resource and the data in it; repeatable.",
)
@click.pass_obj
def deploy(
    context: Context,
    environment: Environment,
    roots: tuple[str, ...],
    yes: bool,
    hashes: tuple[str, ...],
    accepted: tuple[str, ...],
) -> None:
    """Deploy the built templates to the regions of ENV.

    Each wave is planned with nested change sets, shown, approved, executed and followed to its end. A wave
    without changes is left alone. Run again after any failure or Ctrl-C: it picks up where things stand.

    \b
    Examples:
      tradewind deploy dev --sandbox --yes
      tradewind deploy staging
      tradewind deploy prod --approve 3f6a1c09be27d458
      tradewind deploy dev --root load-test
    """
    from scripts import approval
    from scripts.commands.build import warn_of_stale
    from scripts.telling import Telling

    approval.refuse_yes_in_production(environment.name, yes=yes)
    warn_of_stale(context)
    telling = Telling(context.terminal, environment.name)
    approve = approval.Approval(environment.name, context.terminal, yes, hashes)
    aws = context.connect(environment)
    roll_out(context, environment, aws, telling, approve, accepted, roots)
    context.terminal.data(telling.document)


def roll_out(
    context: Context,
    environment: Environment,
    aws: Aws,
    telling: Telling,
    approve: Callable[[WavePlan], None],
    accepted: tuple[str, ...] = (),
    roots: tuple[str, ...] = (),
) -> None:
    """Deploy every wave, or those of the named roots, under the environment's lease, telling what happens.

    Whatever goes wrong is in the document before it is raised.
    """
    from generator.settings import TRUE, Settings
    from scripts.deploy import release, waves
    from scripts.deploy.executor import Executor
    from scripts.deploy.planner import Planner
    from scripts.errors import TradewindError
    from scripts.lease import DEPLOY, Leases

    built = release.read(context.project)
    order = waves.roll_out(built.roots, environment.places)
    chosen = waves.named(order, roots, environment.places)
    aws.verify_account()
    leases = Leases(aws, environment.primary_region)
    try:
        with leases.hold(DEPLOY, f"tradewind deploy {environment.name}") as lease:
            telling.tell([lease.acquired])
            executor = Executor(
                aws,
                Planner(aws, environment, built, order),
                lease,
                approve,
                accepted,
                lambda region: environment.values(region)[Settings.deletion_protection.key] == TRUE,
                chosen,
            )
            telling.tell(executor.roll_out())
    except TradewindError as error:
        telling.failed(error)
        raise
    except KeyboardInterrupt:
        context.terminal.warn(
            "stopped following; what CloudFormation has begun goes on. "
            f"To follow it again and go on: tradewind deploy {environment.name}"
        )
        raise
