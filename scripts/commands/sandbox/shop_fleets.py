"""The shop's fleets on this machine, as an environment's deployed platform has them."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.errors import UsageError

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.inventory import Stack
    from scripts.sandbox.fleets.spec import Spec
    from scripts.sandbox.fleets.supervision import Fleet
    from scripts.sandbox.process import Running
    from scripts.terminal import Terminal

#: The name of the fleets' homes begins with it.
SHOP = "shop"
DEFAULT_PORT = 8080

#: Where the platform's templates have what a fleet is made of: nested stack and logical id.
_BALANCER = ("FrontDoor", "LoadBalancer")
_TARGETS = ("FrontDoor", "ShopTargets")
_TEMPLATE = ("ShopInstance", "ShopTemplate")
_SCALING = ("Storefront", "Fleet")

#: How a revision of the shop is started (generator/runtime/shop), and when it can sell.
_ARGUMENTS = ("-m", "gunicorn", "-c", "gunicorn.conf.py", "shop.wsgi:application")
_READY = "/healthz?deep=1"


@dataclass(frozen=True)
class Wishes:
    """What the command line says of a fleet.

    `revision` None is what CodeDeploy brought last, else what belongs to the deployed templates.
    """

    instances: int = 2
    port: int = DEFAULT_PORT
    revision: str | None = None


def connect(context: Context, environment: Environment) -> tuple[Aws, Running]:
    """The environment's account in the sandbox of the project, which is started where it does not run."""
    from scripts import aws
    from scripts.commands.sandbox import LOST
    from scripts.sandbox import process

    sandbox = process.start(process.home_of(context.project))
    if sandbox.lost:
        context.terminal.warn(LOST)
    process.bring_along(sandbox, environment.account_id, *environment.hosted_zone)
    return aws.connect_endpoint(environment, sandbox.url), sandbox


def home(context: Context, environment: Environment, region: str) -> Path:
    """Where the shop's fleet in a region keeps what it needs, beside the sandbox of the project."""
    from scripts.sandbox import process

    return beside(process.home_of(context.project), environment, region)


def beside(sandbox: Path, environment: Environment, region: str) -> Path:
    """The same of any sandbox, by its home."""
    from scripts.sandbox.fleets import supervision

    return supervision.home_of(sandbox, f"{environment.name}-{SHOP}", region)


def serve(
    terminal: Terminal,
    aws: Aws,
    environment: Environment,
    region: str,
    sandbox: Path,
    endpoint: str,
    wishes: Wishes,
) -> Fleet:
    """Have the shop serve in a region, and wait until it does; a no-op where it does. A catalogue without
    products gets a sample.
    """
    from scripts import sample_catalogue
    from scripts.sandbox.fleets import supervision

    stack = platform(aws, environment, region)
    seeded = sample_catalogue.seed(aws, region, stack.outputs["CatalogueTable"])
    if seeded:
        terminal.say(f"The catalogue got {seeded} sample products.")
    home = beside(sandbox, environment, region)
    if supervision.status(home).lost:
        terminal.warn(f"the shop in {region} was killed; what it left is swept")
    fleet = supervision.start(home, spec(aws, environment, region, endpoint, stack, wishes))
    terminal.say(f"The shop in {region} serves {fleet.document['url']}")
    return fleet


def regions(environment: Environment, region: str | None) -> tuple[str, ...]:
    """Where the shop stands, or the one of them that was asked for."""
    if region is None:
        return environment.pair
    if region not in environment.pair:
        raise UsageError(
            f"The shop of {environment.name} does not stand in {region}.",
            fix=f"It stands in {' and '.join(environment.pair)}.",
        )
    return (region,)


def platform(aws: Aws, environment: Environment, region: str) -> Stack:
    """The deployed platform of a region. Raises UsageError where there is none."""
    from generator.naming import stack_name
    from scripts import inventory

    stack = inventory.stack(aws, region, stack_name(environment.name, "platform"))
    if stack is None or not stack.stands:
        raise UsageError(
            f"The platform of {environment.name} does not stand in {region}.",
            fix=f"Deploy it first: tradewind deploy {environment.name} --sandbox",
        )
    return stack


def spec(
    aws: Aws, environment: Environment, region: str, endpoint: str, stack: Stack, wishes: Wishes
) -> Spec:
    """What the shop's fleet in a region is told."""
    from scripts import inventory
    from scripts.sandbox.fleets.spec import Spec

    made = {one.path: one.physical_id for one in inventory.resources(aws, region, stack.id)}
    place = environment.pair.index(region)
    host, port = _address(place, wishes.port)
    return Spec(
        name=f"{environment.name}-{SHOP}",
        region=region,
        account=environment.account_id,
        endpoint=endpoint,
        host=host,
        port=port,
        instances=wishes.instances,
        revision=source(stack, wishes.revision or _delivered(aws, stack)),
        load_balancer=made[_BALANCER],
        target_group=made[_TARGETS],
        launch_template=made[_TEMPLATE],
        environment_file="/etc/tradewind/shop.env",
        arguments=_ARGUMENTS,
        bind="SHOP_BIND",
        ready=_READY,
        variables={"SHOP_CERTIFICATE": "", "SHOP_KEY": ""},
        scaling_group=made[_SCALING],
    )


def _delivered(aws: Aws, stack: Stack) -> str | None:
    """What CodeDeploy brought to the shop last, which a new instance gets; None before the first time."""
    outputs = stack.outputs
    if "ShopDeploymentGroup" not in outputs:
        return None
    told = aws.client("codedeploy", stack.region).call(
        "get_deployment_group",
        applicationName=outputs["ShopApplication"],
        deploymentGroupName=outputs["ShopDeploymentGroup"],
    )
    location = told["deploymentGroupInfo"].get("targetRevision", {}).get("s3Location")
    return f"s3://{location['bucket']}/{location['key']}" if location else None


def source(stack: Stack, wished: str | None) -> str:
    """Where a revision is: a folder or a zip on disk, an address on S3, or a key of the artifacts bucket."""
    if wished and Path(wished).exists():
        return str(Path(wished).absolute())
    if wished and wished.startswith("s3://"):
        return wished
    key = wished or stack.outputs.get("ShopRevisionKey")
    if not key:
        raise UsageError(
            f"{stack.name} in {stack.region} names no revision of the shop.",
            fix="Deploy it again, or name one with --revision.",
        )
    return f"s3://{stack.parameters['ArtifactsBucket']}/{key}"


def _address(place: int, port: int) -> tuple[str, int]:
    """An address of its own for each region; a port of its own where 127.0.0.1 is all there is."""
    host = f"127.0.0.{11 + place}"
    with socket.socket() as probe:
        try:
            probe.bind((host, 0))
        except OSError as problem:
            if problem.errno != errno.EADDRNOTAVAIL:
                raise
            return "127.0.0.1", port + place
    return host, port
