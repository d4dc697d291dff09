"""How gunicorn serves the shop: it ends without failing anybody, and tells nothing of what it cannot read."""

from __future__ import annotations

import time
from collections.abc import Callable

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from . import draining

#: What is answered to a request that cannot be read.
STATUSES = {
    LimitRequestLine: (414, "URI Too Long"),
    LimitRequestHeaders: (431, "Headers Too Large"),
}


class Worker(ThreadWorker):
    """gthread, with two differences."""

    def handle_request(self, req, conn):
        """Once the shop is stopping, every answer ends its connection: nobody sends another into the void."""
        if draining.under_way():
            req.force_close()
        return super().handle_request(req, conn)

    def handle_error(self, _request, client, _address, exc):
        """gunicorn would log and repeat what it could not read, and that may be a card number."""
        if isinstance(exc, (ParseException, OSError)):
            self.log.warning("a request cannot be read: %s", type(exc).__name__)
            status, reason = STATUSES.get(type(exc), (400, "Bad Request"))
        else:
            self.log.error("a fault of ours", exc_info=exc)
            status, reason = 500, "Internal Server Error"
        try:
            util.write_error(client, status, reason, "")
        except OSError:
            self.log.debug("nobody waits for the answer")


def stop_gently(arbiter, seconds: float) -> None:
    """At SIGTERM say no to health checks first, and go on serving for so long; then stop."""
    stop: Callable[[], None] = arbiter.handle_term

    def handle_term() -> None:
        draining.begin()
        time.sleep(seconds)
        stop()

    arbiter.handle_term = handle_term
