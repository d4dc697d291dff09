"""The name server of the hosted zones: asked over real sockets, by somebody else's resolver."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
from botocore.exceptions import ClientError

from scripts.sandbox import process
from scripts.sandbox.clock import Reading
from scripts.sandbox.record import Record
from scripts.sandbox.routing.answers import View
from scripts.sandbox.routing.dns_server import DnsServer
from scripts.sandbox.routing.records import Zone
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.running import until

HOST = "127.0.0.1"

LONG = [f'"{n:>200}"' for n in range(10)]

RECORDS = [
    {"Name": "a.example.com.", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]},
    {"Name": "long.example.com.", "Type": "TXT", "TTL": "60", "ResourceRecords": LONG},
]


def serving(visit: Callable[[int], Any]) -> Any:
    """What a visitor on another thread finds at a server's port, while that serves."""
    zone = Zone.read("Z1", "example.com", RECORDS)

    async def serve() -> Any:
        server = DnsServer(lambda: View([zone], lambda _: True, {}), random.Random(1))
        port = await server.open(HOST)
        try:
            return await asyncio.to_thread(visit, port)
        finally:
            server.close()

    return asyncio.run(serve())


def query(name: str, kind: str = "A") -> dns.message.Message:
    return dns.message.make_query(name, kind)


def over_udp(port: int, name: str, kind: str = "A") -> dns.message.Message:
    return dns.query.udp(query(name, kind), HOST, port=port, timeout=30)


def over_tcp(port: int, name: str, kind: str = "A") -> dns.message.Message:
    return dns.query.tcp(query(name, kind), HOST, port=port, timeout=30)


def values(told: dns.message.Message) -> list[str]:
    return sorted(item.to_text() for each in told.answer for item in each)


def test_one_port_answers_over_udp_and_tcp() -> None:
    told = serving(lambda port: [ask(port, "a.example.com") for ask in (over_udp, over_tcp)])
    assert [values(each) for each in told] == [["192.0.2.1"]] * 2


def test_what_a_datagram_has_no_room_for_is_had_over_tcp() -> None:
    def visit(port: int) -> tuple[dns.message.Message, dns.message.Message]:
        return over_udp(port, "long.example.com", "TXT"), over_tcp(port, "long.example.com", "TXT")

    short, whole = serving(visit)
    assert short.flags & dns.flags.TC
    assert not short.answer
    assert values(whole) == sorted(LONG)


def test_one_connection_takes_many_questions_in_pieces() -> None:
    asked = [query("a.example.com"), query("long.example.com", "TXT"), query("b.example.com")]
    stream = b"".join(struct.pack("!H", len(each.to_wire())) + each.to_wire() for each in asked)

    def visit(port: int) -> list[dns.message.Message]:
        with socket.create_connection((HOST, port), timeout=30) as connection:
            for at in range(0, len(stream), 7):
                connection.sendall(stream[at : at + 7])
            with connection.makefile("rb") as replies:
                return [
                    dns.message.from_wire(replies.read(*struct.unpack("!H", replies.read(2))))
                    for _ in asked
                ]

    told = serving(visit)
    assert [each.id for each in told] == [each.id for each in asked]
    assert [dns.rcode.to_text(each.rcode()) for each in told] == ["NOERROR", "NOERROR", "NXDOMAIN"]


def test_what_is_no_dns_gets_no_answer_and_harms_nobody() -> None:
    def visit(port: int) -> dns.message.Message:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for packet in (b"", b"\0", b"GET / HTTP/1.1\r\n\r\n", bytes(12), b"\xff" * 600):
                sender.sendto(packet, (HOST, port))
        for rubbish in (b"", b"\0", b"\0\5hello", b"\xff\xff cut"):
            with socket.create_connection((HOST, port), timeout=30) as connection:
                connection.sendall(rubbish)
        return over_udp(port, "a.example.com")

    assert values(serving(visit)) == ["192.0.2.1"]


def test_nobody_who_says_nothing_keeps_another_waiting() -> None:
    def visit(port: int) -> list[str]:
        silent = [socket.create_connection((HOST, port), timeout=30) for _ in range(20)]
        try:
            return values(over_tcp(port, "a.example.com")) + values(over_udp(port, "a.example.com"))
        finally:
            for each in silent:
                each.close()

    assert serving(visit) == ["192.0.2.1", "192.0.2.1"]


