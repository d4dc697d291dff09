"""params/waivers.yaml: what is read of it, and what is wrong with it, by line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator.environments import names
from scripts.deploy import waivers
from scripts.deploy.gates.findings import ONLY_SHOWN, Concern
from scripts.deploy.waivers import Waiver, Waivers
from scripts.errors import UsageError

WHOLE = """\
# why this file is here
- environment: prod
  region: eu-central-1
  resource: /Orders/OrdersDatabase
  finding: data-loss
  reason: moved to Aurora, ticket 4711
  until: 2026-12-01
"""


@pytest.fixture
def params(tmp_path: Path) -> Path:
    folder = tmp_path / "params"
    folder.mkdir()
    for name in ("defaults", "prod", "staging"):
        (folder / f"{name}.yaml").write_text("")
    return folder


def written(params: Path, text: str) -> Waivers:
    (params / "waivers.yaml").write_text(text)
    return waivers.read(params)


def test_a_waiver_is_read_with_its_line(params: Path) -> None:
    assert written(params, WHOLE).all == (
        Waiver(
            environment="prod",
            region="eu-central-1",
            resource="Orders/OrdersDatabase",
            finding=Concern.DATA_LOSS,
            reason="moved to Aurora, ticket 4711",
            until=date(2026, 12, 1),
            line=2,
        ),
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n"])
def test_a_file_without_waivers_waives_nothing(params: Path, text: str) -> None:
    assert written(params, text).all == ()


def test_an_unpacked_shipment_knows_no_environment_but_its_own_and_brings_the_waivers_of_all(
    params: Path,
) -> None:
    (params.parent / "shipment.json").write_text("{}")
    (params / "prod.yaml").unlink()

    assert [one.environment for one in written(params, WHOLE).all] == ["prod"]


def test_no_file_waives_nothing(params: Path) -> None:
    assert waivers.read(params) == Waivers()


def test_the_file_that_comes_with_the_project_waives_nothing() -> None:
    params = Path(__file__).parents[3] / "params"

    assert (params / "waivers.yaml").exists()
    assert waivers.read(params) == Waivers()


def test_the_file_is_no_environment(params: Path) -> None:
    (params / "waivers.yaml").write_text("[]")

    assert names(params) == ("prod", "staging")


@pytest.mark.parametrize("key", ["environment", "resource", "finding", "reason", "until"])
@pytest.mark.parametrize("left", ["", "{key}:\n"], ids=["missing", "empty"])
def test_a_waiver_that_lacks_something_is_an_error_that_names_its_line(
    params: Path, key: str, left: str
) -> None:
    lines = [line for line in WHOLE.splitlines() if not line.strip(" -").startswith(f"{key}:")]
    lines = [
        line.replace("  region", "- region") if key == "environment" else line for line in lines
    ]
    text = "\n".join(lines) + (f"\n  {left.format(key=key)}" if left else "\n")

    with pytest.raises(UsageError, match=rf"^params/waivers.yaml:2: a waiver lacks its {key}\."):
        written(params, text)


@pytest.mark.parametrize(
    ("was", "written_instead", "line", "message", "fix"),
    [
        ("data-loss", "data-los", 5, "there is no finding 'data-los'", "Did you mean data-loss?"),
        ("data-loss", "iam-widened", 5, "iam-widened is shown and stops nothing", "Remove it."),
        ("2026-12-01", "Christmas", 7, "'Christmas' is no date", "Write it as 2026-12-01."),
        ("2026-12-01", "2026-13-01", 7, "'2026-13-01' is no date", "Write it as 2026-12-01."),
        ("env", "envy", 2, "there is no envyironment in a waiver", ""),
        ("prod", "prd", 2, "there is no environment 'prd'", "Did you mean prod?"),
        ("region", "regoin", 3, "there is no regoin in a waiver", "Did you mean region?"),
    ],
)
def test_what_could_never_match_is_an_error_with_what_is_near(
    params: Path, was: str, written_instead: str, line: int, message: str, fix: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        written(params, WHOLE.replace(was, written_instead, 1))

    said = f"{wrong.value.message} {wrong.value.fix}"
    assert f"params/waivers.yaml:{line}: {message}" in said
    assert fix in said


def test_every_problem_is_named_at_once(params: Path) -> None:
    with pytest.raises(UsageError, match=r"^2 problems in params/waivers.yaml:") as wrong:
        written(params, WHOLE + "- a\n- b\n")

    assert ":8: a waiver has keys, not 'a'." in wrong.value.message
    assert ":9: a waiver has keys, not 'b'." in wrong.value.message


@pytest.mark.parametrize("text", ["environment: prod\n", "just words\n", "- [\n"])
def test_a_file_that_is_no_list_is_an_error(params: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"^params/waivers.yaml:\d: "):
        written(params, text)


@pytest.mark.parametrize("finding", sorted(set(Concern) - ONLY_SHOWN))
def test_whatever_refuses_can_be_waived(params: Path, finding: Concern) -> None:
    [read] = written(params, WHOLE.replace("data-loss", finding)).all

    assert read.finding is finding


@pytest.mark.parametrize(("day", "lasts"), [(30, True), (1, True), (2, False)])
def test_a_waiver_holds_to_the_end_of_its_day(params: Path, day: int, lasts: bool) -> None:
    [read] = written(params, WHOLE).all
    month = 11 if day == 30 else 12

    assert read.lasts(date(2026, month, day)) is lasts


def test_a_waiver_of_more_than_ninety_days_is_questioned_where_it_counts(params: Path) -> None:
    read = written(params, WHOLE)

    assert read.warnings("prod", date(2026, 9, 2)) == ()
    assert read.warnings("staging", date(2026, 9, 1)) == ()
    assert read.warnings("prod", date(2026, 9, 1)) == (
        "params/waivers.yaml:2: the waiver for Orders/OrdersDatabase lasts until 2026-12-01, "
        "more than 90 days.",
    )


@pytest.mark.parametrize("region", ["", " ", '""', "[eu-central-1]", "{eu: 1}"])
def test_a_region_without_a_name_is_not_every_region(params: Path, region: str) -> None:
    with pytest.raises(UsageError, match=r"^params/waivers.yaml:3: .*names one region"):
        written(params, WHOLE.replace("eu-central-1", region))
