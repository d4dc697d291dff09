"""`tradewind preflight` where nothing can be read: said once, and not a hundred times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.environments import Environment
from scripts import cli
from scripts.aws import AwsSaidNo, Identity
from scripts.checks import Check, Verdict
from scripts.commands import preflight
from scripts.preflight import table
from scripts.preflight.ground import Line

PROJECT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the user's credentials nor a machine's."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


def test_without_credentials_one_line_is_unknown_for_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["--project", str(PROJECT), "preflight", "dev"]) == 1
    out = capsys.readouterr().out

    assert "no  credentials: No AWS credentials were found" in out
    assert out.count("??") == 1
    assert "more: nothing can be read without credentials" in out
    assert "1 refused" in out.splitlines()[-1]


def test_the_document_has_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--project", str(PROJECT), "preflight", "dev", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)

    assert document["refused"] == ["credentials"]
    assert {one["verdict"] for one in document["checks"][1:]} == {"unknown"}
    assert len(document["unknown"]) == len(document["checks"]) - 1
    assert "names of buckets in us-east-1" in document["unknown"]
    assert "AWS::EventSchemas::Registry" in document["not_asked"]
    assert len(document["checks"]) > 120


@dataclass
class Denying:
    """Credentials of the right account, which may read nothing."""

    environment: Environment

    def verify_account(self) -> Identity:
        account = self.environment.account_id
        return Identity(account, f"arn:aws:iam::{account}:user/ada")

    def client(self, *_: str) -> Denying:
        return self

    def call(self, operation: str, *_: str, **__: Any) -> Any:
        raise AwsSaidNo(f"You may not do {operation}.", code="AccessDenied")

    pages = call


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> None:
    names = SimpleNamespace(authorities=lambda _: (), delegation=lambda _: ())
    monkeypatch.setattr(cli, "_on_aws", lambda _: Denying)
    monkeypatch.setattr(preflight, "_names", lambda _: names)


@pytest.mark.usefixtures("denied")
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_credentials_that_may_read_nothing_are_no_leave_to_deploy(
    environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--project", str(PROJECT), "preflight", environment, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)

    assert document["refused"] == []
    assert len(document["unknown"]) > len(document["checks"]) / 2


def line(verdict: Verdict) -> Line:
    return Line("", Check("something", verdict, "this", "that"))


@pytest.mark.usefixtures("denied")
@pytest.mark.parametrize(
    ("environment", "known", "unknown", "code"),
    [("dev", 2, 0, 0), ("dev", 2, 1, 0), ("dev", 1, 2, 1), ("prod", 2, 0, 0), ("prod", 2, 1, 1)],
)
def test_what_is_unknown_refuses_in_prod_and_elsewhere_where_it_is_most(
    monkeypatch: pytest.MonkeyPatch, environment: str, known: int, unknown: int, code: int
) -> None:
    lines = [line(Verdict.PASSED)] * known + [line(Verdict.UNKNOWN)] * unknown
    monkeypatch.setattr(table, "run", lambda _: iter(lines))

    assert cli.main(["--project", str(PROJECT), "preflight", environment]) == code


@pytest.mark.usefixtures("denied")
def test_what_was_not_asked_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["--project", str(PROJECT), "preflight", "prod"])

    (said,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("not asked")]
    assert "AWS::RedshiftServerless::Workgroup" in said
