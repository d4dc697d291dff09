"""One deploy of an environment at a time: a lease, kept as an item of a DynamoDB table.

The table `tradewind-<environment>-leases` is made on demand in a region that the caller picks: it has to
exist before any stack does, and to outlive them. An item is one lease:

    lease      its name, the key
    token      a number that every acquisition raises and no release resets (a fencing token)
    beat       raised by every renewal
    until      when the lease ends unless renewed, in seconds since the epoch
    since, who, host, machine, pid, started, command      of the holder; absent when nobody holds it

Every write is conditional on the token, so of two processes only one believes that it holds the lease.
Time is the table's: both sides take it from the Date header of DynamoDB's answers, so that neither host's
clock matters. A lease is taken over when its time is up, or at once when its holder ran on this machine and
that process has ended.

The heartbeat keeps the lease alive; `confirm` renews it then and there and is called before each mutation,
so that a process that was suspended past its lease changes nothing afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from scripts import failpoints, lease_table
from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed, Refused
from scripts.events import LeaseAcquired
from scripts.holder import Holder

#: Seconds that a lease lasts without renewal, and between two renewals.
LIFETIME = 60
HEARTBEAT = 15

#: The lease that every command takes which changes an environment's stacks.
DEPLOY = "deploy"

_LOST = "ConditionalCheckFailedException"


@dataclass(frozen=True)
class Held:
    """A lease as its item says."""

    name: str
    holder: Holder
    token: int
    beat: int
    since: float
    until: float

    def __str__(self) -> str:
        return f"{self.holder}, since {_clock_time(self.since)}"


class LeaseHeld(Refused):
    """Somebody else holds the lease."""

    def __init__(self, environment: str, held: Held) -> None:
        super().__init__(
            f"{environment} is being changed by {held.holder}, since {_clock_time(held.since)}; "
            f"the lease runs out at {_clock_time(held.until)} unless renewed.",
            fix="Wait until it is done. If that process is gone, the lease frees itself when it runs out.",
        )
        self.held = held


class LeaseLost(Failed):
    """The lease is not ours any more: nothing may be changed by this process."""


class Lease:
    """A lease that this process holds."""

    def __init__(self, leases: Leases, held: Held, taken_over_from: Held | None) -> None:
        self._leases, self.held, self.taken_over_from = leases, held, taken_over_from
        self._stop = threading.Event()
        self._lost = ""
        self._thread = threading.Thread(target=self._beat, name="lease-heartbeat", daemon=True)

    @property
    def acquired(self) -> LeaseAcquired:
        """That this process holds it, as an event."""
        previous = str(self.taken_over_from) if self.taken_over_from else ""
        return LeaseAcquired(
            self._leases.environment, str(self.held.holder), self.held.token, previous
        )

    def confirm(self) -> None:
        """Renew now, or raise LeaseLost. Called before every mutation."""
        if not self._lost:
            try:
                self._leases.renew(self.held)
            except AwsSaidNo as error:
                if error.code != _LOST:
                    raise
                self._lost = "somebody else has taken it over"
        self.heed()

    def heed(self) -> None:
        """Raise LeaseLost where it is known to be lost; nobody is asked."""
        if self._lost:
            raise LeaseLost(
                f"This process does not hold {self._leases.environment} any more: {self._lost}.",
                fix="Nothing more was changed from here. See who holds it: "
                f"tradewind status {self._leases.environment}",
            )

    def start(self) -> None:
        """Begin to renew in the background."""
        self._thread.start()

    def release(self) -> None:
        """Stop renewing and give the lease back, if it is still ours."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._leases.release(self.held)
        failpoints.reach("lease.released")

    def _beat(self) -> None:
        """Renew until stopped. A failed call is tried again: `confirm` decides what it means."""
        while not self._stop.wait(HEARTBEAT):
            try:
                self._leases.renew(self.held)
            except AwsSaidNo as error:
                if error.code == _LOST:
                    self._lost = "somebody else has taken it over"
                    return


