"""Follow an execution of the pipeline, from whatever machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import approve_option, environment_argument, yes_option

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.approval import Approval
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.deploy.pipeline.runs import Run
    from scripts.telling import Telling


@click.command()
@environment_argument
@click.argument("execution", metavar="[EXECUTION]", required=False)
@click.option(
    "--list", "listing", is_flag=True, help="List the latest executions, and follow none."
)
@yes_option
@approve_option
@click.option("--reason", metavar="TEXT", default="", help="Why it is approved.")
@click.pass_obj
def watch(
    context: Context,
    environment: Environment,
    execution: str | None,
    listing: bool,
    yes: bool,
    hashes: tuple[str, ...],
    reason: str,
) -> None:
    """Follow an execution of ENV's pipeline to its end: the one that goes on, or else the latest.

    It shows what `deploy` shows, from any machine, whatever became of who began it; on a terminal it asks
    for approvals, too. Ctrl-C ends the following, not the execution.

    \b
    Examples:
      tradewind watch dev --sandbox
      tradewind watch prod 7c1f --approve 3f6a1c09be27d458 --reason "as rehearsed"
      tradewind watch prod --list
    """
    from scripts import approval
    from scripts.deploy.pipeline import runs
    from scripts.errors import TradewindError
    from scripts.telling import Telling

    approval.refuse_yes_in_production(environment.name, yes=yes)
    aws = context.connect(environment)
    aws.verify_account()
    if listing:
        _list(context, aws)
        return
    run = runs.find(aws, environment.primary_region, execution)
    telling = Telling(context.terminal, environment.name)
    approve = approval.Approval(environment.name, context.terminal, yes, hashes)
    try:
        _attend(context, aws, environment, telling, approve, reason, run)
    except TradewindError as error:
        telling.failed(error)
        raise
    context.terminal.data(telling.document)


def _attend(
    context: Context,
    aws: Aws,
    environment: Environment,
    telling: Telling,
    approve: Approval,
    reason: str,
    run: Run,
) -> None:
    from scripts.attending import Attending
    from scripts.deploy import release, waves
    from scripts.deploy.planner import Planner
    from scripts.execution_events import ExecutionJoined

    built = release.read(context.project)
    order = waves.roll_out(built.roots, environment.places)
    telling.tell([ExecutionJoined(environment.name, run.id, run.status, run.starter, "")])
    Attending(
        aws,
        environment,
        Planner(aws, environment, built, order),
        context.terminal,
        telling,
        approve,
        reason or "approved in tradewind watch",
        waits=not approve.hashes,
    ).to_the_end(run.id)


def _list(context: Context, aws: Aws) -> None:
    from scripts.deploy.pipeline import runs

    found = runs.listed(aws, aws.environment.primary_region)
    context.terminal.table(
        ("EXECUTION", "STATUS", "STARTED", "BY"),
        [(run.id, run.status, f"{run.started:%Y-%m-%d %H:%M}", run.starter) for run in found],
    )
    context.terminal.data(
        {
            "environment": aws.environment.name,
            "executions": [
                {
                    "id": run.id,
                    "status": run.status,
                    "started": run.started,
                    "by": run.starter,
                }
                for run in found
            ],
        }
    )
