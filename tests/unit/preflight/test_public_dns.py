"""Delegations and CAA records by real DNS messages, over loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.resolver
import dns.rrset
import pytest

from scripts.preflight import public_dns
from scripts.preflight.ground import NoName
from scripts.preflight.public_dns import Resolver, Server

DOMAIN = "dev.example.com"
Fill = Callable[[Any], None]


def record(name: str, kind: str, *values: str) -> Any:
    return dns.rrset.from_text(f"{name}.", 60, "IN", kind, *values)


@contextmanager
def serving(fill: Fill) -> Iterator[int]:
    """A name server whose answers `fill` writes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    asked, where = door.recvfrom(4096)
                except OSError:
                    return
                if not asked:
                    return
                answer = dns.message.make_response(dns.message.from_wire(asked))
                fill(answer)
                door.sendto(answer.to_wire(), where)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            door.sendto(b"", door.getsockname())
            thread.join()


def name_asked(answer: Any) -> tuple[str, str]:
    question = answer.question[0]
    return str(question.name).rstrip("."), str(question.rdtype.name)


def referral(answer: Any) -> None:
    """As the servers of example.com answer for a zone below."""
    if name_asked(answer) == (DOMAIN, "NS"):
        answer.authority.append(record(DOMAIN, "NS", "ns-1.awsdns.org.", "ns-2.awsdns.com."))


def apex(answer: Any) -> None:
    """As a server of the very zone answers; and of one that knows only what is above."""
    if name_asked(answer) == (DOMAIN, "NS"):
        answer.answer.append(record(DOMAIN, "NS", "ns-1.awsdns.org.", "ns-2.awsdns.com."))


def somewhere_else(answer: Any) -> None:
    """Authority that is of the zone above itself: there is no delegation."""
    answer.authority.append(record("example.com", "NS", "ns-9.example."))


@pytest.mark.parametrize("fill", [referral, apex])
def test_a_delegation_is_a_referral_or_an_answer(fill: Fill) -> None:
    with serving(fill) as port:
        found = Server(f"127.0.0.1:{port}").delegation(DOMAIN)

    assert sorted(found) == ["ns-1.awsdns.org.", "ns-2.awsdns.com."]


def test_the_servers_of_another_zone_are_no_delegation() -> None:
    with serving(somewhere_else) as port:
        assert Server(f"127.0.0.1:{port}").delegation(DOMAIN) == ()


def test_the_nearest_name_that_says_decides_who_may_issue() -> None:
    def fill(answer: Any) -> None:
        if name_asked(answer) == ("example.com", "CAA"):
            issuers = ('0 issue "amazon.com"', '0 issue "ca.example; a=1"', '0 iodef "mailto:a@b"')
            answer.answer.append(record("example.com", "CAA", *issuers))

    with serving(fill) as port:
        found = Server(f"127.0.0.1:{port}").authorities(f"shop.{DOMAIN}")

    assert sorted(found) == ["amazon.com", "ca.example"]


def test_nobody_may_issue_is_no_same_as_anybody() -> None:
    def fill(answer: Any) -> None:
        if name_asked(answer)[1] == "CAA":
            answer.answer.append(record(name_asked(answer)[0], "CAA", '0 issue ";"'))

    with serving(fill) as port:
        server = Server(f"127.0.0.1:{port}")
        assert server.authorities(DOMAIN) == (";",)
    with serving(lambda _: None) as port:
        assert Server(f"127.0.0.1:{port}").authorities(DOMAIN) == ()


def test_silence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_dns, "PATIENCE", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        with pytest.raises(NoName, match=r"does not answer for dev\.example\.com"):
            Server(f"127.0.0.1:{mute.getsockname()[1]}").delegation(DOMAIN)


class Found:
    """What the machine's resolver finds, by name and kind."""

    def __init__(self, **known: list[str]) -> None:
        self.known, self.asked = known, list[tuple[str, str]]()

    def __call__(self, name: str, kind: str, **_: Any) -> Any:
        self.asked.append((name, kind))
        values = self.known.get(f"{name} {kind}")
        if values is None:
            raise dns.resolver.NXDOMAIN
        return record(name.rstrip("."), kind, *values)


def test_the_zone_above_is_asked_and_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above dev.example.com stands example.com; its first server is dead, its second one tells."""
    finds = Found(
        **{
            "example.com NS": ["a.example.", "b.example."],
            "a.example. A": ["127.0.0.2"],
            "b.example. A": ["127.0.0.1"],
        }
    )
    monkeypatch.setattr(dns.resolver, "resolve", finds)
    monkeypatch.setattr(public_dns, "PATIENCE", 0.2)
    with serving(referral) as port:
        monkeypatch.setattr(public_dns, "_PORT", port)
        found = Resolver().delegation(DOMAIN)

    assert len(found) == 2
    assert (DOMAIN, "NS") not in finds.asked


def test_the_resolvers_caa_climbs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    finds = Found(**{"example.com CAA": ['0 issue "amazon.com"']})
    monkeypatch.setattr(dns.resolver, "resolve", finds)

    assert Resolver().authorities(DOMAIN) == ("amazon.com",)
    assert finds.asked == [(DOMAIN, "CAA"), ("example.com", "CAA")]


def test_a_machine_without_dns_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise dns.resolver.NoNameservers

    monkeypatch.setattr(dns.resolver, "resolve", fail)

    with pytest.raises(NoName, match="above"):
        Resolver().delegation(DOMAIN)
    with pytest.raises(NoName, match="CAA"):
        Resolver().authorities(DOMAIN)
