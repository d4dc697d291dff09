"""What is really sent, heard between botocore and the network."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler

import pytest

from scripts.aws import Aws, AwsSaidNo, connect_endpoint
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.observing.watch import hasty
from scripts.drill.plan import Trigger
from scripts.drill.proof import judged
from scripts.drill.wire import Sent, Wire, tapped
from tests.loopback import LoopbackServer, serving
from tests.unit.drill.report.observed import PRIMARY, STANDBY, THEATRE

READ = Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads")


@dataclass(frozen=True)
class Environment:
    name: str = "dev"
    account_id: str = "111111111111"
    primary_region: str = PRIMARY


class Tables(BaseHTTPRequestHandler):
    """DynamoDB without items, which says no at first where it is told to."""

    refusals = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        refused = type(self).refusals > 0
        type(self).refusals -= refused
        body = json.dumps({"__type": "InternalServerError"} if refused else {}).encode()
        self.send_response(500 if refused else 200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def heard() -> Iterator[tuple[Aws, Wire]]:
    Tables.refusals = 0
    with serving(LoopbackServer(Tables)) as server:
        yield tapped(connect_endpoint(Environment(), server.url))


def get(aws: Aws, region: str) -> None:
    aws.client("dynamodb", region).call("get_item", TableName="t", Key={"k": {"S": "x"}})


def test_it_hears_what_is_sent_while_it_listens(heard: tuple[Aws, Wire]) -> None:
    aws, wire = heard
    get(aws, STANDBY)
    wire.listen()
    get(aws, STANDBY)
    get(aws, PRIMARY)
    wire.pause()
    get(aws, STANDBY)
    assert wire.sent == {
        Sent("dynamodb", "GetItem", STANDBY): 1,
        Sent("dynamodb", "GetItem", PRIMARY): 1,
    }


def test_clients_that_were_made_before_are_left_behind() -> None:
    with serving(LoopbackServer(Tables)) as server:
        before = connect_endpoint(Environment(), server.url)
        get(before, STANDBY)
        aws, wire = tapped(before)
        wire.listen()
        get(aws, STANDBY)
    assert wire.sent == {Sent("dynamodb", "GetItem", STANDBY): 1}


def test_an_attempt_that_is_repeated_was_sent_twice(heard: tuple[Aws, Wire]) -> None:
    aws, wire = heard
    Tables.refusals = 1
    wire.listen()
    get(aws, STANDBY)
    assert wire.sent == {Sent("dynamodb", "GetItem", STANDBY): 2}


def test_nobody_has_to_answer_for_it_to_be_heard() -> None:
    with serving(LoopbackServer(Tables)) as server:
        url = server.url
    aws, wire = tapped(hasty(connect_endpoint(Environment(), url)))
    wire.listen()
    with pytest.raises(AwsSaidNo, match="cannot be reached"):
        get(aws, STANDBY)
    assert wire.sent == {Sent("dynamodb", "GetItem", STANDBY): 1}


def test_threads_are_heard_side_by_side(heard: tuple[Aws, Wire]) -> None:
    aws, wire = heard
    wire.listen()
    threads = [threading.Thread(target=get, args=(aws, STANDBY)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wire.sent == {Sent("dynamodb", "GetItem", STANDBY): 8}


def test_what_was_declared_and_harmless_is_no_objection(heard: tuple[Aws, Wire]) -> None:
    aws, wire = heard
    wire.listen()
    get(aws, STANDBY)
    assert wire.objections(judged([READ], THEATRE, Trigger.TAKEOVER)) == ()


def test_a_call_that_nobody_declared_is_objected_to(heard: tuple[Aws, Wire]) -> None:
    aws, wire = heard
    wire.listen()
    get(aws, PRIMARY)
    (said,) = wire.objections(judged([READ], THEATRE, Trigger.TAKEOVER))
    assert said == f"dynamodb:GetItem in {PRIMARY} was called, and no step declares it."


def test_a_call_that_was_declared_in_the_region_that_is_left_is_objected_to_all_the_same(
    heard: tuple[Aws, Wire],
) -> None:
    aws, wire = heard
    planted = Call("dynamodb", "GetItem", Where.IMPAIRED, Plane.DATA, "planted")
    wire.listen()
    get(aws, PRIMARY)
    (said,) = wire.objections(judged([READ, planted], THEATRE, Trigger.TAKEOVER))
    assert said.endswith(f"it is answered in {PRIMARY}, the region that is left.")


def test_a_call_that_may_also_be_one_of_those_that_only_watch_is_not(
    heard: tuple[Aws, Wire],
) -> None:
    aws, wire = heard
    needed = Call("dynamodb", "GetItem", Where.IMPAIRED, Plane.DATA, "planted")
    watching = replace(needed, needed=False)
    wire.listen()
    get(aws, PRIMARY)
    for calls in ([needed, watching], [watching, needed], [needed, watching, needed]):
        assert wire.objections(judged(calls, THEATRE, Trigger.TAKEOVER)) == ()
