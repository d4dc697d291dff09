"""The parameters that make it so where data were left switched over, and what they change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator import environments
from generator.layers.orders import Orders
from generator.layers.secrets import Secrets
from scripts.drill.left_over import left_over
from tests.unit.drill.data.cloud import PRIMARY, STANDBY, Cloud, theatre
from tests.unit.generator.standing import standing

PARAMS = Path(environments.__file__).parent.parent / "params"


def test_nothing_is_left_over_where_the_settings_say_what_is_so() -> None:
    assert left_over(Cloud().aws, theatre(), "primary") is None
    assert left_over(Cloud(writer=STANDBY).aws, theatre(), "standby") is None
    assert (
        left_over(Cloud(writer=STANDBY).aws, replace(theatre(), global_cluster=""), "primary")
        is None
    )


@pytest.mark.parametrize(
    ("writer", "says", "wants"),
    [
        (STANDBY, "primary", "standby"),
        (PRIMARY, "standby", "primary"),
    ],
)
def test_the_setting_that_makes_it_so_is_given(writer: str, says: str, wants: str) -> None:
    found = left_over(Cloud(writer=writer).aws, theatre(), says)
    assert found is not None
    assert (found.file, found.line) == ("params/dev.yaml", f"orders_writer: {wants}")


def test_while_the_writer_moves_nothing_is_left() -> None:
    moving = Cloud(writer=STANDBY, towards=PRIMARY, looks=100, _left=100)
    assert left_over(moving.aws, theatre(), "primary") is None


def test_what_is_given_is_a_setting_that_the_environment_accepts(tmp_path: Path) -> None:
    for name in ("defaults", "staging"):
        (tmp_path / f"{name}.yaml").write_text((PARAMS / f"{name}.yaml").read_text())
    found = left_over(
        Cloud(writer=STANDBY).aws, replace(theatre(), environment="staging"), "primary"
    )
    assert found is not None
    own = tmp_path / "staging.yaml"
    own.write_text(own.read_text().replace("regions:", f"{found.line}\nregions:", 1))
    read = environments.read(tmp_path, "staging")
    assert {held[found.key] for held in read.settings.values()} == {found.wants}


def test_a_writer_elsewhere_changes_one_schedule_and_nothing_of_the_database() -> None:
    at_home, away = (
        standing(Secrets, orders_writer=writer, orders_engine="aurora-global").resources
        for writer in ("primary", "standby")
    )
    assert set(at_home) - set(away) == {"DatabaseRotationSchedule"}
    assert {title: at_home[title] for title in away} == away
    for role in ("primary", "standby"):
        one, other = (
            standing(Orders, role, orders_writer=writer, orders_engine="aurora-global").resources
            for writer in ("primary", "standby")
        )
        assert one == other
