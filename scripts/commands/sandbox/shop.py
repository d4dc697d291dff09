"""Run the shop on this machine, once per region, and bring revisions to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.options import environment_argument, optional_environment_argument, region_option

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context

#: Seconds between two looks at a deployment.
_LOOK_AGAIN = 0.2


@click.group()
def shop() -> None:
    """Run the shop on this machine, once per region.

    Instances are processes behind a stand-in of the region's load balancer, on 127.0.0.11 for the primary and
    127.0.0.12 for the standby. They run the revision that is deployed, with the environment of the deployed
    launch template.

    \b
    Examples:
      tradewind deploy dev --sandbox --yes
      tradewind sandbox shop start dev
      tradewind sandbox shop roll dev --region us-east-1
    """


@shop.command()
@environment_argument
@region_option
@click.option("--instances", type=click.IntRange(1, 20), default=2, show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--revision", metavar="SOURCE", help="Folder, zip or key; by default the deployed.")
@click.pass_obj
def start(
    context: Context,
    environment: Environment,
    region: str | None,
    instances: int,
    port: int,
    revision: str | None,
) -> None:
    """Start the shop of ENV and wait until it serves; a no-op where it does.

    A catalogue without products gets a sample of 240.

    \b
    Examples:
      tradewind sandbox shop start dev
      tradewind sandbox shop start dev --region us-west-2 --instances 1
    """
    from scripts import sandbox_pages
    from scripts.commands.sandbox import shop_fleets
    from scripts.sandbox import process

    aws, sandbox = shop_fleets.connect(context, environment)
    wishes = shop_fleets.Wishes(instances, port, revision)
    home = process.home_of(context.project)
    started = [
        shop_fleets.serve(
            context.terminal, aws, environment, place, home, sandbox.url, wishes
        ).document
        for place in shop_fleets.regions(environment, region)
    ]
    sandbox_pages.ask(sandbox.url, "POST", "routing/start")
    context.terminal.data({"shops": started})


@shop.command()
@environment_argument
@region_option
@click.pass_obj
def stop(context: Context, environment: Environment, region: str | None) -> None:
    """Stop the shop of ENV, once what it is at is done.

    \b
    Example:
      tradewind sandbox shop stop dev
    """
    from scripts.commands.sandbox import shop_fleets
    from scripts.sandbox.fleets import supervision

    stopped = [
        place
        for place in shop_fleets.regions(environment, region)
        if supervision.stop(shop_fleets.home(context, environment, place))
    ]
    said = f"The shop stopped in {' and '.join(stopped)}." if stopped else "No shop was running."
    context.terminal.say(said)
    context.terminal.data({"stopped": stopped})


@shop.command()
@optional_environment_argument
@click.pass_obj
def status(context: Context, environment: Environment | None) -> None:
    """Show instances, their health, processes and addresses.

    \b
    Examples:
      tradewind sandbox shop status
      tradewind sandbox shop status dev --json
    """
    from scripts.commands.sandbox import fleets

    told = fleets.told(context, environment)
    fleets.show(context.terminal, told)
    context.terminal.data({"shops": [one.document for one in told if one.running]})


@shop.command()
@environment_argument
@region_option
@click.option("--to", "revision", metavar="SOURCE", help="By default the deployed revision.")
@click.pass_obj
def roll(
    context: Context, environment: Environment, region: str | None, revision: str | None
) -> int:
    """Bring a revision to the shop in one region, one instance after the other.

    As CodeDeploy does in place: an instance leaves, drains, is replaced, proves itself and returns. At the
    first failure the previous revision comes back. `deploy_minimum_healthy_percent` of the instances go on
    serving. SOURCE is a folder, a zip or a key of the artifacts bucket.

    \b
    Examples:
      tradewind sandbox shop roll dev --region us-east-1
      tradewind sandbox shop roll dev --region us-east-1 --to releases/0123456789abcdef/shop.zip
    """
    from scripts.commands.sandbox import shop_fleets
    from scripts.errors import UsageError
    from scripts.sandbox.fleets import supervision

    if region is None:
        raise UsageError("A revision goes to one region.", fix="Name it with --region.")
    (place,) = shop_fleets.regions(environment, region)
    aws, _ = shop_fleets.connect(context, environment)
    stack = shop_fleets.platform(aws, environment, place)
    home = shop_fleets.home(context, environment, place)
    share = int(environment.values(place)["deploy_minimum_healthy_percent"])
    supervision.deploy(home, shop_fleets.source(stack, revision), share)
    deployment = _followed(context, home)
    context.terminal.data(deployment)
    if deployment["status"] == "Succeeded":
        context.terminal.say(f"The shop in {place} runs {deployment['revision']}.")
        return 0
    back = "the previous revision serves" if deployment["rolled_back"] else "it is not rolled back"
    context.terminal.warn(f"{deployment['code']}: {deployment['message']}")
    context.terminal.warn(f"the deployment failed; {back}")
    return 1


def _followed(context: Context, home: Any) -> dict[str, Any]:
    """The deployment at its end; its lifecycle events are said as they come."""
    from time import sleep

    from scripts.errors import Failed
    from scripts.sandbox.fleets import supervision

    said = 0
    while True:
        fleet = supervision.status(home)
        if not fleet.running:
            raise Failed("The fleet ended while it was deployed to.", fix="Start it again.")
        deployment: dict[str, Any] = fleet.document["deployment"]
        ended = [one for one in deployment["events"] if one["status"] != "InProgress"]
        for event in ended[said:]:
            context.terminal.say(
                f"{event['instance']}  {event['name']}  {event['status']}  {event['seconds']:.1f} s"
            )
        said = len(ended)
        if deployment["status"] != "InProgress":
            return deployment
        sleep(_LOOK_AGAIN)
