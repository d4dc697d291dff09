"""The sandbox never reaches the network: an attempt raises.

An audit hook sees every connection and every name lookup of the process, whichever library makes
it, and cannot be taken out again. Processes that the sandbox starts (Lambda functions) are not
covered by it; they get the sandbox's own address as their AWS endpoint.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any


class NetworkRefused(PermissionError):
    """Something in the sandbox tried to leave this machine."""


def forbid_network() -> None:
    """Refuse, for the life of this process, every address that is not loopback."""
    sys.addaudithook(_refuse_remote)


def _refuse_remote(event: str, arguments: tuple[Any, ...]) -> None:
    match event:
        case "socket.connect" | "socket.sendto":
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None
        case "socket.getaddrinfo" | "socket.gethostbyname":
            host = arguments[0]
        case _:
            return
    if not is_local(host):
        raise NetworkRefused(
            f"The sandbox was about to reach {host!r}: it answers from this machine alone."
        )


def is_local(host: object) -> bool:
    """Whether `host` is this machine: no host, localhost, or a loopback address."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    if not isinstance(host, str):
        return False
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
