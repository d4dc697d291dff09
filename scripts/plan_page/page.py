"""The page of a plan: the verdict, how to approve, what the gates say, and the tree of changes.

Everything in it may have come from anywhere, a tag's value or a reason in YAML, and is escaped; where the
escaping failed nonetheless, the page's own policy runs no script and loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from scripts import page_frame
from scripts.deploy.gates.judgement import Judged
from scripts.errors import UsageError
from scripts.plan_page.changes import tree
from scripts.plan_page.style import STYLE
from scripts.plan_reading import Reading, counts

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_COUNTED = {
    "remove": "removed",
    "replace": "replaced",
    "may_replace": "perhaps replaced",
    "change": "changed",
    "add": "added",
    "phantom": "announced in vain",
}


@dataclass(frozen=True)
class Unplanned:
    """A wave that is on the page and has no plan: it is as it should be, or awaits another one."""

    wave: str
    words: str


def page(environment: str, waves: Sequence[Reading | Unplanned]) -> str:
    """The document of one environment's waves, in their order. The same waves give the same bytes."""
    title = f"Plan of {environment}"
    names = [(f"wave-{number}", wave) for number, wave in enumerate(waves, 1)]
    contents = "".join(
        f'<li><a href="#{id}">{escape(wave.wave)}</a>: {escape(_short(wave))}</li>'
        for id, wave in names
    )
    several = f'<nav aria-label="Waves"><ul>{contents}</ul></nav>\n' if len(waves) > 1 else ""
    return page_frame.document(
        title,
        STYLE,
        '<a class="skip" href="#plan">Skip to the plan</a>\n'
        f"<header><h1>{escape(title)}</h1>\n{several}</header>\n"
        f'<main id="plan">\n{"".join(_wave(id, wave) for id, wave in names)}</main>\n',
        policy=_POLICY,
    )


def write(file: Path, environment: str, waves: Sequence[Reading | Unplanned]) -> None:
    """Write the page. Raises UsageError where the file cannot be written."""
    try:
        file.write_text(page(environment, waves), encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error


def _short(wave: Reading | Unplanned) -> str:
    return wave.words if isinstance(wave, Unplanned) else wave.verdict.title.lower()


def _wave(id: str, wave: Reading | Unplanned) -> str:
    if isinstance(wave, Unplanned):
        return f'<section id="{id}"><h2>{escape(wave.wave)}</h2>\n<p>{escape(wave.words)}</p></section>\n'
    return (
        f'<section id="{id}"><h2>{escape(wave.wave)}</h2>\n{_verdict(wave)}{_counts(wave)}'
        f"{_approval(wave)}{_stopped(wave)}{_seen(wave)}{_notes(wave)}{_changes(wave)}{_about(wave)}"
        "</section>\n"
    )


def _verdict(reading: Reading) -> str:
    verdict = reading.verdict
    return (
        f'<div class="verdict {verdict.weight.name.lower()}"><strong>{escape(verdict.title)}</strong><br>'
        f"{escape(verdict.words)}</div>\n"
    )


def _counts(reading: Reading) -> str:
    numbers = counts(reading.resources)
    told = "".join(
        f"<div><dt>{words}</dt><dd>{numbers[key]}</dd></div>" for key, words in _COUNTED.items()
    )
    return f'<dl class="counts">{told}</dl>\n'


def _approval(reading: Reading) -> str:
    hash = f"<code>{escape(reading.hash)}</code>"
    if reading.stopped:
        return (
            f'<div class="approve">Its hash is {hash} An approval of it would be refused.</div>\n'
        )
    command = f"tradewind approve {reading.environment} {reading.hash} --reason WHY"
    return (
        f'<div class="approve">Its hash is {hash} To approve exactly this, and nothing else:'
        f"<code>{escape(command)}</code>or, in CodePipeline's console, with the comment"
        f"<code>{escape(f'tradewind {reading.hash} WHY')}</code></div>\n"
    )


def _stopped(reading: Reading) -> str:
    return _findings("What stops it", "refused", reading.stopped)


def _seen(reading: Reading) -> str:
    if reading.judgement is None:
        return "<p>The gates were not asked: they are before anybody is asked to approve.</p>\n"
    shown = reading.judgement.shown
    return _findings(
        "Waivers that let it pass", "waived", [one for one in shown if one.waiver or one.accepted]
    ) + _findings(
        "What else the gates show", "", [one for one in shown if not (one.waiver or one.accepted)]
    )


def _findings(title: str, kind: str, judged: Sequence[Judged]) -> str:
    if not judged:
        return ""
    items = "".join(f'<li class="{kind}">{_finding(one)}</li>' for one in judged)
    return f'<h3>{escape(title)}</h3>\n<ul class="findings">{items}</ul>\n'


def _finding(judged: Judged) -> str:
    finding = judged.finding
    said = [
        f"<b>{escape(finding.where)}</b> <code>{escape(finding.type)}</code> {escape(finding.words)} "
        f'<span class="soft">[{escape(finding.concern)}]</span>'
    ]
    if finding.before or finding.after:
        said.append(
            f'<span class="value">{escape(finding.before or "(none)")} → '
            f"{escape(finding.after or '(none)')}</span>"
        )
    if judged.waiver:
        waiver = judged.waiver
        said.append(
            f'<span class="mind">Waived until {waiver.until}</span>: {escape(waiver.reason)} '
            f'<span class="soft">({escape(waiver.place)})</span>'
        )
    if judged.accepted:
        said.append('<span class="mind">Accepted with --accept-loss</span>')
    if judged.lapsed and judged.refused:
        said.append(
            f'<span class="bad">Its waiver of {escape(judged.lapsed.place)} expired on '
            f"{judged.lapsed.until}</span>"
        )
    return "<br>".join(said)


def _notes(reading: Reading) -> str:
    return _list("notes", reading.explanation.notes)


def _changes(reading: Reading) -> str:
    if not reading.tree:
        return "<h3>Changes</h3>\n<p>No resource changes.</p>\n"
    return (
        '<h3>Changes</h3>\n<p class="calm"><label><input type="checkbox"> '
        "Hide what is merely added, and what is announced in vain</label></p>\n"
        f"{tree(reading.tree)}"
    )


def _about(reading: Reading) -> str:
    told = {
        "account": reading.account,
        "change set": reading.change_set,
        "templates": reading.digest,
        **{f"looked up {name}": value for name, value in reading.lookups.items() if value},
        f"not offered in {reading.explanation.region}": ", ".join(reading.left_out),
    }
    pairs = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in told.items() if value
    )
    return f'<h3>What it was made from</h3>\n<dl class="made">{pairs}</dl>\n'


def _list(kind: str, items: Iterable[str]) -> str:
    told = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<ul class="{kind}">{told}</ul>\n' if told else ""
