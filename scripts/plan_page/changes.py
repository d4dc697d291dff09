"""The tree of changes as nested disclosures: what weighs most first, and open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from scripts.deploy.explanations import Effect, Explained, PropertyChange, Value
from scripts.plan_reading import Node, Weight, fate, name, parts, summary

#: Characters of one value that the page shows.
SHOWN = 4_000


def tree(nodes: Sequence[Node]) -> str:
    """The nodes of one stack."""
    return "".join(_stack(node) if node.is_stack else _resource(node) for node in nodes)


def _stack(node: Node) -> str:
    new = ' <span class="fate">new</span>' if node.is_new else ""
    within = tree(node.inside) or "<p>Only what it is given or gives changes.</p>\n"
    return _disclosure(
        node,
        f"<b>{escape(node.explained.path[-1])}</b> nested stack{new} "
        f'<span class="soft">{escape(summary(node.resources()))}</span>',
        within,
    )


def _resource(node: Node) -> str:
    one = node.explained
    return _disclosure(
        node,
        f"<b>{escape(one.path[-1])}</b> <code>{escape(one.change.type)}</code>"
        f'<span class="fate">{escape(fate(one))}</span>{_level(one.effect)}',
        "".join(
            (
                _effect(one.effect),
                "".join(
                    f'<p class="bad">Stopped: it {escape(each.finding.words)} '
                    f"[{escape(each.finding.concern)}]</p>"
                    for each in node.judged
                    if each.refused
                ),
                "".join(f'<p class="mind">{escape(warning)}</p>' for warning in one.warnings),
                _why(one.why),
                _properties(one.properties),
                _written(one),
            )
        ),
    )


def _disclosure(node: Node, summary: str, within: str) -> str:
    """Open from the start where it has to be read before anybody decides."""
    opened = " open" if node.weight <= Weight.BRIEF else ""
    kind = node.weight.name.lower()
    return (
        f'<details class="{kind}"{opened}><summary>{summary}</summary>\n'
        f'<div class="within">{within}</div></details>\n'
    )


def _level(effect: Effect) -> str:
    words = {"brief": "brief interruption", "outage": "away meanwhile", "data": "data is lost"}
    return f' <span class="soft">{words[effect.level]}</span>' if effect.level in words else ""


def _effect(effect: Effect) -> str:
    if not effect.words:
        return ""
    return f"<p>{escape(effect.words)}{_source(effect.source)}</p>\n"


def _source(source: str) -> str:
    """Where it is documented; a link only where it is an address that a browser may follow."""
    if not source:
        return ""
    if not source.startswith("https://"):
        return f' <span class="soft">({escape(source)})</span>'
    return f' <a href="{escape(source, quote=True)}" rel="noreferrer">documented</a>'


def _why(why: Sequence[str]) -> str:
    told = "".join(f"<li>{escape(step)} </li>" for step in why)
    return f'<ol class="why" aria-label="Why">{told}</ol>\n' if told else ""


def _properties(properties: Sequence[PropertyChange]) -> str:
    if not properties:
        return ""
    rows = "".join(_property(part) for one in properties for part in parts(one))
    heads = "".join(f'<th scope="col">{words}</th>' for words in ("what", "from", "to"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>\n"


def _property(one: PropertyChange) -> str:
    certainty = (
        "" if one.certainty == "certain" else f' <span class="soft">{escape(one.certainty)}</span>'
    )
    return (
        f'<tr><th scope="row"><code>{escape(name(one))}</code>{certainty}{_why(one.why)}</th>'
        f'<td data-name="from">{_value(one.before)}</td>'
        f'<td data-name="to">{_value(one.after)}</td></tr>'
    )


def _value(given: Value) -> str:
    if given is None:
        return '<span class="soft">(none)</span>'
    if isinstance(given, str):
        text = given
    else:
        text = json.dumps(given, indent=1, sort_keys=True, default=str, ensure_ascii=False)
    more = f"… and {len(text) - SHOWN} more characters" if len(text) > SHOWN else ""
    return f'<span class="value">{escape(text[:SHOWN])}{more}</span>'


def _written(one: Explained) -> str:
    """What made it: the template, the source line, the resource that stands."""
    told = [part for part in (one.change.physical_id, one.template, one.line) if part]
    return f'<p class="soft">{escape(" · ".join(told))}</p>\n' if told else ""
