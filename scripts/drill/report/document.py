"""report.json: what a drill came to, for programs and for the page; schema.py says what each member is."""

from __future__ import annotations

from typing import Any

from scripts.drill.figures import Figures, Lag, Orders, Requests, Times
from scripts.drill.ledger import Fate
from scripts.drill.observations import Fetched, Ordered, Probed, Resolved
from scripts.drill.report.chronicle import Chronicle, chronicle
from scripts.drill.report.evidence import Evidence
from scripts.drill.report.findings import Facts, findings
from scripts.drill.report.lanes import Span, lanes
from scripts.drill.report.scope import deviations, scope
from scripts.drill.report.sentences import rehearsal, verdict_words
from scripts.drill.report.traffic import Traffic, columns, outcomes, traffic
from scripts.drill.report.verdict import judge, targets
from scripts.drill.report.words import instant

SCHEMA = "tradewind/failover-drill/1"

#: The time until the shop was back is shown closer where it is less than this share of the drill.
CLOSE = 0.4

_MARKS = ("t0", "t1", "t2", "t3", "t4", "t5")
#: What an auditor wants to see order by order; the others arrived, or were never promised.
_STRAY = (Fate.STRANDED, Fate.LOST, Fate.UNSETTLED, Fate.UNANSWERED)
#: What a drill asks by itself, at the time that the observation bears.
_ASKED = (Probed, Resolved, Fetched, Ordered)
_DURATIONS = ("detection", "dns", "propagation", "recovery")


def document(evidence: Evidence, page: str = "") -> dict[str, Any]:
    """The report; `page` is where its page is. The same evidence gives the same document."""
    plan, figures = evidence.plan, evidence.figures
    course = chronicle(evidence.journal.lines)
    times = Times() if figures is None else figures.times
    fetched = [seen for seen in evidence.observations if isinstance(seen, Fetched)]
    carried = traffic(fetched, times, course.back, plan.theatre.primary.name)
    span = _span(evidence, times)
    closer = _closer(evidence, times, span)
    verdict = judge(evidence)
    return {
        "schema": SCHEMA,
        "drill": evidence.drill,
        "environment": plan.environment,
        "trigger": str(plan.trigger),
        "rehearsal": evidence.setting.rehearsal,
        "rehearsal_words": rehearsal(evidence.setting),
        "verdict": str(verdict),
        "verdict_words": verdict_words(evidence, verdict),
        "exit_code": verdict.exit_code,
        "state": str(evidence.state),
        "reason": evidence.reason,
        "commands": list(evidence.commands),
        **_headline(evidence),
        "valid": figures is not None and figures.valid,
        "stall_s": None if figures is None else round(figures.stall, 3),
        "journal": evidence.journal.path,
        "journal_head": evidence.journal.head,
        "journal_lines": len(evidence.journal.lines),
        "journal_broken": evidence.journal.broken,
        "report": page,
        "targets": [target.to_json() for target in targets(evidence)],
        "timeline": _timeline(evidence, times, course, span),
        "durations": _durations(figures, times),
        "requests": _requests(figures, fetched, carried, span),
        "orders": _orders(evidence, span),
        "lag": [] if figures is None else [_lag(lag) for lag in figures.lags],
        "unmeasured": _unmeasured(evidence),
        "preflight": [check.to_json() for check in evidence.checks],
        "verification": [check.to_json() for check in evidence.verified],
        "configuration": [
            {
                "step": one.step,
                "before": dict(one.before),
                "after": None if one.after is None else dict(one.after),
                "differs": list(one.differs),
            }
            for one in evidence.configurations
        ],
        "plan_afterwards": None if evidence.settled is None else list(evidence.settled),
        "findings": [one.to_json() for one in findings(Facts(evidence, carried, course))],
        "deviations": list(deviations(evidence, course)),
        "scope": scope(evidence),
        "approval": {"hash": plan.hash, "approver": evidence.approver},
        "versions": dict(sorted(evidence.setting.versions.items())),
        "speed": evidence.setting.speed,
        "plan": plan.to_json(),
        "wire": list(evidence.wire),
        "lanes": lanes(evidence.observations, plan, span),
        "close_up": None if closer is None else lanes(evidence.observations, plan, closer),
    }


def _headline(evidence: Evidence) -> dict[str, Any]:
    """The figures that everybody asks for first."""
    figures = evidence.figures
    reasons = {} if figures is None else figures.reasons
    orders = Orders(0, 0, 0) if figures is None else figures.orders
    rto = None if figures is None else figures.times.rto
    rpo = None if figures is None else figures.rpo
    return {
        "rto_s": rto,
        "rto_reason": "" if rto is not None else reasons.get("rto", "nothing was measured"),
        "rpo": rpo,
        "rpo_reason": "" if rpo is not None else reasons.get("rpo", "no store was measured"),
        "orders_acknowledged": orders.acknowledged,
        "orders_stranded": orders.stranded,
        "orders_lost": orders.lost,
        "orders_unsettled": orders.unsettled,
        "orders_unanswered": orders.unanswered,
    }


