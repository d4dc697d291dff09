"""What was changed past CloudFormation: every resource of every stack, held against its template.

CloudFormation looks at one stack at a time and at none that are nested in it, so each is asked by itself, a
few at once. It looks only at properties that a template sets, and not at every type: what it does not look at
is counted and said.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event as Signal
from typing import Any, Literal, TypeAlias

from scripts import inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.changes import NESTED_STACK
from scripts.deploy.secrecy import masked
from scripts.deploy.surroundings import Surroundings
from scripts.deploy.topology import Difference, Drifted, explanation_of
from scripts.inventory import Stack

#: Stacks that are asked at once. CloudFormation reads their resources with calls to each service, and their
#: limits are the account's; adaptive retries slow down where they are met (scripts.aws).
AT_ONCE = 8

#: AWS's word for a resource that it cannot look at.
_UNSEEN = ("NOT_CHECKED", "UNSUPPORTED", "UNKNOWN")

#: What a refusal says of a type that is not checked: "Drift detection is not supported for ...".
_UNSUPPORTED = "support"

#: The code of a refusal: the stack is being changed, another detection is under way, the type is not checked.
_REFUSED = "ValidationError"

Told: TypeAlias = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Benign:
    """A difference that is meant: why, and where that is written."""

    drifted: Drifted
    difference: Difference
    reason: str
    source: str


@dataclass(frozen=True)
class Unasked:
    """A stack, or a resource, that CloudFormation would not look at."""

    region: str
    root: str
    path: tuple[str, ...]
    reason: str


@dataclass
class Survey:
    """What stands against what should. `unseen` counts, by type, what CloudFormation does not look at."""

    drifted: list[Drifted] = field(default_factory=list)
    benign: list[Benign] = field(default_factory=list)
    unasked: list[Unasked] = field(default_factory=list)
    unseen: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    stacks: int = 0

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "stacks": self.stacks,
            "checked": self.seen,
            "drifted": [one.to_json() for one in self.drifted],
            "benign": [
                {
                    "region": one.drifted.region,
                    "root": one.drifted.root,
                    "path": list(one.drifted.path),
                    "type": one.drifted.type,
                    **one.difference.to_json(),
                    "reason": one.reason,
                    "source": one.source,
                }
                for one in self.benign
            ],
            "unasked": [
                {
                    "region": one.region,
                    "root": one.root,
                    "path": list(one.path),
                    "reason": one.reason,
                }
                for one in self.unasked
            ],
            "unseen": dict(sorted(self.unseen.items())),
        }


@dataclass(frozen=True)
class _Task:
    """One stack to ask; `path` leads to it from its root's."""

    region: str
    root: str
    path: tuple[str, ...]
    stack: str


@dataclass(frozen=True)
class _Answer:
    """What one stack said, and the stacks nested in it."""

    children: tuple[_Task, ...]
    found: tuple[Mapping[str, Any], ...]
    types: Mapping[str, str]
    reasons: Mapping[tuple[str, ...], str]


def survey(aws: Aws, stacks: Sequence[Stack], told: Told = lambda *_: None) -> Survey:
    """Hold every resource of these roots, and of what is nested in them, against its template."""
    for region in {stack.region for stack in stacks}:
        aws.client("cloudformation", region)  # made here: making clients is not for several threads
    result, stop = Survey(), Signal()
    surroundings = {stack.region: Surroundings(aws, stack.region) for stack in stacks}
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="drift")
    try:
        tasks = [_Task(one.region, one.root, (), one.id) for one in stacks]
        running = {pool.submit(_ask, aws, task, stop): task for task in tasks}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda one: _place(running[one])):
                task = running.pop(future)
                _note(result, task, future, surroundings[task.region])
                for child in future.result().children:
                    running[pool.submit(_ask, aws, child, stop)] = child
                where = "/".join((task.root, *task.path))
                told(result.stacks, result.stacks + len(running), f"{where} in {task.region}")
    finally:  # Ctrl-C, too: nobody waits for what CloudFormation is still busy with
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
    result.drifted.sort(key=lambda one: (one.region, one.root, one.path))
    result.benign.sort(key=lambda one: (one.drifted.region, one.drifted.root, one.drifted.path))
    result.unasked.sort(key=lambda one: (one.region, one.root, one.path))
    return result


