"""The shop's own templates pass the gates on an empty account: nothing in them needs a waiver."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scripts.deploy.explanations import LATER
from scripts.deploy.gates.examination import read
from scripts.deploy.gates.findings import Concern
from tests.coverage.marking import MINTED
from tests.coverage.platform import Standing, platform
from tests.unit.deploy.explaining import explained, explanation


def later(value: Any) -> Any:
    """With every reference that a deployment would mint as one that nobody knows beforehand."""
    match value:
        case str():
            return re.sub(MINTED, LATER, value)
        case list():
            return [later(item) for item in value]
        case dict():
            return {key: later(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_first_roll_out_is_not_stopped(environment: str) -> None:
    standing = platform(Standing(environment))
    changes = [
        explained(f"{one.layer}/{one.logical_id}", one.type, "Add", after=later(one.properties))
        for one in standing.resources
    ]

    findings = list(read(explanation(*changes), standing.environment.account_id))

    assert [str(one) for one in findings if one.refuses] == []
    assert {one.concern for one in findings} == {Concern.IAM_WIDENED, Concern.NETWORK_OPENED}


def test_what_stands_and_stays_is_no_finding() -> None:
    standing = platform(Standing("prod"))
    changes = [
        explained(
            f"{one.layer}/{one.logical_id}",
            one.type,
            before=later(one.properties),
            after=later(one.properties),
        )
        for one in standing.resources
    ]

    findings = read(explanation(*changes), standing.environment.account_id)

    assert [str(one) for one in findings] == []
