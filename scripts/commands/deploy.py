"""Bring an environment to what templates/out says, wave by wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import (
    environment_argument,
    environment_names,
    standby_first_option,
    verify_option,
    yes_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.deploy.pipeline.planning import Examined
    from scripts.deploy.plan import WavePlan
    from scripts.deploy.release import Release
    from scripts.deploy.sealed import Sealed
    from scripts.deploy.shipments import Shipment
    from scripts.events import Event
    from scripts.shipping import Wanted
    from scripts.telling import Telling
    from scripts.terminal import Terminal


@click.command()
@environment_argument
@click.option(
    "--root",
    "roots",
    metavar="NAME",
    multiple=True,
    help="This root alone, such as load-test, which nothing else deploys; repeatable.",
)
@yes_option
@click.option(
    "--approve",
    "hashes",
    metavar="HASH",
    multiple=True,
    help="Approve the plan of this hash (see `tradewind plan`); repeatable.",
)
@click.option("--reason", metavar="TEXT", default="", help="Why; by default the commit's subject.")
@standby_first_option
@click.option(
    "--release",
    "release_digest",
    metavar="DIGEST",
    help="Ship this release, by its digest, instead of what is built here.",
)
@click.option(
    "--from",
    "origin",
    metavar="ENV",
    shell_complete=environment_names,
    help="With --release: the environment in whose bucket it lies; by default ENV itself.",
)
@click.option("--refresh-amis", is_flag=True, help="Take the newest machine images.")
@verify_option
@click.option(
    "--direct",
    is_flag=True,
    help="Deploy everything from here, past the pipeline: for when CodePipeline is what is down.",
)
@click.option(
    "--accept-loss",
    "accepted",
    metavar="LOGICALID",
    multiple=True,
    help="Let the plan replace or remove this resource and the data in it; repeatable.",
)
@click.option(
    "--skip-resource",
    "skipped",
    metavar="PATH",
    multiple=True,
    help="Leave this as it is (Queue/Orders), where an earlier rollback stopped at it; repeatable.",
)
@click.pass_obj
def deploy(
    context: Context,
    environment: Environment,
    roots: tuple[str, ...],
    yes: bool,
    hashes: tuple[str, ...],
    reason: str,
    standby_first: bool,
    release_digest: str | None,
    origin: str | None,
    refresh_amis: bool,
    verify: bool,
    direct: bool,
    accepted: tuple[str, ...],
    skipped: tuple[str, ...],
) -> None:
    """Deploy what is built to the regions of ENV.

    What a release stands on (foundation, roles, the pipeline itself) is deployed from here; the platform, the
    edge and the fleets go through the pipeline, wave by wave: planned, gated, approved, executed, verified.
    Nothing is started where nothing differs. Run again after any failure, or follow an execution that goes on
    with `tradewind watch`.

    \b
    Examples:
      tradewind deploy dev --sandbox --yes
      tradewind deploy staging --reason "the new checkout"
      tradewind deploy prod --release 3f6a1c09be27d458 --from staging --approve 81c2e07795d3fa46
      tradewind deploy dev --root load-test
    """
    from scripts import approval
    from scripts.commands.build import warn_of_stale
    from scripts.deploy.pipeline import runs
    from scripts.shipping import Shipping
    from scripts.telling import Telling

    approval.refuse_yes_in_production(environment.name, yes=yes)
    approval.refuse_loss_in_production(environment.name, accepted)
    if release_digest is None:
        warn_of_stale(context)
    _refuse_contradictions(
        direct=direct,
        standby_first=standby_first,
        accepted=accepted,
        origin=origin and not release_digest,
    )
    telling = Telling(context.terminal, environment.name)
    approve = approval.Approval(environment.name, context.terminal, yes, hashes)
    aws = context.connect(environment)
    if direct:
        from scripts.deploy import releases

        aws.verify_account()
        runs.refuse_under_way(aws, context.terminal.warn)
        built = _built(context, environment, aws, release_digest, origin)
        pinned = releases.pinned(aws, environment, built, refresh=refresh_amis)
        roll_out(
            context, environment, aws, telling, approve, accepted, roots, skipped, pinned, verify
        )
    else:
        wanted = _wanted(
            context,
            environment,
            aws,
            release_digest,
            origin,
            reason,
            standby_first=standby_first,
            refresh=refresh_amis,
            verify=verify,
            skipped=skipped,
        )
        Shipping(context, environment, aws, telling, approve, reason).bring(wanted, roots)
    context.terminal.data(telling.document)


def _wanted(
    context: Context,
    environment: Environment,
    aws: Aws,
    digest: str | None,
    origin: str | None,
    reason: str,
    *,
    standby_first: bool,
    refresh: bool,
    verify: bool,
    skipped: tuple[str, ...],
) -> Wanted:
    """What is to be shipped: what is built here, or a release that lies in an environment's bucket."""
    from generator.release_stages import WaveOrder
    from scripts.deploy import releases, shipments
    from scripts.shipping import Wanted

    built = _built(context, environment, aws, digest, origin)

    def prepare(pinned: Release) -> Generator[Event, None, tuple[Sealed, Shipment]]:
        sealed = yield from releases.ship(aws, environment, pinned, refresh=refresh, verify=verify)
        return sealed, shipments.make(aws, environment, sealed, pinned, why=reason)

    order = WaveOrder.STANDBY_FIRST if standby_first else WaveOrder.PRIMARY_FIRST
    return Wanted(built, prepare, order, refresh, skipped)


