"""Who may let what a command proposes be done: by its hash, by --yes, by being asked, and not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scripts.approval import Approval, NotApproved, Proposal
from scripts.errors import Refused
from scripts.terminal import Terminal

DRILL = Proposal("3f6a", "The plan of this drill", "to begin drill 3f6a", "Begin drill 3f6a?")


class Somebody(Terminal):
    """Gives one answer, whatever is asked, and keeps the questions."""

    interactive = True

    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer, self.questions = answer, list[str]()

    def ask(self, question: str) -> str:
        self.questions.append(question)
        return self.answer


class Nobody(Terminal):
    interactive = False


def refused(attempt: Callable[[], object]) -> str:
    """What is said, and what to do."""
    with pytest.raises(Refused) as refusal:
        attempt()
    return f"{refusal.value.message} {refusal.value.fix}".strip()


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_its_hash_approves_it_anywhere(environment: str) -> None:
    assert Approval(environment, Nobody(), hashes=("0000", "3f6a")).of(DRILL) == "--approve"


def test_another_hash_approves_nothing_whatever_else_was_said() -> None:
    said = refused(lambda: Approval("dev", Somebody("y"), yes=True, hashes=("0000",)).of(DRILL))
    assert said == (
        "The plan of this drill is 3f6a, which was not approved. "
        "Nothing was changed by it. Read it, then pass --approve 3f6a."
    )


def test_a_yes_is_enough_outside_production() -> None:
    assert Approval("dev", Nobody(), yes=True).of(DRILL) == "--yes"
    assert "--yes is not accepted" in refused(
        lambda: Approval("prod", Somebody("prod"), yes=True).of(DRILL)
    )


@pytest.mark.parametrize(
    ("environment", "pass_"),
    [("dev", "Pass --yes, or --approve 3f6a."), ("prod", "Pass --approve 3f6a.")],
)
def test_where_nobody_is_there_it_says_what_to_pass(environment: str, pass_: str) -> None:
    assert refused(lambda: Approval(environment, Nobody()).of(DRILL)) == (
        f"The plan of this drill waits for approval, and nobody is there to give it. {pass_}"
    )


@pytest.mark.parametrize(
    ("environment", "answer", "question"),
    [
        ("dev", "y", "Begin drill 3f6a? [y/N]"),
        ("prod", "prod", "Type prod to begin drill 3f6a:"),
    ],
)
def test_who_is_asked_says_yes_or_in_production_its_name(
    environment: str, answer: str, question: str
) -> None:
    somebody = Somebody(answer)
    assert Approval(environment, somebody).of(DRILL) == "asked"
    assert somebody.questions == [question]


@pytest.mark.parametrize(("environment", "answer"), [("dev", "prod"), ("prod", "y"), ("prod", "")])
def test_anything_else_is_a_no(environment: str, answer: str) -> None:
    with pytest.raises(NotApproved, match="was not approved; nothing was changed by it"):
        Approval(environment, Somebody(answer)).of(DRILL)
