"""HTML that is escaped by how it is made: text becomes markup here, and nowhere else.

    element("a", {"href": address("products", one.product_id)}, one.name)

An element's content is elements and text, and text is escaped; so is what an attribute says. An address is
made of segments and a query, each quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TypeAlias
from urllib.parse import quote, urlencode

#: Elements without content or end (HTML, section 13.1.2).
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Markup(str):
    """Is escaped already."""

    __slots__ = ()


#: What an element may contain; None is nothing.
Content: TypeAlias = "str | int | Iterable[Content] | None"


def element(name: str, attributes: Mapping[str, object] | None = None, *content: Content) -> Markup:
    """`<name …>content</name>`. An attribute that is True stands alone; None and False leave it out."""
    said = "".join(map(_attribute, (attributes or {}).items()))
    if name in VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{joined(content)}</{name}>")


def joined(content: Content) -> Markup:
    """One after the other."""
    if isinstance(content, Markup):
        return content
    if content is None:
        return Markup()
    if isinstance(content, (str, int)):
        return Markup(escape(str(content)))
    return Markup("".join(joined(part) for part in content))


def address(*segments: str, **query: object) -> str:
    """A path of our own, and a query of what is not empty."""
    path = "/" + "/".join(quote(segment, safe="") for segment in segments)
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{asked}" if asked else path


def _attribute(named: tuple[str, object]) -> str:
    name, value = named
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
