from __future__ import annotations

import errno
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from scripts.checks import Verdict
from scripts.drill.plan import Objectives, Trigger
from scripts.drill.preflight.disk import GIB, disk_has_room, folder_is_writable
from scripts.drill.preflight.timing import fits_the_objective, ttl_is_short
from tests.unit.drill.preflight.grounds import THEATRE, Cloud


def test_interval_times_threshold_ttl_and_kept_connections_fit_the_objective_or_not() -> None:
    for rto, verdict in ((150, Verdict.PASSED), (149, Verdict.REFUSED)):
        objectives = Objectives(rto=rto, rpo=5, errors=1.0)

        answer = fits_the_objective(Cloud().ground(objectives=objectives))

        assert answer.verdict is verdict
        assert answer.found == "150 s: 10 s x 3, TTL 60 s, connections 60 s"


def test_a_takeover_is_seen_by_its_own_check_and_everything_else_by_the_endpoint_s() -> None:
    theatre = replace(THEATRE, takeover=replace(THEATRE.takeover, interval=30))

    takeover = fits_the_objective(Cloud().ground(theatre=theatre))
    invert = fits_the_objective(Cloud().ground(theatre=theatre, trigger=Trigger.INVERT))

    assert takeover.found.startswith("210 s")
    assert invert.found.startswith("150 s")


def test_a_ttl_over_a_minute_is_refused() -> None:
    for ttl, verdict in ((60, Verdict.PASSED), (61, Verdict.REFUSED)):
        ground = Cloud().ground(theatre=replace(THEATRE, ttl=ttl))

        assert ttl_is_short(ground).verdict is verdict


def test_a_folder_that_is_not_there_yet_is_judged_by_what_it_would_be_made_in(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "drills" / "dev"

    assert folder_is_writable(Cloud().ground(folder)).verdict is Verdict.PASSED
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)

    answer = folder_is_writable(Cloud().ground(tmp_path))

    assert answer.verdict is Verdict.REFUSED
    assert answer.found == f"{tmp_path} cannot be written to: Read-only file system"


def test_a_file_where_the_folder_should_be_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "drills").touch()

    answer = folder_is_writable(Cloud().ground(tmp_path / "drills" / "dev"))

    assert answer.verdict is Verdict.REFUSED
    assert answer.found == f"{tmp_path / 'drills'} cannot be written to: Not a directory"


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(2 * GIB, Verdict.PASSED), (GIB // 2, Verdict.WARNED), (GIB // 100, Verdict.REFUSED)],
)
def test_room_on_disk_is_told_in_gib(
    free: int, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    answer = disk_has_room(Cloud().ground(tmp_path))

    assert answer.verdict is verdict
    assert answer.found == f"{free / GIB:.1f} GiB free"
