"""Approve the plan that waits in the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import answer_options, environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command()
@environment_argument
@answer_options
@click.pass_obj
def approve(
    context: Context, environment: Environment, hash: str | None, wave: str | None, reason: str
) -> None:
    """Approve the plan that waits in ENV's pipeline, by its hash.

    You act as the environment's operator, under your own name; the pipeline's Gate sees that the plan that
    stands is the one of this hash before anything is executed.

    \b
    Examples:
      tradewind approve dev 3f6a1c09be27d458 --reason "read it, fine" --sandbox
      tradewind approve prod 3f6a1c09be27d458 --wave primary --reason "change 4711"
    """
    from scripts.answering import answer

    answer(context, environment, hash, wave, reason, "Approved")
