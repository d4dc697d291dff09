"""What systemd is told: that the service is ready, and not merely started (Type=notify).

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import os
import socket


def tell(state: str) -> None:
    """Say it on the socket that systemd named, if systemd is there."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
            notify.sendto(state.encode(), address.replace("@", "\0", 1))
