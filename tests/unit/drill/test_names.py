"""What an authoritative name server answers, asked over loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from dnslib import QTYPE, RCODE, RR
from dnslib.server import DNSHandler, DNSLogger, DNSRecord, DNSServer

from scripts.drill import names
from scripts.drill.stage import Answer, NoAnswer

NAME = "origin.shop.dev.example.com"


class Zone:
    """Answers what it is told to, and knows whether it was asked to recurse."""

    def __init__(self, records: str, rcode: int = RCODE.NOERROR) -> None:
        self.records, self.rcode, self.recursion = records, rcode, False

    def resolve(self, request: DNSRecord, handler: DNSHandler) -> DNSRecord:
        self.recursion = bool(request.header.rd)
        reply = request.reply()
        reply.header.rcode = self.rcode
        if QTYPE[request.q.qtype] == "A":
            reply.add_answer(*RR.fromZone(self.records))
        return reply


@contextmanager
def served(zone: Zone) -> Iterator[tuple[names.Authority, str]]:
    server = DNSServer(zone, address="127.0.0.1", port=0, logger=DNSLogger(log="-all"))
    server.start_thread()
    try:
        host, port = server.server.server_address
        where = f"{host}:{port}"
        yield names.Authority(lambda: (where,)), where
    finally:
        server.stop()
        server.server.server_close()
        server.thread.join()


def test_an_answer_has_the_addresses_and_how_long_they_hold() -> None:
    zone = Zone(f"{NAME}. 60 A 127.0.0.12\n{NAME}. 60 A 127.0.0.11")
    with served(zone) as (authority, where):
        assert authority.servers(NAME) == (where,)
        assert authority.ask(where, NAME) == Answer(("127.0.0.11", "127.0.0.12"), 60)
        assert not zone.recursion, "an authoritative server is asked for what it knows itself"


def test_a_name_without_an_address_is_an_answer_too() -> None:
    with served(Zone("", RCODE.NXDOMAIN)) as (authority, where):
        assert authority.ask(where, NAME) == Answer((), 0)


def test_a_server_that_refuses_has_not_answered() -> None:
    with (
        served(Zone("", RCODE.REFUSED)) as (authority, where),
        pytest.raises(NoAnswer, match="REFUSED for origin"),
    ):
        authority.ask(where, NAME)


def test_a_server_that_is_gone_has_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "PATIENCE", 0.05)
    with served(Zone("")) as (authority, where):
        pass
    with pytest.raises(NoAnswer, match="does not answer for origin"):
        authority.ask(where, NAME)


def test_the_servers_are_looked_for_once() -> None:
    looked = []

    def find() -> tuple[str, ...]:
        looked.append(1)
        return ("192.0.2.1",)

    authority = names.Authority(find)
    assert [authority.servers(NAME) for _ in range(3)] == [("192.0.2.1",)] * 3
    assert looked == [1]
