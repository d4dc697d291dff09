"""HTTP/1.1 in whole messages: what a server is asked, and what it answers.

A message is read to its end before anything is done with it (server.py, connections.py), so its framing is
ours and not its sender's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

Headers = tuple[tuple[str, str], ...]

#: Bytes that are read from a socket at once.
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Request:
    """A whole request. `target` is the path with its query; `peer` the address it came from."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    peer: str = ""

    @property
    def path(self) -> str:
        """The path, without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return self.target.partition("?")[2]

    def values(self, name: str) -> list[str]:
        """Every value of a header; its name is lower case."""
        return [value for key, value in self.headers if key == name]

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies by name."""
        pairs = (pair.partition("=") for line in self.values("cookie") for pair in line.split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}

    def having(self, *headers: tuple[str, str]) -> Request:
        """The same with these headers instead of those of the same names."""
        names = {name for name, _ in headers}
        kept = (one for one in self.headers if one[0] not in names)
        return replace(self, headers=(*kept, *headers))


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Headers = ()
    body: bytes = b""


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers as text: their bytes, one to one."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Headers as bytes again. Raises UnicodeEncodeError for what no header can hold."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
