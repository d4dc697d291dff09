"""What report.json may be, in JSON Schema 2020-12: for whoever reads it, and for our tests.

Nothing validates at run time: a report of what went wrong must be written whatever it is. Every member is
always there. Durations and offsets are seconds of the drill's time; offsets count from the fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from scripts.checks import Verdict as Found
from scripts.drill.plan import Trigger
from scripts.drill.report.document import SCHEMA
from scripts.drill.report.findings import Severity
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State

Schema: TypeAlias = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}
_ANYTHING: Schema = {"type": "object"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _by_name(of: Schema) -> Schema:
    return {"type": "object", "additionalProperties": of}


def _one_of(values: Sequence[str]) -> Schema:
    return {"enum": [str(value) for value in values]}


def _record(**members: Schema) -> Schema:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


_SECONDS = _or_null(_NUMBER)
_TEXTS = _list(_TEXT)
_RUNS: Schema = {
    "type": "array",
    "items": {"type": "array", "prefixItems": [_NUMBER, _NUMBER, _TEXT], "items": False},
}
_POINTS: Schema = {
    "type": "array",
    "items": {"type": "array", "prefixItems": [_NUMBER, _NUMBER], "items": False},
}
_CHECK = _record(
    name=_TEXT, verdict=_one_of(tuple(Found)), found=_TEXT, expected=_TEXT, remedy=_TEXT
)
_MARK = _or_null(_record(at=_TEXT, s=_NUMBER))

_LANES = _record(
    from_s=_NUMBER,
    to_s=_NUMBER,
    step_s=_NUMBER,
    checks=_list(
        _record(
            check=_TEXT,
            role=_TEXT,
            inverted=_FLAG,
            checkers=_list(_record(checker=_TEXT, runs=_RUNS)),
            said=_by_name(_COUNT),
        )
    ),
    dns=_list(_record(server=_TEXT, runs=_RUNS)),
    clients=_list(_record(client=_TEXT, runs=_RUNS)),
    clients_total=_COUNT,
    orders=_RUNS,
    lag=_list(_record(store=_TEXT, points=_POINTS)),
    alarms=_list(_record(alarm=_TEXT, region=_TEXT, runs=_RUNS)),
)

_HEAD: dict[str, Schema] = {
    "schema": _said({"const": SCHEMA}, "The version of this document."),
    "drill": _said(_TEXT, "The drill's id."),
    "environment": _said(_TEXT, "Whose regions they are."),
    "trigger": _said(_one_of(tuple(Trigger)), "How the primary was left."),
    "rehearsal": _said(_FLAG, "Whether it was the sandbox, not AWS."),
    "rehearsal_words": _said(_TEXT, "What a rehearsal is worth; empty on AWS."),
    "verdict": _said(_one_of(tuple(Verdict)), "What it comes to."),
    "verdict_words": _said(_TEXT, "The same in a sentence."),
    "exit_code": _said({"enum": [0, 1, 3, 4]}, "That of the command."),
    "state": _said(_one_of(tuple(State)), "Where the drill ended."),
    "reason": _said(_TEXT, "Why it was aborted or handed over; empty where it ran its course."),
    "commands": _said(_TEXTS, "What a person has to run, exactly."),
    "rto_s": _said(_SECONDS, "T5 - T0: from the fault until the objective was held."),
    "rto_reason": _said(_TEXT, "Why there is none."),
    "rpo": _said(
        _SECONDS, "Seconds before the fault of the oldest order that the standby did not have."
    ),
    "rpo_reason": _said(_TEXT, "Why there is none."),
    "orders_acknowledged": _said(
        _COUNT, "Checkouts whose customer was told that the order is taken."
    ),
    "orders_stranded": _said(
        _COUNT, "Of those: not in the standby meanwhile, back with the primary."
    ),
    "orders_lost": _said(_COUNT, "Of those: in neither region afterwards."),
    "orders_unsettled": _said(_COUNT, "Of those: nobody could be asked."),
    "orders_unanswered": _said(_COUNT, "Orders that were taken though the customer got no answer."),
    "valid": _said(_FLAG, "Whether the figures count: the machine stood still for 10 s at most."),
    "stall_s": _said(_SECONDS, "The longest that the machine stood still."),
    "journal": _said(_TEXT, "Where the journal is."),
    "journal_head": _said(_TEXT, "The hash of its last line when this was written."),
    "journal_lines": _said(_COUNT, "How many there were then."),
    "journal_broken": _said(_TEXT, "What is wrong with its chain; empty where it is whole."),
    "report": _said(_TEXT, "Where the page is."),
}

_BODY: dict[str, Schema] = {
    "targets": _said(
        _list(
            _record(
                name=_TEXT,
                unit=_one_of(("s", "orders", "checks", "calls")),
                at_most=_NUMBER,
                measured=_SECONDS,
                reason=_TEXT,
                met=_FLAG,
            )
        ),
        "Every objective against what was measured.",
    ),
    "timeline": _said(
        _record(
            began=_TEXT,
            ended=_TEXT,
            zero=_TEXT,
            **dict.fromkeys(("t0", "t1", "t2", "t3", "t4", "t5"), _MARK),
            reasons=_by_name(_TEXT),
            states=_list(_record(state=_one_of(tuple(State)), s=_NUMBER)),
            changes=_list(
                _record(step=_TEXT, intended_s=_NUMBER, made_s=_SECONDS, undone_s=_SECONDS)
            ),
            notes=_list(_record(s=_NUMBER, words=_TEXT)),
        ),
        "T0 to T5 as ISO 8601 and as seconds since the fault, why one is missing, and the drill's course.",
    ),
    "durations": _said(
        _record(
            detection_s=_SECONDS,
            dns_s=_SECONDS,
            propagation_s=_SECONDS,
            recovery_s=_SECONDS,
            decision_s=_SECONDS,
            failback_s=_SECONDS,
            bound_s=_SECONDS,
        ),
        "T1 - T0, T2 - T1, T3 - T2, T5 - T3; apart from them the decision, the failback, and the bound "
        "within which the last client should have changed over.",
    ),
    "requests": _said(
        _record(
            total=_COUNT,
            failed=_COUNT,
            failed_percent=_SECONDS,
            by_region=_by_name(_COUNT),
            outcomes=_by_name(_by_name(_COUNT)),
            phases=_list(
                _record(
                    phase=_one_of(("before", "during", "after", "back")),
                    requests=_COUNT,
                    failed=_COUNT,
                    failed_percent=_SECONDS,
                    p50_s=_SECONDS,
                    p95_s=_SECONDS,
                    max_s=_SECONDS,
                )
            ),
            over_time=_list(
                _record(from_s=_NUMBER, to_s=_NUMBER, failed=_COUNT, served=_by_name(_COUNT))
            ),
            darkest_s=_SECONDS,
        ),
        "Failed over total from the fault on is the error budget that was spent; outcomes are all of the "
        "drill's, by region and status; darkest_s is the longest that one client had no good answer.",
    ),
    "orders": _said(
        _record(
            tried=_COUNT,
            acknowledged_by=_by_name(_COUNT),
            not_acknowledged=_COUNT,
            strays=_list(
                _record(order=_TEXT, number=_COUNT, acknowledged_by=_TEXT, fate=_TEXT, s=_NUMBER)
            ),
        ),
        "The checkouts, and each that did not end as its customer was told.",
    ),
    "lag": _said(
        _list(_record(store=_TEXT, peak_s=_SECONDS, readings=_COUNT, unmeasured=_TEXT)),
        "How far each store's copy was behind.",
    ),
    "unmeasured": _said(_by_name(_TEXT), "Of what nothing is known, and why."),
    "preflight": _said(_list(_CHECK), "What was checked before anything was touched."),
    "verification": _said(_list(_CHECK), "What the synthetic checkouts showed."),
    "configuration": _said(
        _list(_record(step=_TEXT, before=_ANYTHING, after=_or_null(_ANYTHING), differs=_TEXTS)),
        "What every change touched, before and after; differs says what is not as it was.",
    ),
    "plan_afterwards": _said(
        _or_null(_TEXTS),
        "What tradewind plan would change afterwards; null where it was not asked.",
    ),
    "findings": _said(
        _list(
            _record(severity=_one_of(tuple(Severity)), what=_TEXT, why=_TEXT, todo=_TEXT),
        ),
        "What deserves attention, the heaviest first.",
    ),
    "deviations": _said(_TEXTS, "Where it went otherwise than the plan."),
    "scope": _said(_record(included=_TEXTS, excluded=_TEXTS), "What it covered, and what not."),
    "approval": _said(_record(hash=_TEXT, approver=_TEXT), "Of which plan, and whose."),
    "versions": _said(_by_name(_TEXT), "Of the tool, the release, and what else took part."),
    "speed": _said(_NUMBER, "Drill seconds in a second; 1 on AWS."),
    "plan": _said(_ANYTHING, "The plan that was approved; its hash is in approval."),
    "wire": _said(_TEXTS, "Calls that the way out should not have made."),
    "lanes": _said(
        _LANES,
        "What every vantage held to be so: runs of from, until, what, in steps of step_s. The observations "
        "themselves are in observations.jsonl beside this file.",
    ),
    "close_up": _said(
        _or_null(_LANES), "The same until the shop was back, where the drill was much longer."
    ),
}

REPORT: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A failover drill",
    **_record(**_HEAD, **_BODY),
}
