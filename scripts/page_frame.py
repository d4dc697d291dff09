"""What the tool's pages have in common: whole documents that need no script, no font and no network."""

from __future__ import annotations

from html import escape

#: The colours that carry a meaning, by day and by night; text in any of them reads on `PAPER` (WCAG AA).
PAPER = ("#fff", "#0d1117")
INK = ("#1f2328", "#e6edf3")
COLOURS = {
    "line": ("#d0d7de", "#30363d"),
    "soft": ("#57606a", "#9198a1"),
    "blue": ("#0969da", "#4493f8"),
    "green": ("#1a7f37", "#3fb950"),
    "red": ("#cf222e", "#f85149"),
    "amber": ("#9a6700", "#d29922"),
}


def light_dark(pair: tuple[str, str]) -> str:
    """A colour by day and by night, as a style says it."""
    return f"light-dark({pair[0]},{pair[1]})"


#: The style of a page that begins with a verdict. It names the colours: `var(--red)`.
BASE = (
    ":root{color-scheme:light dark;"
    + ";".join(f"--{name}:{light_dark(pair)}" for name, pair in COLOURS.items())
    + f"""}}
*{{box-sizing:border-box}}
body{{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1160px;padding:1rem 1.2rem 3rem;
background:{light_dark(PAPER)};color:{light_dark(INK)}}}
h1{{font-size:1.6rem;line-height:1.2;margin:.5rem 0}}h2{{font-size:1.2rem;margin:2rem 0 .5rem}}
p{{max-width:70ch}}small,.soft{{color:var(--soft)}}
.verdict{{border-left:.4rem solid var(--amber);padding:.3rem 1rem;margin:1rem 0}}
.verdict strong{{font-size:1.2rem}}
"""
)


def document(title: str, style: str, body: str, *, policy: str = "") -> str:
    """A whole page. `policy` is what its Content-Security-Policy lets it do, where it has one."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n' if policy else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'{meta}<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{body}</body>\n</html>\n"
    )
