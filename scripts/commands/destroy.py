"""Take an environment down, the last wave first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command()
@environment_argument
@click.option("--yes", is_flag=True, help="Do not ask; not in production.")
@click.option(
    "--purge",
    is_flag=True,
    help="Lift deletion protection, and delete for good what the stacks would keep; never in production.",
)
@click.pass_obj
def destroy(context: Context, environment: Environment, yes: bool, purge: bool) -> None:
    """Delete every stack of ENV in all its regions, in the reverse order of a deploy.

    What a DeletionPolicy keeps (buckets, tables, keys, final snapshots) outlives its stack and is listed at
    the end. While it is there the environment cannot be deployed again under the same names: --purge deletes
    it too, then or later.

    \b
    Examples:
      tradewind destroy dev --sandbox --yes
      tradewind destroy staging --purge
    """
    from scripts import approval, deploy_lease, inventory, lease_table
    from scripts.deploy import teardown, waves
    from scripts.deploy.pipeline import runs
    from scripts.errors import TradewindError
    from scripts.telling import Telling

    if purge:
        teardown.refuse_purge_of_prod(
            environment.name, is_prod=approval.is_production(environment.name)
        )
    approval.refuse_yes_in_production(environment.name, yes=yes)
    aws = context.connect(environment)
    aws.verify_account()
    runs.refuse_under_way(aws, context.terminal.warn)
    standing = [stack for region in environment.regions for stack in inventory.roots(aws, region)]
    for stack in standing:
        context.terminal.say(f"{stack.name} in {stack.region} ({stack.status})")
    if standing or purge:
        approval.approve_destruction(context.terminal, environment.name, yes=yes)
    telling = Telling(context.terminal, environment.name)
    try:
        with deploy_lease.held(aws, environment, f"tradewind destroy {environment.name}") as lease:
            # Asked again: a deploy may have ended between the question and its answer.
            places = [
                (stack.root, region)
                for region in environment.regions
                for stack in inventory.roots(aws, region)
            ]
            order = waves.tear_down(places, environment.places)
            telling.tell(teardown.Teardown(aws, lease, order, environment.regions, purge).run())
            for region in reversed(environment.pair):
                lease_table.delete(aws, region)
    except TradewindError as error:
        telling.failed(error)
        raise
    except KeyboardInterrupt:
        context.terminal.warn(
            "stopped following; a deletion that CloudFormation has begun goes on. "
            f"To go on: tradewind destroy {environment.name}"
        )
        raise
    context.terminal.say(f"{environment.name} is gone")
    context.terminal.data(telling.document)
