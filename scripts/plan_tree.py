"""A plan's reading as lines for a terminal: the verdict, then the tree, the heaviest first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from scripts.deploy.explanations import Certainty, Explained, Value
from scripts.plan_reading import Node, Reading, Weight, chain, fate, name, parts, passed, summary

#: Characters of a value that a line shows.
_SHOWN = 72

_SIGNS = {"Add": "+", "Import": "<", "Remove": "-"}
_COLOURS = {
    Weight.STOPPED: "red",
    Weight.DATA: "red",
    Weight.GONE: "red",
    Weight.OUTAGE: "yellow",
    Weight.PERHAPS: "yellow",
    Weight.BRIEF: "yellow",
    Weight.ADDED: "green",
    Weight.NOTHING: "dim",
}


class Line(NamedTuple):
    """One line, and the terminal's name of its colour; empty for none."""

    text: str
    colour: str = ""


def lines(reading: Reading, *, whole: bool = False) -> Iterator[Line]:
    """The reading. With `whole`, what comes anew is listed too, and what is announced in vain.

    Whatever is written into a plan, no line breaks or moves the cursor.
    """
    for line in _lines(reading, whole=whole):
        yield Line(_printable(line.text), line.colour)


def painted(
    reading: Reading, paint: Callable[[str, str], str], *, whole: bool = False, margin: str = ""
) -> Iterator[str]:
    """The same as `paint` colours it (Terminal.paint: on a terminal, and else not at all)."""
    for text, colour in lines(reading, whole=whole):
        yield paint(f"{margin}{text}", colour) if colour else f"{margin}{text}"


def _lines(reading: Reading, *, whole: bool) -> Iterator[Line]:
    verdict = reading.verdict
    yield Line(f"{verdict.title}: {verdict.words}", _COLOURS.get(verdict.weight, "bold"))
    for judged in reading.stopped:
        yield Line(f"  stopped: {judged}", "red")
    for note in reading.explanation.notes:
        yield Line(f"  {note}")
    yield from tree(reading.tree, whole=whole)
    if reading.judgement:
        for judged in reading.judgement.shown:
            yield Line(f"  {passed(judged)}", "yellow" if judged.waiver else "")


def tree(nodes: Sequence[Node], *, whole: bool = False, depth: int = 0) -> Iterator[Line]:
    """The tree alone."""
    margin = "  " * depth
    vain = 0
    for node in nodes:
        if node.weight is Weight.NOTHING and not node.is_stack and not whole:
            vain += 1
            continue
        colour = _COLOURS.get(node.weight, "")
        if node.is_stack:
            yield Line(f"{margin}{_sign(node.explained)} {_stack(node)}", colour)
            if whole or not node.is_new:
                yield from tree(node.inside, whole=whole, depth=depth + 1)
            continue
        yield Line(f"{margin}{_sign(node.explained)} {_resource(node.explained)}", colour)
        if whole or node.weight <= Weight.CHANGED:
            yield from (Line(f"{margin}    {said}", "dim") for said in _details(node.explained))
        yield from (
            Line(f"{margin}    stopped: {one}", "red") for one in node.judged if one.refused
        )
    if vain:
        yield Line(f"{margin}{vain} announced in vain (-v lists them)", "dim")


def _sign(one: Explained) -> str:
    if one.certainty is Certainty.PHANTOM:
        return "="
    if one.replacement in (Certainty.CERTAIN, Certainty.POSSIBLE):
        return "!"
    return _SIGNS.get(one.change.action, "~")


def _stack(node: Node) -> str:
    return f"{node.explained.path[-1]} (nested stack): {summary(node.resources())}"


def _resource(one: Explained) -> str:
    said = f"{one.path[-1]} ({one.change.type}) {fate(one)}"
    return f"{said}: {one.effect.words}" if one.effect.words else said


def _details(one: Explained) -> Iterator[str]:
    """What changes from what to what, why, what will go wrong, and where it was written."""
    told: set[tuple[str, ...]] = set()
    for change in (part for whole in one.properties for part in parts(whole)):
        if change.certainty is Certainty.PHANTOM:
            yield f"{name(change)}: announced, and stays as it is"
        else:
            yield f"{name(change)}: {value(change.before)} → {value(change.after)}"
        if change.why:
            told.add(change.why)
            yield f"  {chain(change.why)}"
    if one.why and one.why not in told:
        yield chain(one.why)
    yield from (f"mind: {warning}" for warning in one.warnings)
    if one.line:
        yield f"written in {one.line}"


def value(given: Value) -> str:
    """A value on one line, and no longer than a line takes."""
    if given is None:
        return "(none)"
    text = given if isinstance(given, str) else json.dumps(given, sort_keys=True, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
