"""Whether a form or a call was sent by our own pages: other sites' may read here, and change nothing.

The cart's cookie is SameSite=Lax besides. Browsers say where a request comes from in Sec-Fetch-Site, older
ones in Origin; what says neither is no browser, and has no customer's cookies to misuse.
https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

from urllib.parse import urlsplit

from .refusals import NotOurs

READS = frozenset({"GET", "HEAD", "OPTIONS"})

#: `none` is the browser itself: somebody typed, or followed a bookmark.
OURS = frozenset({"same-origin", "none"})


class SameSite:
    """`origin` is the shop's as customers know it: the distribution's, whose Host the shop does not see."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def process_request(self, request, _response) -> None:
        """Falcon's hook. Raises NotOurs."""
        if request.method not in READS and not self.ours(request):
            raise NotOurs("not-ours", "This was sent by another site.")

    def ours(self, request) -> bool:
        """What browsers add, no page can forge."""
        site = request.get_header("Sec-Fetch-Site")
        if site is not None:
            return site in OURS
        origin = request.get_header("Origin")
        if origin is None or origin == self.origin:
            return True
        return urlsplit(origin).netloc == request.get_header("Host")
