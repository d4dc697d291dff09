"""`make audit`: what it judges, and that it can say no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.__main__ import MOST_ACCEPTED, is_clean, table
from tests.audit.checkov import Finding, Result, result
from tests.audit.templates import plain, resolved, write


@pytest.fixture(scope="module")
def prod() -> dict[tuple[str, str], dict[str, Any]]:
    return dict(resolved("prod"))


def test_what_is_judged_is_decided(prod: dict[tuple[str, str], dict[str, Any]]) -> None:
    """No condition is left, and no intrinsic but a reference within the template."""
    for place, template in prod.items():
        said = json.dumps(template)
        for undecided in ("Fn::If", "Fn::Equals", "AWS::NoValue", "Fn::FindInMap"):
            assert undecided not in said, place


def test_every_region_and_root_is_judged(prod: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert {region for region, _ in prod} == {"eu-central-1", "eu-west-1", "us-east-1"}
    standby = {layer for region, layer in prod if region == "eu-west-1"}
    assert {"foundation", "deployers", "network", "orders", "takeover"} <= standby


def test_a_reference_within_a_template_stays_one() -> None:
    said = {"Key": "<us-east-1/catalog/Table.Arn>", "Other": "<us-east-1/orders/Cluster.Ref>"}
    assert plain(said, "us-east-1", "catalog") == {
        "Key": {"Fn::GetAtt": ["Table", "Arn"]},
        "Other": "<us-east-1/orders/Cluster.Ref>",
    }


def test_each_template_is_a_file(tmp_path: Path) -> None:
    count = write("dev", tmp_path)
    files = [*tmp_path.rglob("*.json")]
    assert len(files) == count > 10
    assert all(json.loads(file.read_text())["Resources"] for file in files)


FAILED = {
    "check_id": "CKV_AWS_27",
    "check_name": "Ensure all data stored in the SQS queue is encrypted",
    "file_path": "/us-east-1/orders.json",
    "resource": "AWS::SQS::Queue.Jobs",
    "check_result": {"result": "FAILED"},
}
SKIPPED = {**FAILED, "check_result": {"result": "SKIPPED", "suppress_comment": "it is empty"}}


def report(**results: Any) -> Result:
    """What checkov says, read."""
    empty: dict[str, Any] = {"failed_checks": [], "skipped_checks": [], "parsing_errors": []}
    return result({"results": {**empty, **results}, "summary": {"passed": 3}})


def test_a_finding_fails_the_audit_and_is_told_with_its_place() -> None:
    found = report(failed_checks=[FAILED])
    assert not is_clean([found])
    assert table({"checkov": found}) == [
        "checkov: 3 passed, 1 failed, 0 accepted, 0 unread",
        "  failed    CKV_AWS_27 orders.json AWS::SQS::Queue.Jobs: "
        "Ensure all data stored in the SQS queue is encrypted",
    ]


def test_what_checkov_could_not_read_fails_the_audit() -> None:
    assert not is_clean([report(parsing_errors=["/orders.json"])])


def test_an_accepted_finding_is_told_with_its_reason() -> None:
    found = report(skipped_checks=[SKIPPED])
    assert is_clean([found])
    assert table({"checkov": found})[1].endswith("(it is empty)")


def test_more_is_not_accepted_than_we_allow_ourselves() -> None:
    def accepting(count: int) -> Result:
        rules = (Finding(f"CKV_{n}", "", "", "", f"reason {n}") for n in range(count))
        return Result(0, tuple(rules), ())

    assert is_clean([accepting(MOST_ACCEPTED)])
    assert not is_clean([accepting(MOST_ACCEPTED + 1)])
