"""Between the tool and AWS anything may go wrong; the same command again, undisturbed, ends well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project
from tests.rehearsal.deploy.faults import FAULTS, misbehaving

#: What the tool repeats by itself; an answer of another kind than AWS's ends a command at once.
REPEATED = tuple(fault for fault in FAULTS if fault != "garbled")


def disturbed(project: Project, elsewhere: Path, seed: int, rate: float, *kinds: str) -> None:
    """Deploy and destroy with faults: each ends well or says why; then without, and nothing is left."""
    home, endpoint = project.sandbox.home, project.sandbox.endpoint
    for words in (("deploy", "dev", "--direct", "--yes"), ("destroy", "dev", "--yes", "--purge")):
        with misbehaving(home, endpoint, elsewhere, seed, rate, kinds) as faults:
            run = project.run(*words, TRADEWIND_SANDBOX_HOME=str(elsewhere))
            assert faults.met, "nothing was disturbed"
        assert run.code in (0, 1), run.told
        assert (run.code == 0) != ("error: " in run.told), run.told
        assert "bug in Tradewind" not in run.told

        again = project.run(*words)
        assert again.code == 0, again.told
        for region in (PRIMARY, STANDBY):
            assert project.statuses(region) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
            assert project.unexecuted(region) == []
    assert project.stacks(PRIMARY) == project.stacks(STANDBY) == {}


def test_a_deploy_and_a_destroy_outlast_what_a_network_does(
    project: Project, tmp_path: Path
) -> None:
    disturbed(project, tmp_path / "elsewhere", 7, 0.06, *REPEATED)


@pytest.mark.slow
def test_a_deploy_outlasts_an_aws_that_throttles_a_third_of_its_calls(
    project: Project, tmp_path: Path
) -> None:
    """With three tries it ends at the first roots."""
    home, endpoint = project.sandbox.home, project.sandbox.endpoint
    with misbehaving(home, endpoint, tmp_path / "elsewhere", 3, 0.3, ("throttled",)) as faults:
        run = project.run(
            *("deploy", "dev", "--direct", "--yes"),
            TRADEWIND_SANDBOX_HOME=str(tmp_path / "elsewhere"),
        )

    assert faults.met["throttled"] > 10
    assert run.code == 0, run.told


def test_a_call_whose_answer_was_lost_counts_as_made(project: Project, tmp_path: Path) -> None:
    """Every mutating call is heard, its answer is lost, and it is made again."""
    home, endpoint = project.sandbox.home, project.sandbox.endpoint
    with misbehaving(home, endpoint, tmp_path / "elsewhere", 1, 1.0, ("forgotten",)) as faults:
        run = project.run(
            "deploy", "dev", "--direct", "--yes", TRADEWIND_SANDBOX_HOME=str(tmp_path / "elsewhere")
        )

    assert run.code == 0, run.told
    assert faults.forgotten >= {"CreateChangeSet", "ExecuteChangeSet", "UpdateItem"}
    assert project.unexecuted() == []


@pytest.mark.parametrize("seed", range(3))
def test_what_does_not_speak_as_aws_does_ends_in_one_sentence(
    project: Project, tmp_path: Path, seed: int
) -> None:
    disturbed(project, tmp_path / "elsewhere", seed, 0.1, "garbled")


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.05, 0.15, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_network_does(
    project: Project, tmp_path: Path, seed: int, rate: float
) -> None:
    disturbed(project, tmp_path / "elsewhere", seed, rate, *FAULTS)
