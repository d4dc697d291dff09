"""What an auditor asks for: who approved what, what was known beforehand, what is as it was, and the seal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scripts.drill.page.markup import (
    Cell,
    Markup,
    bullets,
    code,
    folded,
    pairs,
    paragraph,
    section,
    table,
    tag,
    text,
)
from scripts.drill.report.words import seconds

_KINDS = {
    "passed": "good",
    "warned": "medium",
    "refused": "bad",
    "unknown": "medium",
    "not applicable": "info",
}


def sections(said: Mapping[str, Any]) -> Iterator[Markup]:
    """The rest of the page."""
    yield section("Preflight", _checks(said["preflight"]), id="preflight")
    yield section("Verification", _checks(said["verification"]), id="verification")
    yield section("Before and after", _configuration(said), id="configuration")
    yield section(
        "Not measured",
        table(("store", "why"), said["unmeasured"].items()),
        id="unmeasured",
    )
    yield section("Scope", _scope(said), id="scope")
    yield section("Evidence", _seal(said), _plan(said), id="evidence")


def _checks(checks: Sequence[Mapping[str, Any]]) -> Markup:
    """The last column only where there is something to do."""
    heads = ("check", "verdict", "found", "expected", "what to do")
    columns = len(heads) if any(check["remedy"] for check in checks) else len(heads) - 1
    rows = (
        (
            check["name"],
            tag(check["verdict"], _KINDS.get(check["verdict"], "medium")),
            check["found"],
            check["expected"],
            check["remedy"],
        )
        for check in checks
    )
    return table(heads[:columns], (row[:columns] for row in rows), kind="checks")


def _configuration(said: Mapping[str, Any]) -> Markup:
    rows: list[Sequence[Cell]] = [
        (
            one["step"],
            _json(one["before"]),
            _json(one["after"]),
            tag("differs", "bad") if one["differs"] else tag("as it was", "good"),
        )
        for one in said["configuration"]
    ]
    afterwards = said["plan_afterwards"]
    if afterwards is None:
        words = "Whether tradewind plan would change something afterwards was not asked."
    elif afterwards:
        words = f"tradewind plan would change something: {'; '.join(afterwards)}"
    else:
        words = "tradewind plan changes nothing: the templates and the environment say the same."
    return Markup(
        f"{table(('change', 'before', 'after', ''), rows, kind='checks')}{paragraph(words)}"
    )


def _json(given: Any) -> Cell:
    if given is None:
        return "not read"
    return code(json.dumps(given, indent=1, sort_keys=True, ensure_ascii=False))


def _scope(said: Mapping[str, Any]) -> Markup:
    scope = said["scope"]
    return Markup(
        f"<h3>Included</h3>{bullets(scope['included'])}<h3>Not included</h3>{bullets(scope['excluded'])}"
        f"<h3>Deviations from the plan</h3>"
        f"{bullets(said['deviations']) or paragraph('None: it went as it was approved.')}"
    )


def _seal(said: Mapping[str, Any]) -> Markup:
    whole = (
        Markup(f"{tag('broken', 'bad')} {text(said['journal_broken'])}")
        if said["journal_broken"]
        else tag("whole", "good")
    )
    versions = ", ".join(f"{name} {version}" for name, version in said["versions"].items())
    return pairs(
        {
            "approved by": said["approval"]["approver"],
            "plan": code(said["approval"]["hash"]),
            "journal": Markup(f"{text(str(said['journal_lines']))} lines, {whole}"),
            "its head": code(said["journal_head"]) if said["journal_head"] else "",
            "recompute it": code(
                f"tradewind failover-drill verify-journal {said['environment']} --journal {said['journal']}"
            ),
            "largest stall": _stall(said),
            "clock": f"{said['speed']:g}\u00d7" if said["speed"] != 1 else "real time",
            "versions": versions,
            "schema": code(said["schema"]),
        },
        "seal",
    )


def _stall(said: Mapping[str, Any]) -> str:
    if said["stall_s"] is None:
        return ""
    judged = "the figures count" if said["valid"] else "the figures do not count"
    return f"{seconds(said['stall_s'])}: {judged}"


def _plan(said: Mapping[str, Any]) -> Markup:
    changes = table(
        ("change", "announced", "made", "undone"),
        (
            (
                one["step"],
                seconds(one["intended_s"]),
                seconds(one["made_s"]),
                seconds(one["undone_s"]),
            )
            for one in said["timeline"]["changes"]
        ),
        caption="What was changed, in seconds since the fault",
    )
    notes = table(
        ("when", "the journal's note"),
        ((seconds(one["s"]), one["words"]) for one in said["timeline"]["notes"]),
    )
    plan = Markup(f"<pre>{text(json.dumps(said['plan'], indent=1, sort_keys=True))}</pre>")
    return Markup(f"{changes}{notes}{folded('The plan that was approved', plan)}")
