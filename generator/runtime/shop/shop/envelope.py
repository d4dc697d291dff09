"""What every answer bears, the refused ones too, and the line that it leaves in the log.

The line has the route's template and never the path or the query: those are the customer's words.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

from .identifiers import new_identifier

log = logging.getLogger("shop.requests")

#: As the distribution says it (generator/layers/delivery_policies.py), for whoever comes another way.
CONTENT_SECURITY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

SECURITY = [
    ("Content-Security-Policy", CONTENT_SECURITY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]

#: Two years.
HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})

#: Health checks come every few seconds, and say for themselves when something is wrong.
UNTOLD = frozenset({"/healthz"})

#: Where the route's template and the request's id are noted for the log and for error pages.
ROUTE, REQUEST_ID = "shop.route", "shop.request_id"


class Envelope:
    """Around everything."""

    def __init__(self, application: Callable, region: str, *, encrypted: bool) -> None:
        self.application = application
        self.headers = [
            ("X-Tradewind-Region", region),
            *SECURITY,
            *([HSTS] if encrypted else []),
        ]

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """WSGI. HEAD is answered as GET, without the body."""
        began = time.perf_counter()
        request_id = environ[REQUEST_ID] = new_identifier(16)
        method = environ["REQUEST_METHOD"]
        if method == "HEAD":
            environ["REQUEST_METHOD"] = "GET"
        said = ""

        def start(status: str, headers: list[tuple[str, str]], *exception: object) -> Callable:
            nonlocal said
            said = status
            ours = [*self.headers, ("X-Request-Id", request_id)]
            return start_response(status, [*headers, *ours], *exception)

        answer = self.application(environ, start)
        line = {
            "route": environ.get(ROUTE, "-"),
            "method": method if method in METHODS else "-",
            "status": int(said[:3]),
            "ms": round((time.perf_counter() - began) * 1000, 1),
            "request_id": request_id,
        }
        if line["route"] not in UNTOLD:
            log.info("answered", extra=line)
        return [] if method == "HEAD" else answer