def of_resource(
    aws: Aws, region: str, root: str, path: tuple[str, ...], type: str, stack: str
) -> Survey:
    """The same of one resource, by its path, in the stack that holds it."""
    result = Survey(stacks=1)
    try:
        said = aws.client("cloudformation", region).call(
            "detect_stack_resource_drift", StackName=stack, LogicalResourceId=path[-1]
        )
    except AwsSaidNo as error:
        if error.code != _REFUSED:
            raise
        if _UNSUPPORTED in error.detail:
            result.unseen[type] += 1
        else:
            result.unasked.append(Unasked(region, root, path, error.detail or error.message))
        return result
    task = _Task(region, root, path[:-1], stack)
    _weigh(result, task, said["StackResourceDrift"], Surroundings(aws, region))
    return result


def _place(task: _Task) -> tuple[str, str, tuple[str, ...]]:
    return task.region, task.root, task.path


def _ask(aws: Aws, task: _Task, stop: Signal) -> _Answer:
    """Have CloudFormation look at one stack, and wait until it has."""
    children = inventory.children(aws, task.region, task.stack)
    nested = tuple(
        _Task(task.region, task.root, (*task.path, *one.path), one.physical_id)
        for one in children
        if one.type == NESTED_STACK and one.physical_id
    )
    types = {one.path[-1]: one.type for one in children if one.type != NESTED_STACK}
    cloudformation = aws.client("cloudformation", task.region)
    try:
        asked = cloudformation.call("detect_stack_drift", StackName=task.stack)
    except AwsSaidNo as error:
        if error.code != _REFUSED:
            raise
        return _Answer(nested, (), {}, {task.path: error.detail or error.message})
    reasons: dict[tuple[str, ...], str] = {}
    while not stop.is_set():
        said = cloudformation.call(
            "describe_stack_drift_detection_status",
            StackDriftDetectionId=asked["StackDriftDetectionId"],
        )
        if said["DetectionStatus"] == "DETECTION_IN_PROGRESS":
            aws.clock.pause()
            continue
        if said["DetectionStatus"] == "DETECTION_FAILED":
            reasons[task.path] = said.get("DetectionStatusReason", "it gave no reason")
        break
    return _Answer(nested, tuple(_drifts(aws, task)), types, reasons)


def _drifts(aws: Aws, task: _Task) -> Iterator[Mapping[str, Any]]:
    """What CloudFormation found in a stack; botocore does not page this operation."""
    cloudformation, token = aws.client("cloudformation", task.region), ""
    while True:
        more = {"NextToken": token} if token else {}
        said = cloudformation.call("describe_stack_resource_drifts", StackName=task.stack, **more)
        yield from said["StackResourceDrifts"]
        token = said.get("NextToken", "")
        if not token:
            return


def _note(result: Survey, task: _Task, future: Future[_Answer], surroundings: Surroundings) -> None:
    answer = future.result()
    result.stacks += 1
    for path, reason in answer.reasons.items():
        result.unasked.append(Unasked(task.region, task.root, path, reason))
    for said in answer.found:
        _weigh(result, task, said, surroundings)
    found = {said["LogicalResourceId"] for said in answer.found}
    result.unseen.update(type for name, type in answer.types.items() if name not in found)


def _weigh(
    result: Survey, task: _Task, said: Mapping[str, Any], surroundings: Surroundings
) -> None:
    """One resource's drift, with what is meant taken out of it."""
    status, path = said["StackResourceDriftStatus"], (*task.path, said["LogicalResourceId"])
    if said["ResourceType"] == NESTED_STACK:
        return
    if status in _UNSEEN:
        result.unseen[said["ResourceType"]] += 1
        if reason := said.get("DriftStatusReason"):
            result.unasked.append(Unasked(task.region, task.root, path, reason))
        return
    result.seen += 1
    if status == "IN_SYNC":
        return
    drifted = _drifted(task, path, said, status)
    left = []
    for difference in drifted.differences:
        if known := explanation_of(drifted, difference, surroundings):
            shown = masked(difference, drifted.expected, drifted.actual)
            result.benign.append(Benign(drifted.masked(()), shown, known.reason, known.source))
        else:
            left.append(difference)
    if left or status == "DELETED":
        result.drifted.append(drifted.masked(tuple(left)))


def _drifted(
    task: _Task,
    path: tuple[str, ...],
    said: Mapping[str, Any],
    status: Literal["MODIFIED", "DELETED"],
) -> Drifted:
    return Drifted(
        region=task.region,
        root=task.root,
        path=path,
        stack=task.stack,
        type=said["ResourceType"],
        physical_id=said.get("PhysicalResourceId", ""),
        status=status,
        differences=tuple(
            Difference(
                one["PropertyPath"], one["ExpectedValue"], one["ActualValue"], one["DifferenceType"]
            )
            for one in said.get("PropertyDifferences", ())
        ),
        expected=_properties(said.get("ExpectedProperties")),
        actual=_properties(said.get("ActualProperties")),
    )


def _properties(text: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
