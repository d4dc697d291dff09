"""Who may let a plan be executed, and how: outside production --yes will do, in production it will not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.errors import Refused

if TYPE_CHECKING:
    from scripts.deploy.plan import WavePlan
    from scripts.terminal import Terminal

PRODUCTION = "prod"


class NotApproved(Refused):
    """Somebody was asked and said no."""


def is_production(environment: str) -> bool:
    """Whether an environment is the one that customers use."""
    return environment == PRODUCTION


def refuse_yes_in_production(environment: str, *, yes: bool) -> None:
    """--yes approves what nobody has read: production refuses it before anything else is done."""
    if yes and is_production(environment):
        raise Refused(
            f"{environment} is production: --yes is not accepted there.",
            fix="Approve what you have read: --approve HASH (from `tradewind plan`), "
            "or type the environment's name when asked.",
        )


def refuse_loss_in_production(environment: str, accepted: Collection[str]) -> None:
    """--accept-loss leaves no reason and has no end: production takes a waiver instead."""
    if accepted and is_production(environment):
        raise Refused(
            f"{environment} is production: --accept-loss is not accepted there.",
            fix="Write a waiver into params/waivers.yaml, with its reason and its end.",
        )


@dataclass(frozen=True)
class Proposal:
    """What waits for approval: `name` begins a sentence, `deed` says what typing in the environment's name
    does, `question` is asked where a yes is enough.
    """

    hash: str
    name: str
    deed: str
    question: str


@dataclass(frozen=True)
class Approval:
    """How what one command proposes is approved: by its hash, outside production by --yes, else by somebody
    who is asked. Raises Refused for what is not.
    """

    environment: str
    terminal: Terminal
    yes: bool = False
    hashes: Collection[str] = ()

    def __call__(self, plan: WavePlan) -> None:
        """Return if the plan may be executed."""
        self.of(
            Proposal(
                plan.hash,
                f"The plan for {plan.wave}",
                f"to execute plan {plan.hash}",
                f"Execute plan {plan.hash} for {plan.wave}?",
            )
        )

    def of(self, proposed: Proposal) -> str:
        """How it was approved."""
        self.refuse_another(proposed)
        if self.hashes:
            return "--approve"
        if self.yes:
            refuse_yes_in_production(self.environment, yes=True)
            return "--yes"
        self._ask(proposed)
        return "asked"

    def refuse_another(self, proposed: Proposal) -> None:
        """Raise Refused where hashes were approved, and its own is none of them."""
        if self.hashes and proposed.hash not in self.hashes:
            raise Refused(
                f"{proposed.name} is {proposed.hash}, which was not approved.",
                fix=f"Nothing was changed by it. Read it, then pass --approve {proposed.hash}.",
            )

    def _ask(self, proposed: Proposal) -> None:
        production = is_production(self.environment)
        if not self.terminal.interactive:
            passing = f"--approve {proposed.hash}"
            raise Refused(
                f"{proposed.name} waits for approval, and nobody is there to give it.",
                fix=f"Pass {passing}." if production else f"Pass --yes, or {passing}.",
            )
        approved = (
            named(self.terminal, self.environment, proposed.deed)
            if production
            else self.terminal.confirm(proposed.question)
        )
        if not approved:
            raise NotApproved(f"{proposed.name} was not approved; nothing was changed by it.")


@contextmanager
def of_data(terminal: Terminal, environment: str) -> Iterator[Callable[[], bool]]:
    """Ask whether the database may be moved: the environment's name is typed in, wherever it is.

    What it gives says whether that was answered, and raises NotApproved for a no. Raises Refused where
    nobody is there.
    """
    refuse_unattended_move(terminal)
    with terminal.asking(f"Type {environment} to move its database:") as question:

        def approved() -> bool:
            if (said := question.answer()) is None:
                return False
            if said != environment:
                raise NotApproved(
                    "The database was not moved: the environment's name was not typed in."
                )
            return True

        yield approved


def refuse_unattended_move(terminal: Terminal) -> None:
    """Raise Refused where nobody is there to be asked whether the database may be moved."""
    if not terminal.interactive:
        raise Refused(
            "Moving the database is approved while the drill goes on, and nobody is there to do it.",
            fix="Run it where the environment's name can be typed in.",
        )


def approve_destruction(terminal: Terminal, environment: str, *, yes: bool) -> None:
    """Let an environment be destroyed, or raise Refused."""
    refuse_yes_in_production(environment, yes=yes)
    if yes:
        return
    if not terminal.interactive:
        raise Refused(
            f"Destroying {environment} has to be confirmed, and nobody is there to do it.",
            fix="Run it where the environment's name can be typed in."
            if is_production(environment)
            else "Pass --yes.",
        )
    if not named(terminal, environment, "to destroy it"):
        raise Refused(f"{environment} was not destroyed: its name was not typed in.")


def named(terminal: Terminal, environment: str, what_for: str) -> bool:
    """Whether somebody types in the environment's name."""
    return terminal.ask(f"Type {environment} {what_for}:") == environment