def test_every_one_of_many_questions_is_answered() -> None:
    """Twenty at a time: what a socket has no room for is lost, on AWS as well."""

    def visit(port: int) -> int:
        answered = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(30)
            asker.connect((HOST, port))
            for _ in range(100):
                asked = dict(enumerate(query("a.example.com") for _ in range(20)))
                for number, each in asked.items():
                    each.id = number
                    asker.send(each.to_wire())
                while asked:
                    told = dns.message.from_wire(asker.recv(512))
                    answered += asked.pop(told.id).is_response(told)
        return answered

    assert serving(visit) == 2_000


def test_a_port_can_be_had_again_at_once() -> None:
    async def twice() -> list[int]:
        found = list[int]()
        for port in (0, None):
            server = DnsServer(lambda: View((), lambda _: True, {}))
            found.append(await server.open(HOST, found[0] if port is None else port))
            server.close()
            await asyncio.sleep(0)
        return found

    first, second = asyncio.run(twice())
    assert first == second


def test_a_port_that_is_taken_is_an_error_over_udp_and_over_tcp() -> None:
    async def open_at(port: int) -> None:
        server = DnsServer(lambda: View((), lambda _: True, {}))
        try:
            await server.open(HOST, port)
        finally:
            server.close()

    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind((HOST, 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            with pytest.raises(OSError, match="in use"):
                asyncio.run(open_at(taken.getsockname()[1]))


_NUMBERS = count(1)


@dataclass(frozen=True)
class Owner:
    """An account with a hosted zone that no other test has."""

    sandbox: Sandbox
    zone: str
    domain: str

    @classmethod
    def new(cls, sandbox: Sandbox) -> Owner:
        domain = f"dns-{next(_NUMBERS)}.example"
        route53 = sandbox.client("route53")
        made = route53.create_hosted_zone(Name=domain, CallerReference=domain)["HostedZone"]
        return cls(sandbox, made["Id"].removeprefix("/hostedzone/"), domain)

    @property
    def route53(self) -> Any:
        return self.sandbox.client("route53")

    def put(self, *addresses: str, name: str = "www", **members: Any) -> None:
        told = {"TTL": 30, "ResourceRecords": [{"Value": each} for each in addresses]}
        record = {"Name": f"{name}.{self.domain}", "Type": "A", **told, **members}
        changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
        self.route53.change_resource_record_sets(
            HostedZoneId=self.zone, ChangeBatch={"Changes": changes}
        )

    def resolved(self, name: str = "www") -> list[str]:
        port = status(self.sandbox)["dns"]["port"]
        return values(over_udp(port, f"{name}.{self.domain}"))

    def tested(self, name: str = "www", kind: str = "A", **members: str) -> dict[str, Any]:
        asked = {"HostedZoneId": self.zone, "RecordName": f"{name}.{self.domain}"}
        told: dict[str, Any] = self.route53.test_dns_answer(**asked, RecordType=kind, **members)
        return told


def status(sandbox: Sandbox) -> Any:
    """The data plane's own account of itself; it is started when it does not run."""
    return sandbox.page("POST", "routing/start")


@pytest.fixture
def owner(sandbox: Sandbox) -> Owner:
    return Owner.new(sandbox)


def test_a_record_is_answered_as_it_was_written_last(owner: Owner) -> None:
    owner.put("192.0.2.1")
    until(lambda: owner.resolved() == ["192.0.2.1"])
    owner.put("192.0.2.2", "192.0.2.3")
    until(lambda: owner.resolved() == ["192.0.2.2", "192.0.2.3"])


def test_a_disabled_and_inverted_check_moves_a_failover(owner: Owner) -> None:
    """Neither needs a checker: whoever inverts a check that is healthy has an unhealthy one."""
    settings = {"Type": "TCP", "IPAddress": "192.0.2.99", "Port": 9, "Disabled": True}
    check = owner.route53.create_health_check(
        CallerReference=owner.domain, HealthCheckConfig=settings
    )["HealthCheck"]["Id"]
    owner.put("192.0.2.1", SetIdentifier="1", Failover="PRIMARY", HealthCheckId=check)
    owner.put("192.0.2.2", SetIdentifier="2", Failover="SECONDARY")
    until(lambda: owner.resolved() == ["192.0.2.1"])
    owner.route53.update_health_check(HealthCheckId=check, Inverted=True)
    until(lambda: owner.resolved() == ["192.0.2.2"])
    assert owner.tested()["RecordData"] == ["192.0.2.2"]
    owner.route53.update_health_check(HealthCheckId=check, Inverted=False)
    until(lambda: owner.resolved() == ["192.0.2.1"])


def test_test_dns_answer_tells_what_dns_tells(owner: Owner) -> None:
    owner.put("192.0.2.1", "192.0.2.2")
    told = owner.tested(ResolverIP="203.0.113.7", EDNS0ClientSubnetIP="192.0.2.0")
    assert (told["ResponseCode"], told["Protocol"]) == ("NOERROR", "UDP")
    assert (told["RecordName"], told["RecordType"]) == (f"www.{owner.domain}", "A")
    assert sorted(told["RecordData"]) == ["192.0.2.1", "192.0.2.2"]
    servers = owner.route53.get_hosted_zone(Id=owner.zone)["DelegationSet"]["NameServers"]
    assert f"{told['Nameserver']}." in servers
    assert owner.tested(kind="TXT")["RecordData"] == []
    assert owner.tested(name="missing")["ResponseCode"] == "NXDOMAIN"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"HostedZoneId": "ZNOTTHERE"}, "NoSuchHostedZone"),
        ({"RecordType": "ANY"}, "InvalidInput"),
        ({"ResolverIP": "here"}, "InvalidInput"),
        ({"EDNS0ClientSubnetMask": "24"}, "InvalidInput"),
        ({"EDNS0ClientSubnetIP": "192.0.2.0", "EDNS0ClientSubnetMask": "33"}, "InvalidInput"),
    ],
)
def test_what_cannot_be_tested_is_refused(owner: Owner, changes: dict[str, str], code: str) -> None:
    asked = {"HostedZoneId": owner.zone, "RecordName": f"www.{owner.domain}", "RecordType": "A"}
    with pytest.raises(ClientError) as refusal:
        owner.route53.test_dns_answer(**{**asked, **changes})
    assert refusal.value.response["Error"]["Code"] == code