def _built(
    context: Context, environment: Environment, aws: Aws, digest: str | None, origin: str | None
) -> Release:
    """What is built here, or the release of a digest, from the bucket of `origin` or of the environment."""
    from scripts.deploy import release, releases
    from scripts.deploy.artifacts import Artifacts

    if digest is None:
        return release.read(context.project)
    lies = context.environment(origin) if origin else environment
    there = context.connect(lies) if origin else aws
    there.verify_account()
    return releases.fetch(Artifacts.of(there, lies, lies.primary_region), digest, context.project)


def _refuse_contradictions(
    *, direct: bool, standby_first: bool, accepted: tuple[str, ...], origin: str | bool | None
) -> None:
    from scripts.errors import UsageError

    if direct and standby_first:
        raise UsageError(
            "--standby-first is the pipeline's order; --direct goes past the pipeline.",
            fix="Leave one of them out.",
        )
    if accepted and not direct:
        raise UsageError(
            "--accept-loss is for --direct: the pipeline's gates take what a file says, not a command line.",
            fix="Write a waiver into params/waivers.yaml, with its reason and its end.",
        )
    if origin:
        raise UsageError("--from names where a release lies.", fix="Add --release DIGEST.")


def roll_out(
    context: Context,
    environment: Environment,
    aws: Aws,
    telling: Telling,
    approve: Callable[[WavePlan], None],
    accepted: tuple[str, ...] = (),
    roots: tuple[str, ...] = (),
    skipped: tuple[str, ...] = (),
    built: Release | None = None,
    verify: bool = False,
) -> None:
    """Deploy every wave, or those of the named roots, under the environment's lease, telling what happens.

    By default that is what is built here, with the images that are pinned.

    Whatever goes wrong is in the document before it is raised.
    """
    from generator.settings import TRUE, Settings
    from scripts import deploy_lease
    from scripts.deploy import release, releases, waivers, waves
    from scripts.deploy.executor import Executor
    from scripts.deploy.planner import Planner
    from scripts.errors import TradewindError

    read = built or release.read(context.project)
    order = waves.roll_out(read.roots, environment.places)
    chosen = waves.named(order, roots, environment.places)
    waivers.read(context.project / "params")
    aws.verify_account()
    pinned = built or releases.pinned(aws, environment, read)
    try:
        with deploy_lease.held(aws, environment, f"tradewind deploy {environment.name}") as lease:
            telling.tell([lease.acquired])
            executor = Executor(
                aws,
                Planner(aws, environment, pinned, order, verify=verify),
                lease,
                approve,
                accepted,
                lambda region: environment.values(region)[Settings.deletion_protection.key] == TRUE,
                chosen,
                skipped,
                explaining(context.terminal),
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


def explaining(terminal: Terminal) -> Callable[[Examined], None]:
    """Tell what a plan does, before anybody is asked to approve it."""

    def explain(found: Examined) -> None:
        from scripts.plan_reading import Reading
        from scripts.plan_tree import painted

        reading = Reading.of(found.plan, found.explanation, found.judgement)
        for line in painted(reading, terminal.paint, whole=terminal.verbose, margin="    "):
            terminal.say(line)

    return explain
