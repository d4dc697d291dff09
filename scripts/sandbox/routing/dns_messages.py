"""DNS on the wire: a question as it came, and the answer as it goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dnslib import CLASS, EDNS0, OPCODE, QTYPE, RCODE, RR, TXT, DNSError, DNSHeader, DNSRecord
from dnslib.dns import HTTPS, RD
from dnslib.label import DNSLabelError

from scripts.sandbox.routing.answers import Answer, Record

#: The bytes of a datagram without EDNS (RFC 1035, section 4.2.1), and those that we offer with it.
PLAIN, OFFERED = 512, 4096

#: The bytes of a message over TCP.
WHOLE = 65_535

#: What dnslib raises of bytes, and of values, that it cannot make sense of.
SENSELESS = (DNSError, DNSLabelError, ValueError, IndexError, KeyError)

#: Types that dnslib reads as another's.
_LIKE: dict[str, type[RD]] = {"SPF": TXT, "SVCB": HTTPS}

#: Answers a name and a type.
Answering = Callable[[str, str], Answer]


def respond(packet: bytes, answering: Answering, limit: int | None = None) -> bytes | None:
    """The message that answers one, within `limit` bytes, or what its sender takes in a datagram.

    None where there is nothing to answer: bytes that are no DNS, or an answer themselves.
    """
    try:
        asked = DNSRecord.parse(packet)
    except SENSELESS:
        return None
    if asked.header.qr:
        return None
    reply = DNSRecord(DNSHeader(id=asked.header.id, qr=1, rd=asked.header.rd, ra=0))
    reply.header.opcode = asked.header.opcode
    reply.add_question(*asked.questions)
    offer = next((record for record in asked.ar if record.rtype == QTYPE.OPT), None)
    answer = _answer(asked, offer, answering)
    if offer is not None:  # RFC 6891, section 9: the higher bits of BADVERS are in the OPT record
        reply.add_ar(EDNS0(udp_len=OFFERED, ext_rcode=int(answer.code == "BADVERS")))
    _fill(reply, answer)
    if limit is None:
        limit = PLAIN if offer is None else min(max(offer.edns_len, PLAIN), OFFERED)
    return _within(limit, reply)


def _answer(asked: DNSRecord, offer: Any, answering: Answering) -> Answer:
    """What a name server says to a message, whatever it asks."""
    if asked.header.opcode != OPCODE.QUERY:
        return Answer("NOTIMP", authoritative=False)
    if len(asked.questions) != 1:
        return Answer("FORMERR", authoritative=False)
    if offer is not None and offer.edns_ver:
        return Answer("BADVERS", authoritative=False)
    (question,) = asked.questions
    kind = QTYPE.get(question.qtype)
    if question.qclass != CLASS.IN or kind in ("AXFR", "IXFR"):
        return Answer("REFUSED", authoritative=False)
    return answering(str(question.qname), str(kind))


def _fill(reply: DNSRecord, answer: Answer) -> None:
    """Put the answer into a message; a value that its type does not allow is a failure of the server."""
    try:
        records = [_record(reply, each) for each in answer.records]
        authority = [_record(reply, each) for each in answer.authority]
    except SENSELESS:
        answer, records, authority = Answer("SERVFAIL"), [], []
    reply.header.aa = answer.authoritative
    reply.header.rcode = 0 if answer.code == "BADVERS" else getattr(RCODE, answer.code)
    reply.add_answer(*records)
    reply.add_auth(*authority)


def _record(reply: DNSRecord, record: Record) -> RR:
    """A record; the name that was asked for stands as it was asked for, in upper case or lower."""
    asked = reply.q.qname
    name = asked if str(asked).lower() == record.name else record.name
    rdata = _rdata(record.type, record.value)
    return RR(name, QTYPE.reverse[record.type], ttl=record.ttl, rdata=rdata)


@lru_cache(maxsize=4096)
def _rdata(kind: str, value: str) -> Any:
    """A value of presentation format. Raises one of SENSELESS."""
    like = _LIKE.get(kind)
    name = kind if like is None else like.__name__
    if name == HTTPS.__name__:  # dnslib knows its parameters without quotes only
        value = value.replace('"', "")
    (record,) = RR.fromZone(f". 0 IN {name} {value}\n")
    return record.rdata


def _within(limit: int, reply: DNSRecord) -> bytes:
    """The message; without its records and marked as truncated, where it is longer."""
    whole = bytes(reply.pack())
    if len(whole) <= limit:
        return whole
    reply.rr.clear()
    reply.auth.clear()
    reply.header.tc = 1
    return bytes(reply.pack())
