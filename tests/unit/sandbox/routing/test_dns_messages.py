"""DNS on the wire, as another implementation has it: dnspython asks, and reads the answers."""

from __future__ import annotations

import random
from collections.abc import Callable

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import pytest

from scripts.sandbox.routing.answers import Answer, Record
from scripts.sandbox.routing.dns_messages import WHOLE, respond

NAME = "origin.shop.example.com."

SOA = Record(
    "example.com.", "SOA", 900, "ns.example.net. admin.example.net. 1 7200 900 1209600 86400"
)


def records(*values: str, kind: str = "A", ttl: int = 60) -> Callable[[str, str], Answer]:
    return lambda name, _: Answer(
        "NOERROR", tuple(Record(name.lower(), kind, ttl, value) for value in values)
    )


def ask(
    asked: dns.message.Message,
    answering: Callable[[str, str], Answer],
    limit: int | None = None,
) -> dns.message.Message:
    """The answer, which has to fit the question."""
    reply = respond(asked.to_wire(), answering, limit)
    assert reply is not None
    read = dns.message.from_wire(reply)
    assert asked.is_response(read)
    return read


def test_an_address_is_answered_with_authority_and_without_recursion() -> None:
    told = ask(dns.message.make_query(NAME, "A"), records("192.0.2.1"))
    assert told.rcode() == dns.rcode.NOERROR
    assert [str(each) for each in told.answer] == [f"{NAME} 60 IN A 192.0.2.1"]
    assert told.flags & dns.flags.AA
    assert not told.flags & (dns.flags.RA | dns.flags.TC)


def test_a_name_is_answered_as_it_was_written() -> None:
    asked = "Origin.SHOP.example.Com."
    told = ask(dns.message.make_query(asked, "A"), records("192.0.2.1"))
    assert told.answer[0].name.to_text() == asked


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("A", "192.0.2.1"),
        ("AAAA", "2001:db8::1"),
        ("CNAME", "shop.example.com."),
        ("NS", "ns-1.awsdns-1.com."),
        ("SOA", SOA.value),
        ("TXT", '"v=spf1 -all" "and more"'),
        ("SPF", '"v=spf1 -all"'),
        ("MX", "10 mail.example.com."),
        ("SRV", "1 2 443 shop.example.com."),
        ("PTR", "shop.example.com."),
        ("CAA", '0 issue "amazon.com"'),
        ("NAPTR", '100 50 "u" "sip+E2U" "!^.*$!sip:x@example.com!" .'),
        ("DS", f"12345 8 2 {'ab' * 32}"),
        ("SSHFP", f"1 1 {'ab' * 20}"),
        ("TLSA", f"3 1 1 {'ab' * 32}"),
        ("HTTPS", '1 . alpn="h2"'),
        ("SVCB", '1 . alpn="h2"'),
    ],
)
def test_a_value_of_every_type_of_route_53_is_read_as_it_was_kept(kind: str, value: str) -> None:
    told = ask(dns.message.make_query(NAME, kind), records(value, kind=kind))
    assert told.rcode() == dns.rcode.NOERROR
    ((found,),) = told.answer
    assert found.rdtype == dns.rdatatype.from_text(kind)
    assert found.to_text() == value


def test_nothing_is_told_with_the_record_that_says_for_how_long() -> None:
    for code in ("NXDOMAIN", "NOERROR"):
        told = ask(
            dns.message.make_query(NAME, "AAAA"), lambda *_, c=code: Answer(c, authority=(SOA,))
        )
        assert dns.rcode.to_text(told.rcode()) == code
        assert [each.rdtype for each in told.authority] == [dns.rdatatype.SOA]


def test_a_value_that_its_type_does_not_allow_fails_its_question_and_no_other() -> None:
    question = dns.message.make_query(NAME, "A")
    assert ask(question, records("not-an-address")).rcode() == dns.rcode.SERVFAIL
    assert ask(question, records("192.0.2.1")).rcode() == dns.rcode.NOERROR


MANY = [f'"{n:>200}"' for n in range(10)]


@pytest.mark.parametrize(("payload", "cut"), [(None, True), (1232, True), (4096, False)])
def test_a_datagram_is_as_long_as_its_reader_takes(payload: int | None, cut: bool) -> None:
    asked = dns.message.make_query(NAME, "TXT", use_edns=payload is not None, payload=payload or 0)
    told = ask(asked, records(*MANY, kind="TXT"))
    assert bool(told.flags & dns.flags.TC) is cut
    assert sum(len(each) for each in told.answer) == (0 if cut else 10)


def test_over_tcp_nothing_is_cut() -> None:
    told = ask(dns.message.make_query(NAME, "TXT"), records(*MANY, kind="TXT"), WHOLE)
    assert not told.flags & dns.flags.TC
    assert len(told.answer[0]) == 10


def test_edns_is_answered_with_edns_and_only_then() -> None:
    subnet = dns.edns.ECSOption("192.0.2.0", 24)
    asked = dns.message.make_query(NAME, "A", use_edns=0, payload=1232, options=[subnet])
    assert ask(asked, records("192.0.2.1")).edns == 0
    plain = dns.message.make_query(NAME, "A", use_edns=False)
    assert ask(plain, records("192.0.2.1")).edns == -1


def test_a_version_of_edns_that_is_not_there_yet_is_refused() -> None:
    asked = dns.message.make_query(NAME, "A", use_edns=1)
    told = ask(asked, records("192.0.2.1"))
    assert (told.rcode(), told.answer) == (dns.rcode.BADVERS, [])


def test_what_is_no_question_of_ours_is_refused() -> None:
    chaos = dns.message.make_query("version.bind.", "TXT", rdclass=dns.rdataclass.CH)
    transfer = dns.message.make_query(NAME, "AXFR")
    notify = dns.message.make_query(NAME, "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    told = [ask(each, records("192.0.2.1")).rcode() for each in (chaos, transfer, notify)]
    assert told == [dns.rcode.REFUSED, dns.rcode.REFUSED, dns.rcode.NOTIMP]


def test_two_questions_in_one_message_are_one_too_many() -> None:
    asked = dns.message.make_query(NAME, "A")
    asked.question *= 2
    assert ask(asked, records("192.0.2.1")).rcode() == dns.rcode.FORMERR


def test_an_answer_is_not_answered() -> None:
    reply = dns.message.make_response(dns.message.make_query(NAME, "A"))
    assert respond(reply.to_wire(), records("192.0.2.1")) is None


def test_no_bytes_whatever_do_harm() -> None:
    """Cut, changed or invented: nothing raises, and what is answered is DNS."""
    dice = random.Random(5)
    whole = dns.message.make_query(NAME, "A", use_edns=0).to_wire()
    answered = 0
    for _ in range(5_000):
        packet = bytearray(whole[: dice.randint(0, len(whole))] if dice.random() < 0.2 else whole)
        for _ in range(dice.randint(0, 4)):
            if packet:
                packet[dice.randrange(len(packet))] = dice.randrange(256)
        reply = respond(bytes(packet), records("192.0.2.1"))
        if reply is not None:
            answered += 1
            assert reply[:2] == packet[:2]
            assert reply[2] & 0x80
    assert 0 < answered < 5_000
