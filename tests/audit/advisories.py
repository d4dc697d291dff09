"""Known vulnerabilities of what is pinned: pip-audit, of every lock and of the bundles' wheels.

It asks a source on the network. Where that cannot be reached, or does not know a distribution, nothing was
checked, and the audit says so: silence is no answer.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.errors import Failed
from scripts.validate.exceptions import Accepted
from scripts.validate.findings import Finding
from tests.audit import tools
from tests.audit.pins import Pin
from tests.audit.verdict import Verdict, weighed

#: Advisories that do not concern us, each with its reason.
ACCEPTED: Sequence[Accepted] = ()

#: So many pins are asked for first. A mirror that has files and no advisories knows none of them, and is not
#: asked for hundreds more.
PROBE = 3

#: Seconds that the source may take for one answer.
PATIENCE = 10

#: What pip-audit's last words are where the source is at fault, and not what it was given.
_UNREACHED = re.compile(r"^(requests|urllib3)\.|_service\.|your network may be blocking")


class Unanswered(Exception):
    """The source has nothing to say; why, as the end of a sentence."""


@dataclass(frozen=True)
class Answer:
    """What the source said: pins that it knows, and what is wrong with some of them."""

    known: frozenset[tuple[str, str]] = frozenset()
    wrong: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def and_also(self, other: Answer) -> Answer:
        """Both."""
        return Answer(self.known | other.known, {**self.wrong, **other.wrong})


def audit(
    pip_audit: Path, pins: Sequence[Pin], source: str = "", accepted: Sequence[Accepted] = ACCEPTED
) -> Verdict:
    """Ask for every pin. `source` is an address that speaks OSV's protocol, or else pip-audit's own.

    Raises Failed where pip-audit itself fails.
    """
    wanted = sorted({(pin.name, pin.version) for pin in pins})
    answer, trouble = Answer(), ""
    try:
        for part in (wanted[:: max(1, len(wanted) // PROBE)][:PROBE], wanted):
            for together in _one_version_each(part):
                answer = answer.and_also(_ask(pip_audit, together, source))
            if not answer.known:
                raise Unanswered("the source knows none of those asked for first")
    except Unanswered as error:
        trouble = str(error)
    return judged(pins, answer, trouble, accepted)


def judged(
    pins: Sequence[Pin], answer: Answer, trouble: str, accepted: Sequence[Accepted]
) -> Verdict:
    """What is wrong with the pins. An exception is stale only where everything was asked."""
    unknown = sorted({str(pin) for pin in pins if (pin.name, pin.version) not in answer.known})
    wrong = [finding for pin in pins for finding in _findings(pin, answer)]
    needed = [each for each in accepted if not unknown or any(map(each.covers, wrong))]
    found, excused = weighed(wrong, needed, "tests/audit/advisories.py")
    gaps = []
    if trouble:
        gaps.append(f"advisories of {len(unknown)} pins: {trouble}")
    elif unknown:
        gaps.append(f"{len(unknown)} pins that the source does not know: {', '.join(unknown)}")
    distinct = len({(pin.name, pin.version) for pin in pins})
    looked_at = (
        f"{distinct - len(unknown)} of {distinct} pins in {len({p.file for p in pins})} files"
    )
    return Verdict("advisories", looked_at, found, excused, tuple(gaps))


def _findings(pin: Pin, answer: Answer) -> Iterator[Finding]:
    for said in answer.wrong.get((pin.name, pin.version), ()):
        better = said["fix_versions"]
        yield Finding(
            pin.file,
            f"{pin.name}=={pin.version}",
            str(said["id"]),
            _short(said.get("description") or "it says no more"),
            line=pin.line,
            fix=f"Move to {' or '.join(better)}: make lock snapshots."
            if better
            else "No version mends it: leave it out, or accept it with a reason.",
        )


def _short(text: str, most: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _one_version_each(wanted: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """pip-audit takes a name once a run, and locks may pin one differently."""
    runs: list[dict[str, str]] = []
    for name, version in wanted:
        run = next((each for each in runs if name not in each), None)
        if run is None:
            runs.append(run := {})
        run[name] = version
    yield from ([*run.items()] for run in runs)


def _ask(pip_audit: Path, wanted: Iterable[tuple[str, str]], source: str) -> Answer:
    """One run. Raises Unanswered, or Failed where pip-audit was given what it does not understand."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "requirements.txt")
        listed.write_text("".join(f"{name}=={version}\n" for name, version in wanted))
        done = tools.run(
            pip_audit,
            *("--requirement", str(listed), "--no-deps", "--disable-pip"),
            *("--format", "json", "--progress-spinner", "off", "--timeout", str(PATIENCE)),
            *(("--vulnerability-service", "osv", "--osv-url", source) if source else ()),
            may_exit=(0, 1),
        )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        words = (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
        if _UNREACHED.search(words):
            raise Unanswered(f"the source was not reached: {_short(words)}") from None
        raise Failed(f"pip-audit ended with {done.returncode}: {words}") from None
    return _answer(said["dependencies"])


def _answer(dependencies: Iterable[Mapping[str, Any]]) -> Answer:
    known = {(d["name"], d["version"]): d["vulns"] for d in dependencies if "skip_reason" not in d}
    return Answer(frozenset(known), {pin: wrong for pin, wrong in known.items() if wrong})
