"""Lag as it is measured here: what a customer wrote in one region, looked for in the other until it is there.

Orders and carts are customers' own, so the drill writes nothing for it but in the images bucket: a small
object below `drills/`, which no path of the shop leads to, and which is removed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.clock import Clock
from scripts.drill.markers import Follow, Marker, Markers
from scripts.drill.observations import Lagged, Observation, Unread
from scripts.drill.observing.lags import images_bucket
from scripts.drill.observing.rounds import Periodic
from scripts.drill.plan import Plan

#: Drill seconds between two looks for what is not there yet; real seconds at the least.
_PERIOD, _LEAST = 1.0, 0.1

#: Drill seconds after which a copy is no longer waited for: by then it is told how far it is behind at least.
_PATIENCE = 60.0

#: Drill seconds between two objects in the images bucket, and below what they lie.
_EVERY_PICTURE, BELOW = 30.0, "drills/"

_LOOKS = "looks for a copy"
CALLS = (
    *(
        Call("dynamodb", "GetItem", where, Plane.DATA, _LOOKS, needed=False)
        for where in (Where.STANDBY, Where.IMPAIRED)
    ),
    Call("s3", "HeadObject", Where.STANDBY, Plane.DATA, _LOOKS, needed=False),
    Call("s3", "PutObject", Where.IMPAIRED, Plane.DATA, "writes an object", needed=False),
    Call("s3", "DeleteObject", Where.IMPAIRED, Plane.DATA, "removes it again", needed=False),
)


class Trail(Periodic):
    """Looks for the copies of markers in the other region."""

    name = "copies of markers"

    def __init__(self, aws: Aws, clock: Clock, plan: Plan, markers: Markers) -> None:
        self._theatre = theatre = plan.theatre
        self._clock, self._markers = clock, markers
        self._clients = {
            (service, region): client
            for region in (theatre.primary.name, theatre.standby.name)
            for service, client in (
                ("dynamodb", aws.client("dynamodb", region)),
                ("s3", aws.client("s3", region)),
            )
        }
        self._other = {
            theatre.primary.name: theatre.standby.name,
            theatre.standby.name: theatre.primary.name,
        }
        self._tables: Mapping[str, tuple[str, str]] = {
            "order-intake": (theatre.order_intake, "order_id"),
            "carts": (theatre.carts, "cart_id"),
        }
        #: Marker -> when it was last seen not to be there.
        self._pending: dict[Marker, float] = {}
        self.period = max(_PERIOD, _LEAST * clock.speed)

    def look(self) -> Iterable[Observation]:
        """Of each marker whether its copy has come."""
        for marker in self._markers.take():
            if marker.region in self._other:
                self._pending[marker] = marker.at
        for marker, missed in list(self._pending.items()):
            asked_at = self._clock.now()
            try:
                there = self._there(marker)
            except AwsSaidNo as error:
                with suppress(AwsSaidNo):
                    self._give_up(marker)
                yield Unread(self._clock.now(), f"the copy of {marker.store}", error.message)
                continue
            if there:
                del self._pending[marker]
                yield Lagged(asked_at, marker.store, self._behind(marker, missed, asked_at))
            elif asked_at - marker.at >= _PATIENCE:
                self._give_up(marker)
                yield Lagged(asked_at, marker.store, round(asked_at - marker.at, 3))
            else:
                self._pending[marker] = asked_at

    def close(self) -> None:
        """What was written for it alone is removed, copied or not."""
        for marker in (*self._pending, *self._markers.take()):
            with suppress(AwsSaidNo):
                self._give_up(marker)

    def _give_up(self, marker: Marker) -> None:
        self._pending.pop(marker, None)
        if marker.store == "images":
            self._remove(marker)

    def _behind(self, marker: Marker, missed: float, seen: float) -> float:
        """Until it was last missed, and what may have passed since: that is this machine's time, which a
        fast clock does not make more of.
        """
        return round((missed - marker.at) + (seen - missed) / self._clock.speed, 3)

    def _there(self, marker: Marker) -> bool:
        if marker.store == "images":
            return self._copied(marker)
        table, key = self._tables[marker.store]
        answer: Mapping[str, Any] = self._clients["dynamodb", self._other[marker.region]].call(
            "get_item",
            TableName=table,
            Key={key: {"S": marker.key}},
            ConsistentRead=True,
            ProjectionExpression=key,
        )
        return "Item" in answer

    def _copied(self, marker: Marker) -> bool:
        """Whether the object is in the other region's bucket; then it is removed, and its copy with it."""
        there = self._other[marker.region]
        try:
            self._clients["s3", there].call(
                "head_object", Bucket=images_bucket(self._theatre, there), Key=marker.key
            )
        except AwsSaidNo as error:
            if error.code in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        self._remove(marker)
        return True

    def _remove(self, marker: Marker) -> None:
        """The object; its copy goes the same way."""
        self._clients["s3", marker.region].call(
            "delete_object", Bucket=images_bucket(self._theatre, marker.region), Key=marker.key
        )


class Pictures(Periodic):
    """Writes small objects into the primary's images bucket, for as long as it takes them."""

    name, period = "images", _EVERY_PICTURE

    def __init__(self, aws: Aws, clock: Clock, plan: Plan, drill: str, follow: Follow) -> None:
        self._region = plan.theatre.primary.name
        self._bucket = images_bucket(plan.theatre, self._region)
        self._s3, self._clock = aws.client("s3", self._region), clock
        self._below, self._number, self._follow = f"{BELOW}{drill}/", 0, follow

    def look(self) -> Iterable[Observation]:
        """One more; nothing is seen until its copy is."""
        self._number += 1
        key = f"{self._below}{self._number}"
        self._s3.call("put_object", Bucket=self._bucket, Key=key, Body=b"drill")
        self._follow(Marker("images", self._region, key, self._clock.now()))
        return ()
