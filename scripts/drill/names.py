"""Authoritative DNS by real queries: what a name server answers now, whatever caches in between believe.

On AWS the servers are those that the zone is delegated to, found by the machine's own resolver; a rehearsal
has one, at an address and a port.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts.drill.stage import Answer, NoAnswer
from scripts.errors import reason

if TYPE_CHECKING:
    from dns.message import Message

#: Seconds that a name server has for an answer; one that is well takes a few hundredths.
PATIENCE = 2.0
_PORT = 53


@dataclass
class Authority:
    """The name servers of a zone, as `find` finds them once. A server is `address` or `address:port`."""

    find: Callable[[], tuple[str, ...]]
    _found: tuple[str, ...] = ()
    _finding: threading.Lock = field(default_factory=threading.Lock)

    def servers(self, name: str) -> tuple[str, ...]:  # noqa: ARG002 - all names of a drill are of one zone
        """The zone's. Raises NoAnswer."""
        with self._finding:
            self._found = self._found or self.find()
            return self._found

    def ask(self, server: str, name: str) -> Answer:
        """The addresses that a server has for a name now, none where it has none. Raises NoAnswer."""
        import dns.exception
        import dns.flags
        import dns.message
        import dns.query
        import dns.rcode

        host, _, port = server.partition(":")
        query = dns.message.make_query(name, "A")
        query.flags &= ~dns.flags.RD
        try:
            answer, _ = dns.query.udp_with_fallback(
                query, host, timeout=PATIENCE, port=int(port or _PORT)
            )
        except (dns.exception.DNSException, OSError, EOFError) as error:
            raise NoAnswer(f"{server} does not answer for {name}: {reason(error)}.") from error
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise NoAnswer(f"{server} answers {dns.rcode.to_text(answer.rcode())} for {name}.")
        return _addresses(answer)


def delegated(zone: str) -> tuple[str, ...]:
    """An address of each name server that a zone is delegated to. Raises NoAnswer."""
    import dns.exception
    import dns.resolver

    try:
        servers = sorted(str(one.target) for one in dns.resolver.resolve(zone, "NS"))
        return tuple(str(dns.resolver.resolve(server, "A")[0]) for server in servers)
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(f"The name servers of {zone} are not found: {reason(error)}.") from error


def _addresses(answer: Message) -> Answer:
    """All A records of the answer; what they are called does not count, for an alias has one name."""
    from dns.rdatatype import A

    found = [one for one in answer.answer if one.rdtype == A]
    return Answer(
        tuple(sorted(str(address) for one in found for address in one)),
        min((one.ttl for one in found), default=0),
    )
