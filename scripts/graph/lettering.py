"""How wide a text is, without a font: what a picture lays out must fit wherever it is shown.

The widths are those of DejaVu Sans, the widest of the sans-serif fonts that browsers fall back to, so in any
other of `FONTS` a text ends a little before the place that is kept for it.
"""

from __future__ import annotations

from math import fsum

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

#: Width in ems -> the characters that are so wide, in regular weight.
_EMS = {
    0.28: "'ijl",
    0.32: "IJ ,.·",
    0.36: "/:;\\|f-",
    0.41: "()[]t!r",
    0.5: '"*_`',
    0.55: "sz?c",
    0.6: "LFkvxyP",
    0.64: "TYaoeESbdghnpqu$0123456789{}",
    0.7: "KAVBRXZC",
    0.79: "UHNDGOQ&",
    0.86: "wM#+<=>^~←→↔≠",
    1.0: "%mW@…",
}
_WIDTHS = {character: width for width, characters in _EMS.items() for character in characters}
_UNKNOWN = 1.0
#: DejaVu Sans Bold, over the regular weight.
_BOLD = 1.16


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The text's width in pixels at a font size in pixels."""
    ems = fsum(_WIDTHS.get(character, _UNKNOWN) for character in text)
    return ems * size * (_BOLD if bold else 1)


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of it as has room, ended by an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(f"{text}…", size, bold=bold) > room:
        text = text[:-1].rstrip(" ,·")
    return f"{text}…" if text else ""


def wrapped(text: str, room: float, size: float, *, lines: int) -> list[str]:
    """The text in at most so many lines; what has no room in the last is left out, by an ellipsis."""
    done: list[str] = []
    rest = text.split()
    while rest and len(done) < lines - 1:
        taken = 1
        while taken < len(rest) and width(" ".join(rest[: taken + 1]), size) <= room:
            taken += 1
        done.append(fitted(" ".join(rest[:taken]), room, size))
        rest = rest[taken:]
    return [*done, fitted(" ".join(rest), room, size)] if rest else done
