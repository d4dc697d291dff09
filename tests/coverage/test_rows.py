"""Every row of what users asked for is in the templates, property by property; and this proof proves itself.

The rows stand in `rows`, in the users' order. A row is asked twice: whether all its claims hold, and whether
a platform with any one property broken, that a claim names, fails and says which.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.coverage.claims import FULL, Row
from tests.coverage.mutants import mutants
from tests.coverage.platform import Standing, environment
from tests.coverage.rows import IDS, ROWS

Record = Callable[[str, object], None]

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def test_no_row_is_forgotten() -> None:
    assert [row.id for row in ROWS] == [*IDS]
    assert not [row.id for row in ROWS if not row.claims]


def test_prod_has_it_all() -> None:
    """The rows are asked of the full architecture: prod is where it stands."""
    prod = environment(Standing("prod"))
    for region in prod.pair:
        lacking = {key: value for key, value in FULL.items() if prod.values(region)[key] != value}
        assert not lacking, f"params/prod.yaml in {region}"


@every_row
def test_a_row_holds(row: Row) -> None:
    said = [f"{claim.says}: {c}" for claim in row.claims for c in claim.complaints()]
    assert not said, f"{row.id}, {row.wish}:\n" + "\n".join(said)


@every_row
def test_every_mutant_of_a_row_is_killed(row: Row, record_property: Record) -> None:
    every = list(mutants(row))
    alive = [str(mutant) for mutant in every if not mutant.killed()]
    record_property("mutants", f"{len(every) - len(alive)} of {len(every)}")
    assert every
    assert not alive, f"{row.id}, {row.wish}: nobody noticed\n" + "\n".join(alive)
