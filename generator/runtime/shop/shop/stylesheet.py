"""The one stylesheet, under a name that changes with it: CloudFront and browsers keep it for long."""

from __future__ import annotations

import hashlib
from pathlib import Path

CONTENT = (Path(__file__).parent / "style.css").read_bytes()
VERSION = hashlib.sha256(CONTENT).hexdigest()[:16]
ADDRESS = f"/static/{VERSION}/style.css"


class Stylesheet:
    """Any version is answered with this one: while a revision is rolled out, pages ask for two.

    The other one is kept only for as long as that takes.
    """

    def on_get(self, _request, response, version: str) -> None:
        """The file."""
        response.data = CONTENT
        response.content_type = "text/css; charset=utf-8"
        kept = "public, max-age=31536000, immutable" if version == VERSION else "public, max-age=60"
        response.set_header("Cache-Control", kept)
