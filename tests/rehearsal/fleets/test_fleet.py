"""A fleet from start to stop, and what is left of it when something is killed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from scripts.errors import Failed, Refused, UsageError
from scripts.sandbox import daemons, process
from scripts.sandbox.fleets import supervision
from scripts.sandbox.fleets.spec import Spec
from scripts.sandbox.record import birth
from tests.rehearsal.conftest import free_port
from tests.rehearsal.fleets.conftest import Place
from tests.rehearsal.fleets.ground import ORIGIN

PATIENCE = 60.0


def ask(place: Place, path: str = "/", **headers: str) -> tuple[int, Message, Any]:
    request = urllib.request.Request(place.spec.url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read()


def until(holds: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (told := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return told


def instances(place: Place) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = supervision.status(place.home).document["instances"]
    return found


def members(group: int) -> list[int]:
    """The processes of a group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if stat[0] != "Z" and int(stat[2]) == group:
                found.append(int(entry.name))
    return found


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until(lambda: birth(pid) is None)


def test_it_serves_what_is_deployed(fleet: Place) -> None:
    told = supervision.status(fleet.home).document
    assert [one["health"] for one in told["instances"]] == ["healthy", "healthy"]
    assert told["url"] == fleet.spec.url
    assert all(one["memory_bytes"] > 10**7 for one in told["instances"])

    status, headers, seen = ask(fleet)
    assert (status, headers["X-Revision"], seen["greeting"]) == (200, "one", "hello")
    assert seen["HTTP_X_FORWARDED_PROTO"] == "https"
    pids = {ask(fleet)[1]["X-Pid"] for _ in range(6)}
    assert pids == {str(one["pid"]) for one in told["instances"]}


def test_the_listener_s_rules_are_the_deployed_ones(fleet: Place) -> None:
    assert ask(fleet, **{ORIGIN: "hush"})[0] == 200
    assert ask(fleet, **{ORIGIN: "guessed"})[0] == 403


def test_the_group_s_cookie_ties_a_cart_to_an_instance(fleet: Place) -> None:
    with urllib.request.urlopen(f"{fleet.spec.url}/cart") as answer:
        lines = answer.headers.get_all("Set-Cookie")
    cookies = "; ".join(line.partition(";")[0] for line in lines)
    assert "AWSALBAPP-0" in cookies
    assert len({ask(fleet, Cookie=cookies)[1]["X-Pid"] for _ in range(8)}) == 1


def test_a_second_start_finds_the_first(fleet: Place) -> None:
    first = supervision.status(fleet.home).document["pid"]
    assert fleet.start().document["pid"] == first


def test_an_instance_that_is_killed_is_started_again_and_loses_no_later_request(
    fleet: Place,
) -> None:
    victim = instances(fleet)[0]
    kill(victim["pid"])

    def back() -> bool:
        assert ask(fleet)[0] in (200, 502)  # until it is known: a 502, as on AWS, and nothing worse
        now = instances(fleet)[0]
        return now["restarts"] == 1 and now["pid"] is not None and _answers(now["port"])

    until(back)
    assert {ask(fleet)[0] for _ in range(40)} == {200}
    assert {ask(fleet)[1]["X-Pid"] for _ in range(6)} == {str(o["pid"]) for o in instances(fleet)}


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_a_supervisor_that_is_killed_is_noticed_and_swept_by_the_next_start(fleet: Place) -> None:
    killed = supervision.status(fleet.home).document["pid"]
    kill(killed)
    assert len(members(killed)) >= 2
    assert supervision.status(fleet.home).lost

    again = fleet.start()

    assert again.document["pid"] != killed
    assert members(killed) == []
    assert ask(fleet)[0] == 200


@pytest.mark.parametrize("killed", [False, True])
def test_a_stop_leaves_no_process(fleet: Place, killed: bool) -> None:
    group = supervision.status(fleet.home).document["pid"]
    if killed:
        kill(group)
    assert supervision.stop(fleet.home) is True
    assert members(group) == []
    assert supervision.stop(fleet.home) is False
    assert not supervision.status(fleet.home).lost


