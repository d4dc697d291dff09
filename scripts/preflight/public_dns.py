"""The public DNS, asked as the world asks it: from the zone above downwards.

`Resolver` is the machine's own way out. `Server` is one server that knows everything, as a rehearsal has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.errors import reason
from scripts.preflight.ground import NoName

if TYPE_CHECKING:
    from dns.message import Message
    from dns.rdatatype import RdataType

#: Seconds that a name server has for an answer.
PATIENCE = 3.0
_PORT = 53
#: Response codes of an answer; any other tells of the server, and nothing of the name.
_ANSWERS = ("NOERROR", "NXDOMAIN")


@dataclass(frozen=True)
class Resolver:
    """DNS by the machine's resolver; delegations by the servers of the zone above."""

    def delegation(self, zone: str) -> tuple[str, ...]:
        """As the first server of the zone above that answers: a referral, which no cache stands behind."""
        said = ""
        for address in self._above(zone):
            try:
                return _name_servers(_query(zone, "NS", address, _PORT), zone)
            except NoName as error:
                said = str(error)
        raise NoName(said or f"No server of the zone above {zone} is found.")

    def authorities(self, name: str) -> tuple[str, ...]:
        """The CAA records of the nearest name that has some."""
        for here in _upwards(name):
            if found := _resolved(here, "CAA"):
                return _issuers(found)
        return ()

    def _above(self, zone: str) -> Iterator[str]:
        """The addresses of the servers of the nearest zone above; a server may have none."""
        for above in list(_upwards(zone))[1:]:
            if servers := _resolved(above, "NS"):
                for server in sorted(str(one.target) for one in servers):
                    yield from (str(address) for address in _resolved(server, "A"))
                return


@dataclass(frozen=True)
class Server:
    """DNS by one server, at `address:port`, that has no zone above the environment's.

    It refuses a name of no zone of its own; nobody else has such a zone.
    """

    address: str

    def delegation(self, zone: str) -> tuple[str, ...]:
        """As the server itself says."""
        return _name_servers(self._asked(zone, "NS"), zone)

    def authorities(self, name: str) -> tuple[str, ...]:
        """The CAA records of the nearest name that has some."""
        for here in _upwards(name):
            if found := _issuers(_records(self._asked(here, "CAA"), "CAA")):
                return found
        return ()

    def _asked(self, name: str, kind: str) -> Message:
        host, _, port = self.address.partition(":")
        return _query(name, kind, host, int(port or _PORT), (*_ANSWERS, "REFUSED"))


def _resolved(name: str, kind: str) -> tuple[Any, ...]:
    """What the machine's resolver finds; nothing where there is nothing. Raises NoName where it fails."""
    import dns.exception
    import dns.resolver

    try:
        return tuple(dns.resolver.resolve(name, kind, lifetime=PATIENCE * 2))
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise NoName(f"{kind} records of {name} are not found: {reason(error)}.") from error


def _query(
    name: str, kind: str, host: str, port: int, answers: Collection[str] = _ANSWERS
) -> Message:
    """One answer, not recursed for. Raises NoName where none comes, or one that says nothing."""
    import dns.exception
    import dns.flags
    import dns.message
    import dns.query
    import dns.rcode

    query = dns.message.make_query(name, kind)
    query.flags &= ~dns.flags.RD
    try:
        answer, _ = dns.query.udp_with_fallback(query, host, timeout=PATIENCE, port=port)
    except (dns.exception.DNSException, OSError, EOFError) as error:
        raise NoName(f"{host} does not answer for {name}: {reason(error)}.") from error
    if (code := dns.rcode.to_text(answer.rcode())) not in answers:
        raise NoName(f"{host} answers {code} for {name}.")
    return answer


def _name_servers(answer: Message, zone: str) -> tuple[str, ...]:
    """Those of a referral, or of an answer where one server has both zones."""
    import dns.name
    from dns.rdatatype import NS

    origin = dns.name.from_text(zone)
    return tuple(
        str(one.target)
        for section in (answer.answer, answer.authority)
        for held in section
        if held.rdtype == NS and held.name == origin
        for one in held
    )


def _records(answer: Message, kind: str) -> Iterator[object]:
    import dns.rdatatype

    wanted: RdataType = dns.rdatatype.from_text(kind)
    return (one for held in answer.answer if held.rdtype == wanted for one in held)


def _issuers(records: object) -> tuple[str, ...]:
    """Whom `issue` properties name, without their parameters; `;` names nobody, as a word of its own."""
    return tuple(
        one.value.decode().partition(";")[0].strip() or ";"
        for one in records  # type: ignore[attr-defined]
        if one.tag == b"issue"
    )


def _upwards(name: str) -> Iterator[str]:
    """A name, and every name above it but the root."""
    labels = name.rstrip(".").split(".")
    return (".".join(labels[number:]) for number in range(len(labels)))
