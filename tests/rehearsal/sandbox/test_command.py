"""`tradewind sandbox`, as a person and as a pipe see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import cli
from scripts.sandbox import process
from scripts.sandbox.limits import LIMITS
from tests.rehearsal.conftest import free_port


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("TRADEWIND_SANDBOX_HOME", raising=False)
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "defaults.yaml").write_text("{}\n", encoding="utf-8")
    yield tmp_path
    process.stop(process.home_of(tmp_path))


def test_from_start_to_stop(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()

    def tell(*words: str) -> tuple[str, str]:
        assert cli.main(["sandbox", *words, "--project", str(project)]) == 0
        said = capsys.readouterr()
        return said.out, said.err

    assert "does not run" in tell("status")[0]
    assert f"The sandbox serves http://127.0.0.1:{port}" in tell("start", "--port", str(port))[1]
    assert f"already serves http://127.0.0.1:{port}" in tell("start")[1]
    out, _ = tell("status")
    assert all(limit.difference in out for limit in LIMITS)
    assert "by the emulator itself" in out
    document = json.loads(tell("status", "--json")[0])
    assert (document["running"], document["endpoint"]) == (True, f"http://127.0.0.1:{port}")
    assert "empty" in tell("reset")[1]
    assert json.loads(tell("stop", "--json")[0]) == {"stopped": True}
    assert "No sandbox was running" in tell("stop")[1]
    assert "empty" in tell("reset")[1]
    assert json.loads(tell("status", "--json")[0])["running"] is False


def test_another_port_than_the_running_ones(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        cli.main(["sandbox", "start", "--port", str(free_port()), "--project", str(project)]) == 0
    )
    assert cli.main(["sandbox", "start", "--port", "1", "--project", str(project)]) == 2
    assert "tradewind sandbox stop" in capsys.readouterr().err


def test_a_start_that_fails_says_why(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "sitecustomize.py").write_text(
        "import ministack.services.cloudformation.handlers as handlers\n"
        "handlers._ACTION_HANDLERS.pop('CreateChangeSet')\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(project))
    words = ["sandbox", "start", "--port", str(free_port()), "--project", str(project)]
    assert cli.main(words) == 1
    said = capsys.readouterr().err
    assert "handlers._ACTION_HANDLERS['CreateChangeSet']" in said
    assert "Traceback" not in said


def test_its_home_can_be_elsewhere(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "home"
    monkeypatch.setenv("TRADEWIND_SANDBOX_HOME", str(elsewhere))
    assert process.home_of(project) == elsewhere
    monkeypatch.delenv("TRADEWIND_SANDBOX_HOME")
    assert process.home_of(project) == project / ".tradewind" / "sandbox"


def test_a_region_fails_and_is_well_again(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(*words: str, code: int = 0) -> tuple[str, str]:
        assert cli.main(["sandbox", *words, "--project", str(project)]) == code
        said = capsys.readouterr()
        return said.out, said.err

    assert "tradewind sandbox start" in tell("fault", code=2)[1]
    tell("start", "--port", str(free_port()))
    assert "No region fails." in tell("fault")[0]

    tell("fault", "us-east-1", "--errors", "0.2", "--latency", "300")
    out, _ = tell("fault", "--replication-lag", "5")
    assert "us-east-1: 20% of its shop's answers are errors, each is 300 ms later." in out
    assert "A write reaches other regions after 5 s." in out

    told = json.loads(tell("fault", "us-west-2", "--down", "--json")[0])
    assert [told["faults"][region]["down"] for region in ("us-east-1", "us-west-2")] == [
        False,
        True,
    ]
    assert told["replication"]["lag"] == 5.0
    assert "Regions that fail: us-east-1, us-west-2." in tell("status")[0]

    assert "nobody is there" in tell("fault", "us-west-2", "--destroy", code=3)[1]
    assert "us-west-2: destroyed." in tell("fault", "us-west-2", "--destroy", "--yes")[0]
    for region in ("us-east-1", "us-west-2"):
        out, _ = tell("fault", region, "--clear")
    assert "No region fails." in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--down",), "A fault is a region's."),
        (("us-east-1", "--down", "--clear"), "--clear takes everything away."),
        (("nowhere", "--down"), "'nowhere' is not the name of a Region."),
    ],
)
def test_a_fault_that_is_none_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    cli.main(["sandbox", "start", "--port", str(free_port()), "--project", str(project)])

    assert cli.main(["sandbox", "fault", *words, "--project", str(project)]) == 2
    assert why in capsys.readouterr().err
