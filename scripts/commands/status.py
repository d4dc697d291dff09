"""Show what stands of an environment, and who is changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.inventory import Stack


@click.command()
@environment_argument
@click.option("--resources", is_flag=True, help="List every resource, too.")
@click.pass_obj
def status(context: Context, environment: Environment, resources: bool) -> None:
    """Show the stacks of ENV in its regions. Changes nothing.

    \b
    Examples:
      tradewind status dev --sandbox
      tradewind status prod --json
    """
    from scripts import inventory
    from scripts.lease import DEPLOY, Leases

    aws = context.connect(environment)
    aws.verify_account()
    held = Leases(aws, environment.primary_region).read(DEPLOY)
    stacks = [stack for region in environment.regions for stack in inventory.roots(aws, region)]
    described = [_described(aws, stack) for stack in stacks]
    if held is not None:
        context.terminal.say(f"{environment.name} is being changed by {held}")
    if not stacks:
        context.terminal.out(f"nothing of {environment.name} stands")
    else:
        context.terminal.table(
            ("REGION", "ROOT", "STATUS", "NESTED", "RESOURCES", "UPDATED"),
            [
                (
                    stack.region,
                    stack.root,
                    stack.status,
                    said["nested"],
                    len(said["resources"]),
                    stack.updated[:19],
                )
                for stack, said in zip(stacks, described, strict=True)
            ],
        )
    if resources:
        for stack, said in zip(stacks, described, strict=True):
            context.terminal.out(f"\n{stack.name} in {stack.region}")
            context.terminal.table(
                ("RESOURCE", "TYPE", "STATUS", "PHYSICAL ID"),
                [(one["path"], one["type"], one["status"], one["id"]) for one in said["resources"]],
            )
    context.terminal.data(
        {
            "environment": environment.name,
            "held_by": str(held) if held else None,
            "stacks": described,
        }
    )


def _described(aws: Aws, stack: Stack) -> dict[str, Any]:
    from scripts import inventory
    from scripts.changes import NESTED_STACK

    resources = list(inventory.resources(aws, stack.region, stack.id))
    return {
        "name": stack.name,
        "root": stack.root,
        "region": stack.region,
        "status": stack.status,
        "reason": stack.reason,
        "id": stack.id,
        "protected": stack.protected,
        "updated": stack.updated,
        "outputs": dict(stack.outputs),
        "nested": sum(resource.type == NESTED_STACK for resource in resources),
        "resources": [
            {
                "path": "/".join(resource.path),
                "type": resource.type,
                "status": resource.status,
                "id": resource.physical_id,
            }
            for resource in resources
        ],
    }