def _span(evidence: Evidence, times: Times) -> Span:
    """From the first thing that was written or asked to the last; offsets count from the fault.

    What CloudWatch tells has its own times, which may be of long before.
    """
    at = [seen.at for seen in evidence.observations if isinstance(seen, _ASKED)]
    at += [line.at for line in evidence.journal.lines]
    began, ended = min(at, default=0.0), max(at, default=0.0)
    return Span(began, ended, began if times.t0 is None else times.t0)


def _closer(evidence: Evidence, times: Times, span: Span) -> Span | None:
    """The time until the shop was back, where the rest of a drill (data that moved, a drill that was held)
    would leave little room for it.
    """
    known = [at for at in (times.t2, times.t3, times.t4, times.t5) if at is not None]
    if not known:
        return None
    pace = evidence.plan.pace
    ended = max(known) + pace.window * pace.windows
    share = (ended - span.began) / (span.ended - span.began)
    return Span(span.began, ended, span.zero) if share < CLOSE else None


def _timeline(evidence: Evidence, times: Times, course: Chronicle, span: Span) -> dict[str, Any]:
    reasons = {} if evidence.figures is None else evidence.figures.reasons

    def moment(at: float | None) -> dict[str, Any] | None:
        return None if at is None else {"at": instant(at), "s": span.offset(at)}

    return {
        "began": instant(span.began),
        "ended": instant(span.ended),
        "zero": instant(span.zero),
        **{mark: moment(getattr(times, mark)) for mark in _MARKS},
        "reasons": {
            mark: reasons.get(mark, "nothing was measured")
            for mark in _MARKS
            if getattr(times, mark) is None
        },
        "states": [{"state": str(one.state), "s": span.offset(one.at)} for one in course.moments],
        "changes": [
            {
                "step": one.step,
                "intended_s": span.offset(one.intended),
                "made_s": None if one.made is None else span.offset(one.made),
                "undone_s": None if one.undone is None else span.offset(one.undone),
            }
            for one in course.changes
        ],
        "notes": [{"s": span.offset(at), "words": words} for at, words in course.notes],
    }


def _durations(figures: Figures | None, times: Times) -> dict[str, Any]:
    return {
        **{f"{name}_s": getattr(times, name) for name in _DURATIONS},
        "decision_s": None if figures is None else figures.decision,
        "failback_s": None if figures is None else figures.failback,
        "bound_s": None if figures is None else figures.bound,
    }


def _requests(
    figures: Figures | None, fetched: list[Fetched], carried: Traffic, span: Span
) -> dict[str, Any]:
    counted = Requests(0, 0) if figures is None else figures.requests
    share = round(100 * counted.failed / counted.total, 3) if counted.total else None
    return {
        "total": counted.total,
        "failed": counted.failed,
        "failed_percent": share,
        "by_region": dict(sorted(counted.by_region.items())),
        "outcomes": outcomes(fetched),
        "phases": [phase.to_json() for phase in carried.phases],
        "over_time": columns(fetched, span),
        "darkest_s": None if carried.darkest is None else carried.darkest[0],
    }


def _orders(evidence: Evidence, span: Span) -> dict[str, Any]:
    """Every checkout that was tried, by what the customer was told; and each that did not arrive."""
    tried = [seen for seen in evidence.observations if isinstance(seen, Ordered)]
    by: dict[str, int] = {}
    for seen in tried:
        if seen.acknowledged:
            by[seen.region] = by.get(seen.region, 0) + 1
    return {
        "tried": len(tried),
        "acknowledged_by": dict(sorted(by.items())),
        "not_acknowledged": sum(not seen.acknowledged for seen in tried),
        "strays": [
            {
                "order": entry.order,
                "number": entry.number,
                "acknowledged_by": entry.acknowledged_by,
                "fate": str(entry.fate),
                "s": span.offset(entry.at),
            }
            for entry in (() if evidence.ledger is None else evidence.ledger.entries)
            if entry.fate in _STRAY
        ],
    }


def _unmeasured(evidence: Evidence) -> dict[str, str]:
    """What neither the stage nor the measuring could say anything of."""
    lags = () if evidence.figures is None else evidence.figures.lags
    said = {lag.store: lag.unmeasured for lag in lags if lag.unmeasured}
    return dict(sorted({**said, **evidence.setting.unmeasured}.items()))


def _lag(lag: Lag) -> dict[str, Any]:
    return {
        "store": lag.store,
        "peak_s": lag.peak,
        "readings": lag.readings,
        "unmeasured": lag.unmeasured,
    }
