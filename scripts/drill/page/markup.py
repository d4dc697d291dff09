"""Tables, pairs and disclosures. What is given as text is escaped; what is `Markup` was made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TypeAlias


class Markup(str):
    """HTML that is made already, and is not escaped again."""

    __slots__ = ()


#: A cell's text, or its HTML.
Cell: TypeAlias = str | Markup

#: What a page's Content-Security-Policy lets it do: nothing but look.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def text(cell: Cell) -> Markup:
    """Escaped, unless it is markup."""
    return cell if isinstance(cell, Markup) else Markup(escape(cell, quote=True))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, caption: str = "", kind: str = ""
) -> Markup:
    """A table whose first column names the row; on a telephone each row stacks. Nothing without rows."""
    body = "".join(_row(heads, row) for row in rows)
    if not body:
        return Markup()
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    said = f"<caption>{text(caption)}</caption>" if caption else ""
    style = f' class="{text(kind)}"' if kind else ""
    return Markup(
        f"<table{style}>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>\n"
    )


def pairs(told: Mapping[str, Cell], kind: str) -> Markup:
    """Names and what they are; what is empty is left out."""
    said = "".join(
        f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>"
        for name, value in told.items()
        if value
    )
    return Markup(f'<dl class="{text(kind)}">{said}</dl>\n' if said else "")


def bullets(items: Iterable[Cell], kind: str = "") -> Markup:
    """A list; nothing without items."""
    said = "".join(f"<li>{text(item)}</li>\n" for item in items)
    style = f' class="{text(kind)}"' if kind else ""
    return Markup(f"<ul{style}>{said}</ul>\n" if said else "")


def folded(summary: str, within: Markup) -> Markup:
    """Something to open; nothing around nothing."""
    if not within:
        return Markup()
    return Markup(f"<details><summary>{text(summary)}</summary>{within}</details>\n")


def section(title: str, *within: Cell, id: str) -> Markup:
    """A part of the page; nothing without content."""
    inside = "".join(text(part) for part in within)
    if not inside:
        return Markup()
    return Markup(f'<section id="{text(id)}"><h2>{text(title)}</h2>\n{inside}</section>\n')


def paragraph(words: Cell, kind: str = "") -> Markup:
    """A paragraph; nothing without words."""
    style = f' class="{text(kind)}"' if kind else ""
    return Markup(f"<p{style}>{text(words)}</p>\n" if words else "")


def tag(words: str, kind: str) -> Markup:
    """A word in a colour that means something."""
    return Markup(f'<span class="tag {text(kind)}">{text(words)}</span>')


def code(words: str) -> Markup:
    """What may be copied."""
    return Markup(f"<code>{text(words)}</code>")


def _row(heads: Sequence[str], row: Sequence[Cell]) -> str:
    first, *rest = row
    cells = "".join(
        f'<td data-name="{text(name)}">{text(cell)}</td>'
        for name, cell in zip(heads[1:], rest, strict=True)
    )
    return f'<tr><th scope="row">{text(first)}</th>{cells}</tr>'
