"""Who may let a plan be executed, and how: outside production --yes will do, in production it will not."""

from __future__ import annotations

from collections.abc import Collection
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
class Approval:
    """How plans of one command are approved. Raises Refused for one that is not."""

    environment: str
    terminal: Terminal
    yes: bool = False
    hashes: Collection[str] = ()

    def __call__(self, plan: WavePlan) -> None:
        """Return if the plan may be executed."""
        if plan.hash in self.hashes:
            return
        if self.hashes:
            raise Refused(
                f"The plan for {plan.wave} is {plan.hash}, which was not approved.",
                fix=f"Nothing was changed by it. Read it, then add: --approve {plan.hash}",
            )
        if self.yes:
            refuse_yes_in_production(self.environment, yes=True)
            return
        self._ask(plan)

    def _ask(self, plan: WavePlan) -> None:
        production = is_production(self.environment)
        if not self.terminal.interactive:
            passing = f"--approve {plan.hash}"
            raise Refused(
                f"The plan for {plan.wave} waits for approval, and nobody is there to give it.",
                fix=f"Pass {passing}." if production else f"Pass --yes, or {passing}.",
            )
        if production:
            approved = named(self.terminal, self.environment, f"to execute plan {plan.hash}")
        else:
            approved = self.terminal.confirm(f"Execute plan {plan.hash} for {plan.wave}?")
        if not approved:
            raise NotApproved(
                f"The plan for {plan.wave} was not approved; nothing was changed by it."
            )


@dataclass(frozen=True)
class DrillApproval:
    """How the plan of a failover drill is approved; by its hash, in production too."""

    environment: str
    terminal: Terminal
    yes: bool = False
    hashes: Collection[str] = ()

    def refuse_another(self, hash: str) -> None:
        """Raise Refused where hashes were approved, and not this one's: before anything is asked of AWS."""
        if self.hashes and hash not in self.hashes:
            raise Refused(
                f"The plan of this drill is {hash}, which was not approved.",
                fix=f"Nothing was changed. Read it (tradewind failover-drill plan {self.environment}), "
                f"then pass --approve {hash}.",
            )

    def __call__(self, hash: str) -> str:
        """How it was approved. Raises Refused where it was not."""
        self.refuse_another(hash)
        if self.hashes:
            return "--approve"
        if self.yes:
            refuse_yes_in_production(self.environment, yes=True)
            return "--yes"
        production = is_production(self.environment)
        if not self.terminal.interactive:
            passing = f"--approve {hash}"
            raise Refused(
                "The drill waits for approval, and nobody is there to give it.",
                fix=f"Pass {passing}." if production else f"Pass --yes, or {passing}.",
            )
        approved = (
            named(self.terminal, self.environment, f"to begin drill {hash}")
            if production
            else self.terminal.confirm(f"Begin drill {hash}?")
        )
        if not approved:
            raise NotApproved("The drill was not approved; nothing was changed.")
        return "asked"

    def of_data(self) -> None:
        """Let the database be moved: the environment's name is typed in, wherever it is. Raises Refused."""
        if not self.terminal.interactive:
            raise Refused(
                "Moving the database is approved while the drill goes on, and nobody is there to do it.",
                fix="Run it where the environment's name can be typed in.",
            )
        if not named(self.terminal, self.environment, "to move its database"):
            raise NotApproved(
                "The database was not moved: the environment's name was not typed in."
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
