"""Drift in what a plan is about to change: what somebody set by hand, and the plan would overwrite or meet.

Only the resources that the plan modifies or replaces are looked at, a few at once. What the plan itself makes
as it is has been adopted, and is none; nor is what a service changes because it was told to (`topology`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from scripts.aws import Aws
from scripts.changes import NESTED_STACK
from scripts.deploy import drift
from scripts.deploy.drift import Survey
from scripts.deploy.explanations import Certainty, Explained, Explanation, Value
from scripts.deploy.gates.findings import Concern, Finding, of
from scripts.deploy.gates.property_paths import is_unknown
from scripts.deploy.gates.worlds import worlds
from scripts.deploy.topology import Difference, Drifted


def drifting(aws: Aws, explanation: Explanation, stack: str) -> Iterator[Finding]:
    """What has drifted of what is about to change; `stack` is the id of the root's stack."""
    stacks = {(): stack} | {
        one.path: one.change.physical_id
        for one in explanation.changes
        if one.change.type == NESTED_STACK
    }
    touched = [one for one in explanation.changes if _is_touched(one) and stacks.get(one.path[:-1])]
    aws.client("cloudformation", explanation.region)  # made here, and not in several threads

    def looked(one: Explained) -> Survey:
        return drift.of_resource(
            aws,
            explanation.region,
            explanation.root,
            one.path,
            one.change.type,
            stacks[one.path[:-1]],
        )

    pool = ThreadPoolExecutor(drift.AT_ONCE, thread_name_prefix="drift")
    try:
        for one, found in zip(touched, pool.map(looked, touched), strict=True):
            yield from _findings(one, found)
    finally:  # Ctrl-C, too
        pool.shutdown(wait=False, cancel_futures=True)


def _is_touched(one: Explained) -> bool:
    return (
        one.change.action in ("Modify", "Dynamic")
        and one.change.type != NESTED_STACK
        and one.certainty is not Certainty.PHANTOM
        and bool(one.change.physical_id)
    )


def _findings(one: Explained, found: Survey) -> Iterator[Finding]:
    for unasked in found.unasked:
        words = f"could not be held against its template: {unasked.reason}"
        yield of(one, Concern.DRIFT, words, refuses=False)
    for benign in found.benign:
        words = f"differs as it should: {benign.difference}; {benign.reason}"
        yield of(one, Concern.DRIFT, words, refuses=False)
    for drifted in found.drifted:
        yield from _of_resource(one, drifted)


def _of_resource(one: Explained, drifted: Drifted) -> Iterator[Finding]:
    if drifted.status == "DELETED":
        yield of(one, Concern.DRIFT, "was deleted past CloudFormation", drifted.physical_id)
        return
    _, after = worlds(one)
    for difference in drifted.differences:
        adopted = _is_adopted(after, difference)
        words = "and the plan makes it so" if adopted else "past CloudFormation"
        yield of(
            one,
            Concern.DRIFT,
            f"was changed by hand, {words}: {difference}",
            difference.expected,
            difference.actual,
            refuses=not adopted,
        )


def _is_adopted(after: Mapping[str, Value], difference: Difference) -> bool:
    """Whether the plan sets the very value that is there. Of one that is not shown nobody can say so."""
    value: Value = after
    for step in difference.pointer.strip("/").split("/"):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, Mapping) and step in value:
            value = value[step]
        else:
            return False
    told = _plain(value)
    return told == difference.actual and not is_unknown(told)


def _plain(value: Value) -> str:
    """A value as CloudFormation writes it in a difference."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value
    return json.dumps(value, sort_keys=True)
