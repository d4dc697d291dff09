"""The rotation functions, as they travel in the template: four steps, any of them twice, nothing lost."""

# ruff: noqa: N801, N803 - the fakes bear botocore's names

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest

from generator.inline_code import inline

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
OLD, NEW = "version-old", "version-new"


class Missing(Exception):
    """There is no such version."""


class SecretsManager:
    """One secret, whose new version has been announced and holds nothing yet."""

    class exceptions:
        ResourceNotFoundException = Missing

    def __init__(self, **value: str) -> None:
        self.values = {OLD: json.dumps(value)}
        self.stages = {OLD: ["AWSCURRENT"], NEW: ["AWSPENDING"]}

    def describe_secret(self, SecretId: str) -> Any:
        return {"VersionIdsToStages": {v: list(labels) for v, labels in self.stages.items()}}

    def get_secret_value(self, SecretId: str, VersionStage: str, VersionId: str = "") -> Any:
        for version, labels in self.stages.items():
            if VersionStage in labels and version in self.values and VersionId in ("", version):
                return {"SecretString": self.values[version]}
        raise Missing

    def get_random_password(self, PasswordLength: int, ExcludePunctuation: bool) -> Any:
        return {"RandomPassword": f"made-{len(self.values)}"}

    def put_secret_value(
        self,
        SecretId: str,
        ClientRequestToken: str,
        SecretString: str,
        VersionStages: list[str],
    ) -> None:
        self.values[ClientRequestToken] = SecretString
        self.stages[ClientRequestToken] = VersionStages

    def update_secret_version_stage(
        self,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str,
        RemoveFromVersionId: str,
    ) -> None:
        self.stages[RemoveFromVersionId].remove(VersionStage)
        self.stages[MoveToVersionId] = [VersionStage]

    def current(self) -> Any:
        """What the shop reads."""
        return json.loads(self.get_secret_value("", "AWSCURRENT")["SecretString"])


class Rds:
    """A database that takes a while over a change: it is in force once it has been asked for twice."""

    def __init__(self) -> None:
        self.password, self.pending, self.looks = "old", "", 0
        self.refuses = False

    def change(self, MasterUserPassword: str, **which: str) -> None:
        if self.refuses:
            raise RuntimeError("InvalidDBInstanceState")
        assert which in (
            {"DBInstanceIdentifier": "orders"},
            {"DBClusterIdentifier": "orders"},
        )
        self.pending, self.looks = MasterUserPassword, 0

    def look(self, **which: str) -> Any:
        self.looks += 1
        if self.looks > 1 and self.pending:
            self.password, self.pending = self.pending, ""
        found = [{"PendingModifiedValues": {"MasterUserPassword": "****"} if self.pending else {}}]
        return {"DBInstances" if "DBInstanceIdentifier" in which else "DBClusters": found}

    modify_db_instance = modify_db_cluster = change
    describe_db_instances = describe_db_clusters = look


class Processor:
    """The payment processor: it knows one key."""

    def __init__(self) -> None:
        self.key, self.registrations, self.down = "old", 0, False


