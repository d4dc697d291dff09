"""A wave's plan as somebody reads it who has to decide: the verdict first, then what weighs most.

The page and the terminal's tree are two renderings of this, so that they have the same order and words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property
from typing import Any

from scripts.changes import NESTED_STACK
from scripts.deploy.explanations import Certainty, Explained, Explanation, PropertyChange
from scripts.deploy.gates.judgement import Judged, Judgement
from scripts.deploy.plan import WavePlan


class Weight(IntEnum):
    """How much a change weighs for whoever decides, the heaviest first."""

    STOPPED = 0
    DATA = 1
    GONE = 2
    OUTAGE = 3
    PERHAPS = 4
    BRIEF = 5
    CHANGED = 6
    ADDED = 7
    NOTHING = 8


#: What a plan is called by the heaviest of its changes.
_TITLES = {
    Weight.STOPPED: "Stopped by the gates",
    Weight.DATA: "Data goes with this plan",
    Weight.GONE: "Something that stands is replaced or removed",
    Weight.OUTAGE: "Something is away while this is deployed",
    Weight.PERHAPS: "Something may be replaced",
    Weight.BRIEF: "Short interruptions",
    Weight.CHANGED: "Nothing is known that this would interrupt",
    Weight.ADDED: "Only additions",
    Weight.NOTHING: "No resource changes",
}


@dataclass(frozen=True)
class Node:
    """One change in its place; of a nested stack, with the changes inside it, the heaviest first."""

    explained: Explained
    judged: tuple[Judged, ...] = ()
    inside: tuple[Node, ...] = ()

    @property
    def is_stack(self) -> bool:
        """Whether it is a nested stack, which is no resource of its own."""
        return self.explained.change.type == NESTED_STACK

    @cached_property
    def weight(self) -> Weight:
        """Its own, or the heaviest of what is inside."""
        own = Weight.NOTHING if self.is_stack else _weight(self.explained)
        if any(one.refused for one in self.judged):
            own = Weight.STOPPED
        return min([own, *(node.weight for node in self.inside)])

    @property
    def is_new(self) -> bool:
        """Whether it is a nested stack that does not stand yet."""
        return self.is_stack and self.explained.change.action == "Add"

    def resources(self) -> Iterator[Node]:
        """What is no nested stack, this one and below."""
        if not self.is_stack:
            yield self
        for node in self.inside:
            yield from node.resources()


@dataclass(frozen=True)
class Verdict:
    """What is said before anything else."""

    weight: Weight
    title: str
    words: str


@dataclass(frozen=True)
class Reading:
    """The plan of one wave. Without `judgement` no gate was asked yet, which is said."""

    environment: str
    account: str
    hash: str
    explanation: Explanation
    judgement: Judgement | None = None
    change_set: str = ""
    digest: str = ""
    lookups: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def wave(self) -> str:
        """`platform in us-east-1`."""
        return f"{self.explanation.root} in {self.explanation.region}"

    @cached_property
    def tree(self) -> tuple[Node, ...]:
        """The changes of the root's stack, the heaviest first."""
        judged = self.judgement.judged if self.judgement else ()
        return _tree(self.explanation.changes, judged)

    @property
    def resources(self) -> tuple[Node, ...]:
        """Every changed resource, in the order of the tree."""
        return tuple(one for node in self.tree for one in node.resources())

    @property
    def stopped(self) -> tuple[Judged, ...]:
        """What stops the plan."""
        return self.judgement.refused if self.judgement else ()

    @cached_property
    def verdict(self) -> Verdict:
        """What is said first."""
        if self.stopped:
            many = "findings stop" if len(self.stopped) > 1 else "finding stops"
            words = f"{len(self.stopped)} {many} it; nobody can approve it unless each is mended or waived."
            return Verdict(Weight.STOPPED, _TITLES[Weight.STOPPED], words)
        weight = min((node.weight for node in self.tree), default=Weight.NOTHING)
        used = len(self.judgement.used) if self.judgement else 0
        said = [summary(self.resources)]
        if used:
            said.append(f"{used} waiver{'s' * (used != 1)} let it pass")
        if self.judgement is None:
            said.append("the gates were not asked")
        return Verdict(weight, _TITLES[weight], "; ".join(said) + ".")

    @staticmethod
    def of(plan: WavePlan, explanation: Explanation, judgement: Judgement | None = None) -> Reading:
        """The reading of a plan that stands as a change set."""
        return Reading(
            plan.environment,
            plan.account,
            plan.hash,
            explanation,
            judgement,
            plan.change_set.name,
            plan.inputs.digest,
            plan.recorded,
            plan.inputs.left_out,
        )

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "verdict": {
                "weight": self.verdict.weight.name.lower(),
                "title": self.verdict.title,
                "words": self.verdict.words,
            },
            "resources": counts(self.resources),
            "explanation": self.explanation.to_json(),
            "gates": self.judgement.to_json() if self.judgement else None,
        }


