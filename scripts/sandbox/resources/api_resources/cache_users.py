"""ElastiCache's users: their passwords, however they are given, and their access strings in XML.

ministack knows the older of two ways to give passwords, and writes an ampersand into XML as it is.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from scripts.sandbox.resources.handlers import Handler, Properties
from scripts.sandbox.resources.schema_resources import Created
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


def user(native: Handler) -> Handler:
    """AWS::ElastiCache::User: AuthenticationMode's passwords are the user's."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        created: Created = native["create"](logical_id, _plain(properties), stack)
        return created

    def update(
        name: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Created:
        updated: Created = native["update"](name, _plain(old), _plain(new), stack, logical_id)
        return updated

    return {**native, "create": create, "update": update}


def _plain(properties: Properties) -> Properties:
    mode = properties.get("AuthenticationMode") or {}
    return {**properties, "Passwords": mode["Passwords"]} if "Passwords" in mode else properties


def install() -> None:
    """Have users told in XML that can be read."""
    told = USER_XML.value

    def escaped(u: dict[str, Any]) -> Any:
        return told({**u, "AccessString": escape(u.get("AccessString", ""))})

    USER_XML.replace(escaped)
