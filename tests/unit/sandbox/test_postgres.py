"""Where PostgreSQL is found, as whom it runs, and what is said where it is not."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.sandbox import databases, postgres
from scripts.sandbox.database_engines import Login
from scripts.sandbox.database_records import Database
from scripts.sandbox.gateway import Head, Response

STANDING = Database(
    identity="db-A",
    endpoint="orders.0123.eu-west-1.rds.amazonaws.com",
    port=5433,
    status="available",
    writer="arn",
    owner="arn",
    login=Login("owner", "secret", "orders"),
)


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Debian would have its versions of PostgreSQL; nothing is in the PATH."""
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)
    monkeypatch.setattr(postgres, "shutil", SimpleNamespace(which=lambda _name: None))
    return tmp_path


def install(place: Path, *programs: str) -> Path:
    place.mkdir(parents=True)
    for name in programs:
        (place / name).touch()
    return place


def test_the_newest_version_is_taken(debian: Path) -> None:
    install(debian / "9" / "bin", *postgres.PROGRAMS)
    newest = install(debian / "17" / "bin", *postgres.PROGRAMS)
    assert postgres.programs() == newest


def test_a_version_without_its_client_is_passed_over(debian: Path) -> None:
    whole = install(debian / "15" / "bin", *postgres.PROGRAMS)
    install(debian / "17" / "bin", "initdb", "postgres")
    assert postgres.programs() == whole


def test_without_postgresql_a_connection_fails_with_the_packages_name(
    debian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = databases.Engines()
    engines.settle(tmp_path / "databases")
    monkeypatch.setattr(databases, "databases", lambda: iter([STANDING]))
    monkeypatch.setattr(databases, "ENGINES", engines)
    asked = {"host": [STANDING.endpoint], "port": ["5433"]}
    head = Head("GET", databases.PATH, asked, {})
    page = databases.service()
    assert page.matches(head)
    answer: Response = asyncio.run(page.handle(head, b""))  # type: ignore[arg-type]
    assert answer.status == 503
    assert "apt-get install postgresql" in json.loads(answer.body)["message"]


def test_for_root_an_engine_runs_as_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    user = postgres.Premises(tmp_path).user
    assert user is not None
    assert user.pw_name in postgres.UNPRIVILEGED
    assert user.pw_uid != 0


def test_where_root_has_nobody_to_be_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(postgres.EngineFailed, match="does not run as root"):
        _ = postgres.Premises(tmp_path).user


def test_for_anybody_else_it_runs_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    premises = postgres.Premises(tmp_path)
    assert premises.user is None
    assert premises.seen("db-A", "data") == str(tmp_path / "db-A" / "data")
