"""The orders of a drill, one by one: what customers were told, and where it could be found, and when.

Three counts are kept apart. `stranded`: acknowledged by the primary, not to be seen in the standby while the
primary was away, and there when it was back. `lost`: acknowledged, and in neither region afterwards.
`unsettled`: nobody could be asked. An order that is there though no customer was told so is none of them: its
answer was lost, not the order.

An order's id comes of its idempotency key alone (generator/runtime/shop/shop/orders.py), so it is known here
before anybody answers.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from scripts.aws import AwsSaidNo
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.figures import Orders
from scripts.drill.observations import Ordered
from scripts.drill.plan import Plan
from scripts.drill.stage import Stage

#: As the shop has it: below it lie the orders, each by its idempotency key.
NAMESPACE = uuid.UUID("5c2fa1de-3f0b-5f4e-9d0c-ad1b7e0fa3c1")

#: Keys in one BatchGetItem.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_MOST = 100

#: How often DynamoDB may leave keys of a batch unprocessed before they count as not asked, and the drill
#: seconds between.
_TRIES, _PAUSE = 5, 1.0

#: An intake item that says no state is one that nobody has worked yet.
ACKNOWLEDGED, CONFIRMED, FAILED = "ACKNOWLEDGED", "CONFIRMED", "FAILED"

CALLS = (
    Call("dynamodb", "BatchGetItem", Where.STANDBY, Plane.DATA, "looks for orders", needed=False),
    Call("dynamodb", "BatchGetItem", Where.IMPAIRED, Plane.DATA, "looks for orders", needed=False),
)


def key_of(drill: str, number: int) -> str:
    """The idempotency key of a checkout: it names the drill, and the checkout's number."""
    return f"drill:{drill}:{number:06d}"


def order_of(drill: str, number: int) -> str:
    """The id of a checkout's order, whether or not its answer came."""
    return str(uuid.uuid5(NAMESPACE, key_of(drill, number)))


@dataclass(frozen=True)
class Look:
    """What a region's order-intake had: order -> its state. `unasked`: of these it gave no answer."""

    at: float
    region: str
    found: Mapping[str, str]
    unasked: tuple[str, ...] = ()
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """For the journal."""
        return asdict(self)

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Look:
        """Read it back."""
        return cls(**{**said, "unasked": tuple(said["unasked"])})


class Fate(StrEnum):
    """What became of a checkout."""

    THERE = "there"
    STRANDED = "stranded"
    LOST = "lost"
    UNSETTLED = "unsettled"
    UNANSWERED = "unanswered"
    NEVER_TAKEN = "never taken"


@dataclass(frozen=True)
class Entry:
    """A checkout: what its customer was told, by whom and when, and what became of it. `state` is the
    workflow's last word, as order-intake has it.
    """

    number: int
    order: str
    at: float
    acknowledged_by: str
    fate: Fate
    state: str = ""


@dataclass(frozen=True)
class Ledger:
    """All checkouts. `rpo`: seconds before the fault at which the oldest that was not in the standby had been
    made; None where that could not be settled, for the reason `unknown`.
    """

    entries: tuple[Entry, ...]
    fault: float | None
    rpo: float | None
    unknown: str = ""

    def of(self, fate: Fate) -> tuple[Entry, ...]:
        """The checkouts that this became of."""
        return tuple(one for one in self.entries if one.fate is fate)

    @property
    def orders(self) -> Orders:
        """The counts."""
        return Orders(
            acknowledged=sum(bool(one.acknowledged_by) for one in self.entries),
            stranded=len(self.of(Fate.STRANDED)),
            lost=len(self.of(Fate.LOST)),
            stranded_peak_age=_oldest(self.of(Fate.STRANDED), self.fault),
            unsettled=len(self.of(Fate.UNSETTLED)),
            unanswered=len(self.of(Fate.UNANSWERED)),
        )

    def to_json(self) -> dict[str, Any]:
        """For reports."""
        return {
            "entries": [{**asdict(one), "fate": str(one.fate)} for one in self.entries],
            "rpo": self.rpo,
            "unknown": self.unknown,
        }


def look(stage: Stage, plan: Plan, region: str, orders: Iterable[str]) -> Look:
    """What a region has of these orders now, by consistent reads. What it does not answer is said."""
    wanted = tuple(dict.fromkeys(orders))
    found: dict[str, str] = {}
    unasked: list[str] = []
    why = ""
    for start in range(0, len(wanted), _MOST):
        batch = wanted[start : start + _MOST]
        try:
            there, left = _batch(stage, plan.theatre.order_intake, region, batch)
        except AwsSaidNo as error:
            there, left, why = {}, batch, error.message
        found.update(there)
        unasked.extend(left)
    if unasked and not why:
        why = f"DynamoDB in {region} left keys unprocessed."
    return Look(stage.clock.now(), region, found, tuple(unasked), why)


