"""Delegations and CAA records by real DNS messages, over loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from dns.rcode import Rcode

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


@contextmanager
def above(monkeypatch: pytest.MonkeyPatch, fill: Fill, **more: list[str]) -> Iterator[Found]:
    """example.com has one server, which `fill` writes the answers of; but for what `more` has."""
    known = {"example.com NS": ["a.example."], "a.example. A": ["127.0.0.1"]}
    finds = Found(**{**known, **more})
    monkeypatch.setattr(dns.resolver, "resolve", finds)
    with serving(fill) as port:
        monkeypatch.setattr(public_dns, "_PORT", port)
        yield finds


def says(code: Rcode) -> Fill:
    def fill(answer: Any) -> None:
        answer.set_rcode(code)

    return fill


@pytest.mark.parametrize("code", [dns.rcode.REFUSED, dns.rcode.SERVFAIL])
def test_a_server_that_cannot_say_has_not_said_that_there_is_none(
    monkeypatch: pytest.MonkeyPatch, code: Rcode
) -> None:
    said = dns.rcode.to_text(code)
    with (
        above(monkeypatch, says(code)),
        pytest.raises(NoName, match=f"answers {said} for {DOMAIN}"),
    ):
        Resolver().delegation(DOMAIN)


def test_the_next_server_is_asked_where_one_cannot_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has two addresses, and answers but the second time."""
    answers = iter([says(dns.rcode.SERVFAIL), referral])

    def fill(answer: Any) -> None:
        next(answers)(answer)

    twice = {"example.com NS": ["a.example.", "b.example."], "b.example. A": ["127.0.0.1"]}
    with above(monkeypatch, fill, **twice):
        assert len(Resolver().delegation(DOMAIN)) == 2


def test_a_name_that_is_not_there_has_no_delegation(monkeypatch: pytest.MonkeyPatch) -> None:
    with above(monkeypatch, says(dns.rcode.NXDOMAIN)):
        assert Resolver().delegation(DOMAIN) == ()


def test_a_server_without_an_address_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other server of the same zone is asked, and no zone further up."""
    servers = {"example.com NS": ["a.example.", "6.example."], "com NS": ["c.example."]}
    with above(monkeypatch, referral, **servers) as finds:
        assert len(Resolver().delegation(DOMAIN)) == 2

    assert ("com", "NS") not in finds.asked
    assert ("6.example.", "A") in finds.asked


def test_a_caa_lookup_that_fails_is_not_free_for_all() -> None:
    with serving(says(dns.rcode.SERVFAIL)) as port, pytest.raises(NoName, match="SERVFAIL"):
        Server(f"127.0.0.1:{port}").authorities(DOMAIN)


def test_the_one_server_of_a_rehearsal_refuses_what_nobody_has() -> None:
    with serving(says(dns.rcode.REFUSED)) as port:
        server = Server(f"127.0.0.1:{port}")
        assert server.delegation(DOMAIN) == ()
        assert server.authorities(DOMAIN) == ()


def test_the_resolvers_caa_climbs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    finds = Found(**{"example.com CAA": ['0 issue "amazon.com"']})
    monkeypatch.setattr(dns.resolver, "resolve", finds)

    assert Resolver().authorities(DOMAIN) == ("amazon.com",)
    assert finds.asked == [(DOMAIN, "CAA"), ("example.com", "CAA")]


def test_a_machine_without_dns_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise dns.resolver.NoNameservers

    monkeypatch.setattr(dns.resolver, "resolve", fail)

    with pytest.raises(NoName, match=r"NS records of example\.com"):
        Resolver().delegation(DOMAIN)
    with pytest.raises(NoName, match="CAA"):
        Resolver().authorities(DOMAIN)
