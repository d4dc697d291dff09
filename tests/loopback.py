"""A server of a test: on loopback, and nothing of it is left when it is closed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

LOOPBACK = "127.0.0.1"


class LoopbackServer(ThreadingHTTPServer):
    """On a port of its own.

    Closing it hangs up on every client and waits for the threads that serve them: a socket that is left to
    the garbage collector is a warning, and the failure of whichever test runs by then.
    """

    daemon_threads = False  # so that closing waits for them

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__((LOOPBACK, 0), handler)
        self._connected: set[Any] = set()
        self._connecting = threading.Lock()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{LOOPBACK}:{self.port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a client, and know it."""
        with self._connecting:
            self._connected.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a client, and hang up."""
        with self._connecting:
            self._connected.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client went away: many are killed."""

    def server_close(self) -> None:
        """Hang up on everybody, and wait until nobody is served any more."""
        with self._connecting:
            for request in self._connected:
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)
        super().server_close()


Server = TypeVar("Server", bound=LoopbackServer)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Have it serve for the length of a block."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
