"""`GET` and `PUT /_tradewind/replication`: how long writes take to other regions, what is on its way."""

from __future__ import annotations

import asyncio
import time

from scripts.sandbox.clock import CLOCK
from scripts.sandbox.gateway import Head, Response, Service, json_response, number_in
from scripts.sandbox.replication import REPLICATION, REQUEST_SCOPE
from scripts.sandbox.seams import Kind, Seam

PATH = "/_tradewind/replication"

#: The longest lag, in seconds.
LONGEST = 86_400.0

STORE = Seam(
    "ministack.services.cloudwatch",
    "_store_datum",
    None,
    Kind.FUNCTION,
    ("namespace", "name", "dims", "ts", "unit", "value", "values", "counts", "stat_values"),
    "ReplicationLatency",
)
SEAMS = (STORE,)

#: A minute; and the seconds of this machine after which the clock, which may be set, is looked at again.
_MINUTE, _GLANCE = 60.0, 0.5


def service() -> Service:
    """The page."""

    async def handle(head: Head, body: bytes) -> Response:
        return answer(head.method, body)

    return Service("replication", lambda head: head.path == PATH, handle)


def answer(method: str, body: bytes) -> Response:
    """What is on its way; or a new lag."""
    if method == "PUT":
        lag = number_in(body, "lag", 0, LONGEST)
        if lag is None:
            told = {"message": f'say {{"lag": <seconds, 0 to {LONGEST:.0f}>}}'}
            return json_response(told, 400)
        REPLICATION.set_lag(lag)
        REPLICATION.settle()
    elif method != "GET":
        return json_response({"message": "GET or PUT"}, 405)
    return json_response(REPLICATION.described())


async def tell_latencies() -> None:
    """Put ReplicationLatency into CloudWatch once a minute of the sandbox's clock, until cancelled.

    In the region that wrote, for what arrived in that minute; where nothing arrives there is no data. Strong
    tables have none.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    """
    told = CLOCK.time() // _MINUTE
    while True:
        now = CLOCK.time()
        if now // _MINUTE != told:
            told = now // _MINUTE
            record_latencies()
        await asyncio.sleep(min((_MINUTE - now % _MINUTE) / CLOCK.speed, _GLANCE))


def record_latencies() -> None:
    """What has arrived since the last time, in milliseconds, as a set of statistics."""
    for way, latency in REPLICATION.latencies().items():
        dimensions = {"TableName": way.table, "ReceivingRegion": way.target}
        statistics = {
            "SampleCount": latency.arrived,
            "Sum": 1000 * latency.total,
            "Minimum": 1000 * latency.shortest,
            "Maximum": 1000 * latency.longest,
        }
        metric = ("AWS/DynamoDB", "ReplicationLatency", dimensions, time.time(), "Milliseconds")
        with REQUEST_SCOPE.value(way.account, way.source):
            STORE.value(*metric, None, None, None, statistics)
