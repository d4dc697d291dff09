"""Go back to the release that stood before, through the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import (
    approve_option,
    environment_argument,
    standby_first_option,
    yes_option,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.deploy.history import Completed
    from scripts.deploy.release import Release
    from scripts.deploy.sealed import Sealed
    from scripts.deploy.shipments import Shipment
    from scripts.events import Event


@click.command()
@environment_argument
@yes_option
@approve_option
@click.option("--reason", metavar="TEXT", default="", help="Why; by default, back to what stood.")
@standby_first_option
@click.pass_obj
def rollback(
    context: Context,
    environment: Environment,
    yes: bool,
    hashes: tuple[str, ...],
    reason: str,
    standby_first: bool,
) -> None:
    """Ship the release that stood before in ENV, with the parameters of then and the waivers of today.

    It is a deploy like any other: planned, gated, approved, followed. A second one goes back further. After
    an execution that failed half-way it is to what that one was to replace.

    \b
    Examples:
      tradewind rollback dev --sandbox --yes
      tradewind rollback prod --reason "checkout fails, incident 7"
    """
    from generator.release_stages import WaveOrder
    from scripts import approval
    from scripts.deploy import releases, shipments
    from scripts.deploy.history import History
    from scripts.shipping import Shipping, Wanted
    from scripts.telling import Telling

    approval.refuse_yes_in_production(environment.name, yes=yes)
    aws = context.connect(environment)
    aws.verify_account()
    goal, recorded = History.of(aws, environment).way_back()
    if recorded is not None:
        _refuse_unrecorded(context, environment, aws, recorded)
    built, shipment = shipments.make_rollback(aws, environment, goal, context.project, why=reason)
    context.terminal.say(f"back to release {goal.release[:16]}, which stood since {goal.at}")

    def prepare(fetched: Release) -> Generator[Event, None, tuple[Sealed, Shipment]]:
        sealed = yield from releases.ship(aws, environment, fetched)
        return sealed, shipment

    telling = Telling(context.terminal, environment.name)
    approve = approval.Approval(environment.name, context.terminal, yes, hashes)
    order = WaveOrder.STANDBY_FIRST if standby_first else WaveOrder.PRIMARY_FIRST
    shipping = Shipping(
        context, shipment.read(), aws, telling, approve, reason or shipment.why, "rollback"
    )
    shipping.bring(Wanted(built, prepare, order))
    context.terminal.data(telling.document)


def _refuse_unrecorded(
    context: Context, environment: Environment, aws: Aws, recorded: Completed
) -> None:
    """Raise Refused where something else stands than the history says: what came before that is not known."""
    from generator.release_stages import WAVES
    from scripts.deploy import releases, standing
    from scripts.deploy.artifacts import Artifacts
    from scripts.deploy.pipeline import names
    from scripts.errors import Refused

    there = Artifacts.of(aws, environment, environment.primary_region)
    release = releases.fetch(there, recorded.release, context.project)
    waves = dict.fromkeys(names.wave(step, environment.places) for step in WAVES)
    shipped = [wave for wave in waves if wave.root in release.roots]
    if other := standing.unlike(aws, environment.name, release, shipped):
        raise Refused(
            f"In {' and '.join(map(str, other))} stands something else than release {recorded.release[:16]}, "
            "which the history ends with: it was deployed past the pipeline.",
            fix="Nothing was changed. Say which release to go back to: "
            f"tradewind deploy {environment.name} --release DIGEST (tradewind releases {environment.name})",
        )