class Leases:
    """The table of an environment's leases, in one region."""

    def __init__(self, aws: Aws, region: str) -> None:
        self._aws, self._region = aws, region
        self._table = lease_table.name(aws.environment.name)
        self._dynamodb = aws.client("dynamodb", region)
        self._ahead = 0.0

    @property
    def environment(self) -> str:
        """Whose leases these are."""
        return self._aws.environment.name

    def read(self, name: str) -> Held | None:
        """Who holds the lease, if anybody; the table need not exist."""
        try:
            answer = self._call(
                "get_item", Key={"lease": {"S": name}}, ConsistentRead=True, TableName=self._table
            )
        except AwsSaidNo as error:
            if error.code == lease_table.MISSING:
                return None
            raise
        return _held(answer.get("Item", {}))

    def refuse_if_held(self, name: str) -> None:
        """Raise LeaseHeld where somebody holds the lease; take nothing."""
        standing = self.read(name)
        if standing is not None and self._binds(standing):
            raise LeaseHeld(self._aws.environment.name, standing)

    @contextmanager
    def hold(self, name: str, command: str) -> Iterator[Lease]:
        """Hold the lease for the length of a block. Raises LeaseHeld where somebody else does."""
        lease = self.acquire(name, Holder.this_process(self._aws.identity.who, command))
        lease.start()
        failpoints.reach("lease.acquired")
        try:
            yield lease
        finally:
            lease.release()

    def acquire(self, name: str, holder: Holder) -> Lease:
        """Take the lease: when it is free, ran out, or its holder is known to be dead.

        The table is made where it is missing: where it is there, no control plane is asked.
        """
        try:
            return self._acquire(name, holder)
        except AwsSaidNo as error:
            if error.code != lease_table.MISSING:
                raise
        lease_table.make(self._aws, self._region)
        return self._acquire(name, holder)

    def _acquire(self, name: str, holder: Holder) -> Lease:
        standing = self.read(name)
        if standing is not None and self._binds(standing):
            raise LeaseHeld(self._aws.environment.name, standing)
        now = self._now()
        said = {**holder.to_strings(), "since": str(now)}
        try:
            answer = self._call(
                "update_item",
                TableName=self._table,
                Key={"lease": {"S": name}},
                UpdateExpression="SET #until = :until, #beat = :zero, "
                + ", ".join(f"#{key} = :{key}" for key in said)
                + " ADD #token :one",
                ConditionExpression="attribute_not_exists(#who)"
                if standing is None
                else "#token = :token AND #beat = :beat",
                ExpressionAttributeNames={
                    f"#{key}": key for key in (*said, "until", "beat", "token")
                },
                ExpressionAttributeValues={
                    **{f":{key}": {"S": value} for key, value in said.items()},
                    ":until": {"N": str(now + LIFETIME)},
                    ":zero": {"N": "0"},
                    ":one": {"N": "1"},
                    **(_identifying(standing) if standing else {}),
                },
                ReturnValues="ALL_NEW",
            )
        except AwsSaidNo as error:
            winner = self.read(name) if error.code == _LOST else None
            if winner is None:
                raise
            if winner.holder != holder:
                raise LeaseHeld(self._aws.environment.name, winner) from error
            return Lease(self, winner, standing)  # the answer was lost, and the call repeated
        held = _held(answer["Attributes"])
        assert held is not None
        return Lease(self, held, standing)

    def renew(self, held: Held) -> None:
        """Move the end of the lease on. Raises AwsSaidNo, ConditionalCheckFailed when it is not ours."""
        self._call(
            "update_item",
            TableName=self._table,
            Key={"lease": {"S": held.name}},
            UpdateExpression="SET #until = :until ADD #beat :one",
            ConditionExpression="#token = :token AND attribute_exists(#who)",
            ExpressionAttributeNames={
                "#until": "until",
                "#beat": "beat",
                "#token": "token",
                "#who": "who",
            },
            ExpressionAttributeValues={
                ":until": {"N": str(self._now() + LIFETIME)},
                ":one": {"N": "1"},
                ":token": {"N": str(held.token)},
            },
        )

    def release(self, held: Held) -> None:
        """Give the lease back. Where that cannot be done, or is not ours to do, it runs out by itself."""
        gone = ("since", *held.holder.to_strings())
        with suppress(AwsSaidNo):
            self._call(
                "update_item",
                TableName=self._table,
                Key={"lease": {"S": held.name}},
                UpdateExpression="REMOVE " + ", ".join(f"#{key}" for key in gone),
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={f"#{key}": key for key in (*gone, "token")},
                ExpressionAttributeValues={":token": {"N": str(held.token)}},
            )

    def _binds(self, standing: Held) -> bool:
        """Whether a lease still keeps others away."""
        return standing.until > self._now() and not standing.holder.is_dead

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call, and learn what time it is over there."""
        answer = self._dynamodb.call(operation, **parameters)
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        if date := headers.get("date"):
            self._ahead = parsedate_to_datetime(date).timestamp() - self._aws.clock.now()
        return answer

    def _now(self) -> float:
        """The table's time."""
        return self._aws.clock.now() + self._ahead


def _identifying(held: Held) -> dict[str, dict[str, str]]:
    return {":token": {"N": str(held.token)}, ":beat": {"N": str(held.beat)}}


def _held(item: dict[str, dict[str, str]]) -> Held | None:
    said = {key: value.get("S") or value.get("N") or "" for key, value in item.items()}
    if "who" not in said:
        return None
    return Held(
        name=said["lease"],
        holder=Holder.of(said),
        token=int(said["token"]),
        beat=int(said["beat"]),
        since=float(said["since"]),
        until=float(said["until"]),
    )


def _clock_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
