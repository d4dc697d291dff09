"""List what was released to an environment, and delete what nothing needs any more."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.history import Completed, Entry
    from scripts.deploy.reachability import Unreached

#: Executions that are listed unless all are asked for.
LATEST = 20


class Listing(click.Group):
    """A group whose first word may be ENV instead of a command: that lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`releases dev` is `releases list dev`."""
        first = next((word for word in args if not word.startswith("-")), None)
        if first is not None and first not in self.commands:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Listing)
def releases() -> None:
    """Show what was released to ENV, and tidy up after it.

    \b
    Examples:
      tradewind releases prod
      tradewind releases clean prod
      tradewind deploy prod --release 3f6a1c09be27d458 --from staging
    """


@releases.command("list")
@environment_argument
@click.option("--all", "every", is_flag=True, help=f"Every execution, not the latest {LATEST}.")
@click.pass_obj
def list_(context: Context, environment: Environment, every: bool) -> None:
    """List the executions of ENV's pipeline.

    Each with its release and shipment, who asked for it and why, who approved, and which one stands.

    \b
    Examples:
      tradewind releases dev --sandbox
      tradewind releases prod --all --json
    """
    from scripts.deploy.history import History

    aws = context.connect(environment)
    aws.verify_account()
    past = History.of(aws, environment)
    current, entries = past.current(), past.entries(None if every else LATEST)
    if not entries:
        context.terminal.out(f"nothing was released to {environment.name} through its pipeline")
    else:
        context.terminal.table(
            ("RELEASE", "SHIPMENT", "REQUESTED", "BY", "APPROVED BY", "STATE", "WHY"),
            [_row(entry, current) for entry in entries],
        )
    context.terminal.data(
        {
            "environment": environment.name,
            "current": asdict(current) if current else None,
            "executions": [asdict(entry) for entry in entries],
        }
    )


@releases.command()
@environment_argument
@click.option(
    "--keep",
    metavar="N",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Releases before the one that stands that can still be gone back to.",
)
@click.option("--yes", is_flag=True, help="Delete without asking; not in production.")
@click.pass_obj
def clean(context: Context, environment: Environment, keep: int, yes: bool) -> None:
    """Delete what nothing needs any more.

    It is listed first, and deleted once the name of ENV was typed in. Kept is all that what stands refers
    to, in any region; the releases that can be gone back to; what was asked for and is not done; and
    whatever is younger than a day. Deleted objects can be had back from the bucket's old versions for a
    month.

    \b
    Examples:
      tradewind releases clean dev --sandbox --yes
      tradewind releases clean prod --keep 10
    """
    from scripts import approval, deploy_lease
    from scripts.deploy import reachability
    from scripts.errors import TradewindError
    from scripts.telling import Telling

    approval.refuse_yes_in_production(environment.name, yes=yes)
    aws = context.connect(environment)
    aws.verify_account()
    found = reachability.unreached(reachability.ground(aws, environment), keep)
    _show(context, found)
    deleted = 0
    if found and _agreed(context, environment, yes=yes):
        telling = Telling(context.terminal, environment.name)
        command = f"tradewind releases clean {environment.name}"
        try:
            with deploy_lease.held(aws, environment, command) as lease:
                for event in reachability.remove(aws, environment, lease, found, keep):
                    telling.tell([event])
                    deleted += 1
        except TradewindError as error:
            telling.failed(error)
            raise
        context.terminal.say(f"{deleted} of {len(found)} objects are deleted")
    context.terminal.data(
        {
            "environment": environment.name,
            "unreached": [
                {"region": one.region, "key": one.object.key, "bytes": one.object.size}
                for one in found
            ],
            "deleted": deleted,
        }
    )


@releases.command()
@environment_argument
@click.pass_obj
def check(context: Context, environment: Environment) -> None:
    """Check what is unpacked here.

    This is the pipeline's Validate: that the release is what its digest says, that the shipment is of it
    and for ENV, and that its settings answer what the templates ask. AWS is not asked.

    \b
    Example:
      tradewind releases check staging
    """
    from scripts.deploy import release
    from scripts.deploy.sealed import Sealed
    from scripts.deploy.shipments import Shipment
    from scripts.errors import Failed

    sealed = Sealed.unpacked(context.project)
    shipment = Shipment.unpacked(context.project)
    if shipment.release != sealed.digest:
        raise Failed(
            f"The shipment {shipment.digest[:16]} is of release {shipment.release[:16]}, "
            f"and not of {sealed.short}.",
            fix="Start the pipeline with the two that belong together: "
            f"tradewind deploy {environment.name}",
        )
    if shipment.environment != environment.name:
        raise Failed(
            f"The shipment {shipment.digest[:16]} is for {shipment.environment}, "
            f"and not for {environment.name}.",
            fix=f"tradewind deploy {environment.name} --release {sealed.short}",
        )
    built = release.read(context.project)
    context.terminal.out(f"release {sealed.short} is whole: {built.templates} templates")
    context.terminal.out(
        f"shipment {shipment.digest[:16]} by {shipment.who}: {shipment.why or 'no reason given'}"
    )
    context.terminal.data(
        {
            "environment": environment.name,
            "release": sealed.digest,
            "shipment": shipment.digest,
            "templates": built.templates,
        }
    )


@releases.command()
@environment_argument
@click.option("--execution", metavar="ID", required=True, help="The pipeline's execution.")
@click.pass_obj
def record(context: Context, environment: Environment, execution: str) -> None:
    """Record that what is unpacked here stands.

    This is the pipeline's Record: from now on it is the release of ENV that stands.

    \b
    Example:
      tradewind releases record staging --execution 11111111-2222-3333-4444-555555555555
    """
    from scripts.deploy import history, routine_source
    from scripts.deploy.shipments import Shipment

    aws = context.connect(environment)
    aws.verify_account()
    shipment = Shipment.unpacked(context.project)
    done = shipment.completed(execution, history.now(aws))
    history.History.of(aws, environment).complete(done)
    if routine_source.keep(aws, environment, shipment):
        context.terminal.say(f"drills by routine run it: in {environment.standby_region}")
    context.terminal.out(
        f"release {done.release[:16]} stands in {environment.name}, by {done.who}: "
        f"{done.why or 'no reason given'}"
    )
    context.terminal.data({"environment": environment.name, **asdict(done)})


def _row(entry: Entry, current: Completed | None) -> tuple[object, ...]:
    told = entry.told
    approvers = dict.fromkeys(approval.who for approval in entry.approved)
    stands = current is not None and current.execution == entry.execution
    done = "stands" if stands else "completed" if entry.completed else ""
    return (
        told.release[:16] if told else "",
        told.shipment[:16] if told else "",
        entry.at[:16].replace("T", " "),
        told.who if told else "",
        ", ".join(approvers),
        f"{done}{', rolled back' if told and told.restores else ''}" if done else "not completed",
        told.why if told else "",
    )


def _show(context: Context, found: tuple[Unreached, ...]) -> None:
    if not found:
        context.terminal.out("everything is needed")
        return
    rows: list[tuple[Any, ...]] = [
        (one.region, one.object.modified.date(), one.object.size, one.object.key) for one in found
    ]
    context.terminal.table(("REGION", "SINCE", "BYTES", "KEY"), rows)
    total = sum(one.object.size for one in found)
    context.terminal.say(f"{len(found)} objects, {total / 1e6:.1f} MB, are needed by nothing")


def _agreed(context: Context, environment: Environment, *, yes: bool) -> bool:
    """Whether to delete: by --yes, or by the environment's name; nobody there is no."""
    from scripts import approval

    if yes or not context.terminal.interactive:
        return yes
    return approval.named(context.terminal, environment.name, "to delete them")