def test_a_private_zone_is_neither_served_nor_tested(sandbox: Sandbox) -> None:
    domain = f"private-{next(_NUMBERS)}.example"
    zone = sandbox.client("route53").create_hosted_zone(
        Name=domain, CallerReference=domain, VPC={"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}
    )["HostedZone"]["Id"]
    owner = Owner(sandbox, zone.removeprefix("/hostedzone/"), domain)
    with pytest.raises(ClientError, match="private hosted zone"):
        owner.tested()
    told = over_udp(status(sandbox)["dns"]["port"], f"www.{domain}")
    assert told.rcode() == dns.rcode.REFUSED


def test_a_zone_of_another_account_is_not_there(owner: Owner) -> None:
    stranger = owner.sandbox.client("route53", account="222222222222")
    with pytest.raises(ClientError) as refusal:
        stranger.test_dns_answer(
            HostedZoneId=owner.zone, RecordName=f"www.{owner.domain}", RecordType="A"
        )
    assert refusal.value.response["Error"]["Code"] == "NoSuchHostedZone"


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    process.stop(tmp_path / "home")


def test_the_port_outlives_a_restart(homes: Path) -> None:
    first = Sandbox(homes, process.start(homes, free_port()).url)
    owner = Owner.new(first)
    owner.put("192.0.2.1")
    until(lambda: owner.resolved() == ["192.0.2.1"])
    port = status(first)["dns"]["port"]
    process.stop(homes)
    second = Sandbox(homes, process.start(homes).url)
    assert status(second)["dns"]["port"] == port
    until(lambda: values(over_udp(port, f"www.{owner.domain}")) == ["192.0.2.1"])


def test_the_clock_goes_on_while_the_sandbox_is_dead(homes: Path) -> None:
    """Whoever was told a reading, and did not ask again, agrees with the sandbox that follows."""
    first = Sandbox(homes, process.start(homes, free_port()).url)
    told = Reading.told(first.page("PUT", "clock", {"speed": 60}))
    killed = Record.read(homes)
    assert killed is not None
    os.kill(killed.pid, signal.SIGKILL)
    until(lambda: not killed.alive)
    second = Sandbox(homes, process.start(homes).url)
    after = Reading.told(second.page("GET", "clock"))
    assert after.speed == 60
    assert after.now == pytest.approx(told.time(after.monotonic))