def test_a_start_that_is_killed_leaves_no_process_either(place: Place) -> None:
    """The record is there before the first instance is: a kill at any moment can be swept."""
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        with contextlib.suppress(BaseException):
            place.start()
        os._exit(0)
    supervisor = until(lambda: _process_of(place.home))
    until(lambda: len(members(supervisor)) > 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    kill(supervisor)
    supervision.stop(place.home)
    assert members(supervisor) == []


def _process_of(home: Path) -> int | None:
    """The process that was started with this home."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if words[-3:-1] == [b"--home", str(home).encode()]:
                return int(entry.name)
    return None


def test_an_interrupted_start_leaves_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(daemons, "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        place.start()
    monkeypatch.undo()
    assert not supervision.status(place.home).lost


def test_a_request_under_way_is_finished_by_a_stop(fleet: Place) -> None:
    with socket.create_connection((fleet.spec.host, fleet.spec.port)) as slow:
        slow.sendall(b"GET /slow?1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(0.2)
        supervision.stop(fleet.home)
        answer = b"".join(iter(lambda: slow.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")


def test_a_taken_port_is_named_and_nothing_started(place: Place) -> None:
    with socket.socket() as other:
        other.bind((place.spec.host, 0))
        other.listen()
        taken = place.having(port=other.getsockname()[1])
        with pytest.raises(UsageError, match=f"cannot serve 127.0.0.1:{taken.spec.port}"):
            taken.start()
    assert not supervision.status(place.home).running


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [
        ("broken", r"answered 404 to /healthz\?deep=1"),
        ("torn", "ended with 3 before it served.*failed to boot"),
        ("gone", "cannot be read: No such file"),
    ],
)
def test_a_revision_that_does_not_come_up_is_a_sentence_and_leaves_nothing(
    place: Place, revision: str, sentence: str
) -> None:
    source = place.revision(revision)
    if revision == "torn":
        Path(source, "shop.py").write_text("def (")
    if revision == "gone":
        source += "-away"
    patience = 5.0 if revision == "broken" else PATIENCE
    with pytest.raises(Failed) as failed:
        place.having(revision=source, ready_seconds=patience).start()
    assert re.search(sentence, failed.value.message, re.DOTALL), failed.value.message
    assert "Traceback" not in failed.value.message.partition("It said")[0]
    assert not supervision.status(place.home).running
    assert supervision.stop(place.home) is False


def test_a_load_balancer_that_does_not_know_the_group_is_told_so(place: Place) -> None:
    with pytest.raises(Failed, match="sends nothing to arn:other"):
        place.having(target_group="arn:other").start()


def test_a_fleet_of_another_sandbox_is_started_anew(fleet: Place) -> None:
    first = supervision.status(fleet.home).document["pid"]
    spec: Spec = replace(
        fleet.spec, endpoint=fleet.sandbox.endpoint.replace("127.0.0.1", "localhost")
    )
    assert supervision.start(fleet.home, spec).document["pid"] != first
    assert members(first) == []


def test_a_deployment_to_nobody_is_refused(place: Place) -> None:
    with pytest.raises(Failed, match="does not run"):
        supervision.deploy(place.home, "anything", 50)


def test_the_control_channel_refuses_what_is_no_deployment(fleet: Place) -> None:
    with pytest.raises(Refused, match="That is no deployment"):
        supervision.deploy(fleet.home, "two", None)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["stop", "reset"])
def test_the_sandbox_takes_its_fleets_with_it(tmp_path: Path, place: Place, way: str) -> None:
    home = tmp_path / "sandbox"
    process.start(home, free_port())
    fleet = supervision.home_of(home, "little", "eu-west-1")
    supervision.start(fleet, place.spec)
    group = supervision.status(fleet).document["pid"]
    try:
        process.stop(home) if way == "stop" else process.reset(home)
        assert members(group) == []
    finally:
        process.stop(home)
