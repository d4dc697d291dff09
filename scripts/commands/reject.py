"""Reject the plan that waits in the pipeline."""

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
def reject(
    context: Context, environment: Environment, hash: str | None, wave: str | None, reason: str
) -> None:
    """Reject the plan that waits in ENV's pipeline: the execution ends there.

    What it deployed before stays; what was rejected is not begun.

    \b
    Examples:
      tradewind reject dev --reason "the table would be replaced" --sandbox
      tradewind reject prod 3f6a1c09be27d458 --reason "not on a Friday"
    """
    from scripts.answering import answer

    answer(context, environment, hash, wave, reason, "Rejected")