def settle(
    stage: Stage,
    plan: Plan,
    orders: Sequence[str],
    patience: float,
    until: threading.Event | None = None,
) -> tuple[Look, ...]:
    """Looks into both regions, again and again until all orders are in both, or so many drill seconds have
    passed: what was stranded needs a while to arrive.
    """
    regions = (plan.theatre.primary.name, plan.theatre.standby.name)
    end = stage.clock.now() + patience
    while True:
        looks = tuple(look(stage, plan, region, orders) for region in regions)
        complete = all(set(orders) <= set(one.found) for one in looks)
        if complete or stage.clock.now() >= end or stage.clock.sleep(2.0, until):
            return looks


def reckon(
    drill: str,
    checkouts: Iterable[Ordered],
    fault: float | None,
    primary: str,
    away: Look | None,
    after: Sequence[Look] = (),
) -> Ledger:
    """What became of each checkout.

    `away` is the standby's table as it was seen while the primary was left; `after` are both regions'
    once it was back. Where the primary never went away that may be the same moment: nothing is stranded then.
    """
    entries = tuple(
        _entry(drill, checkout, primary, away, after)
        for checkout in sorted(checkouts, key=lambda one: one.number)
    )
    missing = [one for one in entries if one.fate in (Fate.STRANDED, Fate.LOST)]
    unsettled = [one for one in entries if one.fate is Fate.UNSETTLED]
    unknown = ""
    if away is None:
        unknown = "the standby's order-intake was not read while the primary was left"
    elif unsettled:
        whose = next((one.why for one in (away, *after) if one.why), "a region was not asked")
        unknown = f"{len(unsettled)} orders could not be looked for: {whose}"
    elif not any(one.acknowledged_by for one in entries):
        unknown = "no order was acknowledged"
    rpo = None if unknown or fault is None else _oldest(missing, fault)
    return Ledger(entries, fault, rpo, unknown)


def _entry(
    drill: str, checkout: Ordered, primary: str, away: Look | None, after: Sequence[Look]
) -> Entry:
    order = checkout.order or order_of(drill, checkout.number)
    by = checkout.region if checkout.acknowledged else ""
    states = [one.found[order] for one in after if order in one.found]
    if away is not None and order in away.found:
        states.append(away.found[order])
    # The workflow of one region says how it ended; a copy may still say how it began.
    state = next((one for one in states if one != ACKNOWLEDGED), states[0] if states else "")
    fate = _fate(checkout, order, primary, away, after)
    return Entry(checkout.number, order, checkout.at, by, fate, state)


def _fate(
    checkout: Ordered, order: str, primary: str, away: Look | None, after: Sequence[Look]
) -> Fate:
    """Of one checkout. `after` without a region's answer about it settles nothing but a find."""
    looks = [one for one in (away, *after) if one is not None]
    seen = any(order in one.found for one in looks)
    if not checkout.acknowledged:
        return Fate.UNANSWERED if seen else Fate.NEVER_TAKEN
    settled = len(after) > 1 and all(order not in one.unasked for one in after)
    if not seen:
        return Fate.LOST if settled else Fate.UNSETTLED
    if checkout.region != primary or (away is not None and checkout.at > away.at):
        return Fate.THERE
    if away is None or order in away.unasked:
        return Fate.UNSETTLED
    if order in away.found:
        # It was in the standby once; gone from both afterwards is lost all the same.
        gone = settled and not any(order in one.found for one in after)
        return Fate.LOST if gone else Fate.THERE
    return Fate.STRANDED


def _oldest(entries: Iterable[Entry], fault: float | None) -> float:
    """Seconds before the fault at which the oldest was sent; what came later is nothing behind."""
    if fault is None:
        return 0.0
    return max((round(max(fault - one.at, 0.0), 3) for one in entries), default=0.0)


def _batch(
    stage: Stage, table: str, region: str, batch: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The states of those that are there, and the keys that got no answer. Raises AwsSaidNo."""
    dynamodb = stage.aws.client("dynamodb", region)
    asked: dict[str, Any] = {
        table: {
            "Keys": [{"order_id": {"S": order}} for order in batch],
            "ConsistentRead": True,
            "ProjectionExpression": "order_id, #state",
            "ExpressionAttributeNames": {"#state": "state"},
        }
    }
    found: dict[str, str] = {}
    for _ in range(_TRIES):
        answer = dynamodb.call("batch_get_item", RequestItems=asked)
        for item in answer.get("Responses", {}).get(table, ()):
            found[item["order_id"]["S"]] = item.get("state", {"S": ACKNOWLEDGED})["S"]
        asked = answer.get("UnprocessedKeys", {})
        if not asked:
            return found, ()
        stage.clock.sleep(_PAUSE)
    return found, tuple(key["order_id"]["S"] for key in asked[table]["Keys"])
