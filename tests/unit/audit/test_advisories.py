"""Advisories: what is wrong with a pin, and what nobody could say."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.errors import Failed
from scripts.validate.exceptions import Accepted
from tests.audit.advisories import audit
from tests.audit.pins import Pin, pins
from tests.audit.verdict import Verdict

OLD = Pin("left-pad", "1.0", "requirements.lock", 12)
SOUND = Pin("pad", "2.0", "generator/data/wheels.json", 3)
ADVISORY = {"id": "GHSA-1", "fix_versions": ["1.1"], "description": "It\n  pads too much."}

#: A pip-audit that says what a test has it say, and notes what it was asked.
FAKE = """\
#!{python}
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
said = json.loads((folder / "said.json").read_text())
listed = sys.argv[sys.argv.index("--requirement") + 1]
asked = pathlib.Path(listed).read_text().split()
with (folder / "asked").open("a") as file:
    file.write(" ".join(asked) + "\\n")
if isinstance(said, str):
    sys.exit(said)
told = [dict(zip(("name", "version"), pin.split("=="))) for pin in asked]
for each in told:
    each |= {{"vulns": said[each["name"]]}} if each["name"] in said else {{"skip_reason": "?"}}
print(json.dumps({{"dependencies": told, "fixes": []}}))
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


class Source:
    """A source of advisories, as pip-audit tells of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "pip-audit"
        self.program.write_text(FAKE.format(python=sys.executable))
        self.program.chmod(0o755)

    def says(self, said: str | Mapping[str, Any]) -> Source:
        (self.folder / "said.json").write_text(json.dumps(said))
        return self

    def of(self, *asked: Pin, accepted: tuple[Accepted, ...] = ()) -> Verdict:
        return audit(self.program, asked, accepted=accepted)

    @property
    def runs(self) -> list[str]:
        return (self.folder / "asked").read_text().splitlines()


def test_a_vulnerable_pin_is_found_where_it_stands_and_with_what_mends_it(source: Source) -> None:
    [finding] = source.says({"left-pad": [ADVISORY], "pad": []}).of(OLD, SOUND).found
    assert str(finding) == "requirements.lock:12: left-pad==1.0 GHSA-1 It pads too much."
    assert "1.1" in finding.fix


def test_one_that_is_pinned_twice_is_asked_once_and_found_twice(source: Source) -> None:
    again = Pin(OLD.name, OLD.version, "tests/audit/requirements.txt", 4)
    said = source.says({"left-pad": [ADVISORY]}).of(OLD, again)
    assert {finding.template for finding in said.found} == {OLD.file, again.file}
    assert source.runs == ["left-pad==1.0"] * 2  # first, and with all others


def test_two_versions_of_one_are_asked_apart(source: Source) -> None:
    newer = Pin(OLD.name, "1.1", "tests/audit/requirements.txt", 4)
    source.says({"left-pad": []}).of(OLD, newer)
    assert {*source.runs} == {"left-pad==1.0", "left-pad==1.1"}


@pytest.mark.parametrize(
    "words",
    [
        "requests.exceptions.ConnectionError: no route to host",
        "pip_audit._service.interface.ServiceError",
        "ERROR:pip_audit._cli:Tip: your network may be blocking this service.",
    ],
)
def test_a_source_that_does_not_answer_leaves_it_unchecked(source: Source, words: str) -> None:
    said = source.says(words).of(OLD, SOUND)
    assert not said.found
    assert said.said == "not checked"
    assert "advisories of 2 pins: the source was not reached" in said.unchecked[0]


def test_a_pin_that_the_source_does_not_know_is_unchecked(source: Source) -> None:
    said = source.says({"left-pad": []}).of(OLD, SOUND)
    assert said.unchecked == ("1 pins that the source does not know: pad 2.0",)
    assert said.looked_at == "1 of 2 pins in 2 files"


def test_a_mirror_without_advisories_is_not_asked_for_everything(source: Source) -> None:
    many = [Pin(f"pad-{number}", "1.0", "requirements.lock", number) for number in range(100)]
    said = source.says({}).of(*many)
    assert said.said == "not checked"
    assert sum(len(run.split()) for run in source.runs) == 3


def test_what_pip_audit_cannot_read_is_no_gap(source: Source) -> None:
    with pytest.raises(Failed, match="it is not pinned"):
        source.says("ERROR:pip_audit._cli: it is not pinned").of(OLD)


def test_an_advisory_may_be_let_stand_and_no_longer_than_it_is_there(source: Source) -> None:
    accepted = (Accepted("GHSA-1", "*", "left-pad==*", "nothing here pads"),)
    said = source.says({"left-pad": [ADVISORY]}).of(OLD, accepted=accepted)
    assert not said.found
    assert said.excused[0].reason == "nothing here pads"
    [stale] = source.says({"left-pad": []}).of(OLD, accepted=accepted).found
    assert stale.rule == "stale-exception"
    assert not source.says("requests.exceptions.Timeout").of(OLD, accepted=accepted).found


def test_every_lock_and_every_bundled_wheel_is_a_pin() -> None:
    project = Path(__file__).parents[3]
    found = pins(project)
    files = {pin.file for pin in found}
    locks = {
        file.relative_to(project).as_posix() for file in project.glob("tests/**/requirements.txt")
    }
    assert files == {"requirements.lock", "generator/data/wheels.json", *locks}
    assert {"tests/audit/requirements.txt", "tests/taskcat/requirements.txt"} < files
    for pin in found:
        said = project.joinpath(pin.file).read_text().splitlines()[pin.line - 1]
        assert pin.version in said, pin