@pytest.fixture
def processor() -> Iterator[tuple[Processor, str]]:
    said = Processor()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_PUT(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.answer():
                said.key, said.registrations = body["api_key"], said.registrations + 1

        def answer(self) -> bool:
            good = self.headers["Authorization"] == f"Bearer {said.key}"
            self.send_response(503 if said.down else 200 if good else 401)
            self.end_headers()
            return good and not said.down

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield said, f"http://127.0.0.1:{server.server_port}/keys"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Rotation = Callable[[str], None]


def function(
    monkeypatch: pytest.MonkeyPatch, source: str, environment: dict[str, str], **clients: object
) -> Rotation:
    """The function as Lambda would run it, with these AWS clients."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", clients.__getitem__)
    module: dict[str, Any] = {"__name__": source}
    exec(compile(inline(source), f"{source}.py", "exec"), module)
    if "PAUSE" in module:
        monkeypatch.setattr(module["time"], "sleep", lambda _: None)

    def run(step: str) -> None:
        module["handler"]({"SecretId": "s", "ClientRequestToken": NEW, "Step": step}, None)

    return run


@pytest.fixture(params=["Instance", "Cluster"])
def database(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> tuple[Rotation, SecretsManager, Rds]:
    secret, rds = SecretsManager(username="owner", password="old"), Rds()
    run = function(
        monkeypatch,
        "database_rotation",
        {"DATABASE": "orders", "KIND": request.param},
        secretsmanager=secret,
        rds=rds,
    )
    return run, secret, rds


Database = tuple[Rotation, SecretsManager, Rds]


def test_a_rotation_brings_a_new_password_into_force_and_then_into_use(database: Database) -> None:
    run, secret, rds = database
    for step in STEPS:
        run(step)
    assert secret.current() == {"username": "owner", "password": "made-1"}
    assert rds.password == "made-1"


def test_every_step_may_run_twice(database: Database) -> None:
    run, secret, rds = database
    for step in STEPS:
        run(step)
        run(step)
    assert secret.current()["password"] == rds.password == "made-1"
    assert secret.stages[OLD] == []


def test_a_database_that_refuses_leaves_the_current_password_in_use(database: Database) -> None:
    run, secret, rds = database
    rds.refuses = True
    run("createSecret")
    with pytest.raises(RuntimeError, match="InvalidDBInstanceState"):
        run("setSecret")
    assert secret.current()["password"] == rds.password == "old"


def test_a_password_that_is_not_in_force_yet_fails_its_test(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, secret, rds = database
    run("createSecret")
    run("setSecret")
    monkeypatch.setattr(rds, "password", "old")
    slow = {"PendingModifiedValues": {"MasterUserPassword": "****"}}
    answer = lambda **_: {"DBInstances": [slow], "DBClusters": [slow]}  # noqa: E731
    monkeypatch.setattr(rds, "describe_db_instances", answer)
    monkeypatch.setattr(rds, "describe_db_clusters", answer)
    with pytest.raises(TimeoutError):
        run("testSecret")
    assert secret.current()["password"] == "old"


def test_a_version_that_nobody_announced_is_not_rotated(database: Database) -> None:
    run, secret, _ = database
    secret.stages[NEW] = []
    with pytest.raises(ValueError, match="not pending"):
        run("createSecret")


def test_an_unknown_step_is_refused(database: Database) -> None:
    run, _, _ = database
    with pytest.raises(ValueError, match="no such step"):
        run("celebrateSecret")


def payment(monkeypatch: pytest.MonkeyPatch, url: str) -> tuple[Rotation, SecretsManager]:
    secret = SecretsManager(api_key="old")
    run = function(monkeypatch, "payment_key_rotation", {"URL": url}, secretsmanager=secret)
    return run, secret


def test_the_processor_takes_the_new_key_before_the_shop_uses_it(
    monkeypatch: pytest.MonkeyPatch, processor: tuple[Processor, str]
) -> None:
    said, url = processor
    run, secret = payment(monkeypatch, url)
    for step in STEPS:
        run(step)
        run(step)
    assert secret.current()["api_key"] == said.key == "made-1"
    assert said.registrations == 1


def test_without_an_address_the_key_stays_and_nothing_is_pending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, secret = payment(monkeypatch, "")
    with pytest.raises(RuntimeError, match="payment_key_url is empty"):
        run("createSecret")
    assert secret.current() == {"api_key": "old"}
    assert NEW not in secret.values


def test_a_processor_that_is_down_has_refused_nothing(
    monkeypatch: pytest.MonkeyPatch, processor: tuple[Processor, str]
) -> None:
    said, url = processor
    run, secret = payment(monkeypatch, url)
    run("createSecret")
    said.down = True
    for step in ("setSecret", "testSecret"):
        with pytest.raises(OSError, match="503"):
            run(step)
    assert secret.current()["api_key"] == said.key == "old"


def test_a_key_that_the_processor_refuses_never_becomes_current(
    monkeypatch: pytest.MonkeyPatch, processor: tuple[Processor, str]
) -> None:
    _, url = processor
    run, secret = payment(monkeypatch, url)
    run("createSecret")
    with pytest.raises(RuntimeError, match="refuses"):
        run("testSecret")
    assert secret.current()["api_key"] == "old"