def fate(one: Explained) -> str:
    """What becomes of the resource, in a few words."""
    kept = {"Retain": ", the old one is kept", "Snapshot": ", a snapshot of the old one is kept"}
    match one.change.action, one.replacement:
        case ("Add", _):
            return "added"
        case ("Import", _):
            return "imported"
        case ("Remove", _) if one.certainty is Certainty.PHANTOM:
            return "not removed after all"
        case ("Remove", _) if one.policy in ("Retain", "RetainExceptOnCreate"):
            return "leaves the stack and is kept"
        case ("Remove", _):
            return "removed" + (", a snapshot is kept" if one.policy == "Snapshot" else "")
        case (_, Certainty.CERTAIN):
            return "replaced" + kept.get(one.policy, "")
        case (_, Certainty.POSSIBLE):
            return "perhaps replaced" + kept.get(one.policy, "")
        case (_, Certainty.PHANTOM):
            return "announced as a replacement, and will be none"
    match one.certainty:
        case Certainty.PHANTOM:
            return "announced, and will not change"
        case Certainty.POSSIBLE:
            return "perhaps changed"
    return "changed"


def counts(nodes: Iterable[Node]) -> dict[str, int]:
    """How many resources come, change, are replaced, may be, go, and are announced in vain."""
    totals = dict.fromkeys(("add", "change", "replace", "may_replace", "remove", "phantom"), 0)
    for node in nodes:
        totals[_counted(node.explained)] += 1
    return totals


def summary(nodes: Iterable[Node]) -> str:
    """`3 to add, 1 to replace`; or that no resource changes."""
    words = {
        "remove": "to remove",
        "replace": "to replace",
        "may_replace": "perhaps to replace",
        "change": "to change",
        "add": "to add",
        "phantom": "announced in vain",
    }
    numbers = counts(nodes)
    said = ", ".join(f"{numbers[key]} {what}" for key, what in words.items() if numbers[key])
    return said or "no resource, only values of nested stacks or outputs"


def name(change: PropertyChange) -> str:
    """What changes: a property by its path, another attribute by CloudFormation's word for it."""
    if change.attribute == "Properties":
        return change.path
    return f"{change.attribute} {change.path}".strip()


def parts(change: PropertyChange) -> Iterator[PropertyChange]:
    """What really differs within a property, part by part; itself where it has no parts."""
    if not change.within:
        yield change
    for part in change.within:
        yield from parts(replace(part, why=part.why or change.why))


def chain(why: Sequence[str]) -> str:
    """The way back to where a change was decided."""
    return f"because {' ← '.join(why)}"


def passed(judged: Judged) -> str:
    """A finding that stops nothing: why it does not."""
    if judged.waiver is not None:
        waiver = judged.waiver
        return f"waived until {waiver.until} ({waiver.reason}, {waiver.place}): {judged.finding}"
    return f"{'accepted' if judged.accepted else 'to be seen'}: {judged.finding}"


def _counted(one: Explained) -> str:
    if one.certainty is Certainty.PHANTOM:
        return "phantom"
    match one.change.action, one.replacement:
        case ("Add" | "Import", _):
            return "add"
        case ("Remove", _):
            return "remove"
        case (_, Certainty.CERTAIN):
            return "replace"
        case (_, Certainty.POSSIBLE):
            return "may_replace"
    return "change"


def _weight(one: Explained) -> Weight:
    if one.certainty is Certainty.PHANTOM:
        return Weight.NOTHING
    if one.effect.level == "data":
        return Weight.DATA
    if one.change.action == "Remove" or one.replacement is Certainty.CERTAIN:
        return Weight.GONE
    if one.effect.level == "outage":
        return Weight.OUTAGE
    if one.replacement is Certainty.POSSIBLE:
        return Weight.PERHAPS
    if one.effect.level == "brief":
        return Weight.BRIEF
    return Weight.ADDED if one.change.action in ("Add", "Import") else Weight.CHANGED


def _tree(changes: Sequence[Explained], judged: Sequence[Judged]) -> tuple[Node, ...]:
    """Every change below the nearest one that holds it, so that none is lost."""
    inside, findings = defaultdict(list), defaultdict(list)
    known = {one.path for one in changes}
    for one in changes:
        above = one.path[:-1]
        while above and above not in known:
            above = above[:-1]
        inside[above].append(one)
    for each in judged:
        findings[each.finding.path].append(each)

    def nodes(above: tuple[str, ...]) -> tuple[Node, ...]:
        made = (Node(one, tuple(findings[one.path]), nodes(one.path)) for one in inside[above])
        return tuple(sorted(made, key=lambda node: node.weight))

    return nodes(())
