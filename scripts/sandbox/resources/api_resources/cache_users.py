"""ElastiCache's users: an access string may have an ampersand, which ministack writes into XML as it is."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from scripts.sandbox.seams import Kind, Seam

USER_XML = Seam(
    "ministack.services.elasticache",
    "_user_xml",
    None,
    Kind.FUNCTION,
    ("u",),
    "users whose access string names channels",
)
SEAMS = (USER_XML,)


def install() -> None:
    """Have users told in XML that can be read."""
    told = USER_XML.value

    def escaped(u: dict[str, Any]) -> Any:
        return told({**u, "AccessString": escape(u.get("AccessString", ""))})

    USER_XML.replace(escaped)
