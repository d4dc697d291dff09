"""The rotation functions, as they are bundled: four steps, any of them twice, nothing lost."""

# ruff: noqa: N801, N803 - the fakes bear botocore's names

from __future__ import annotations

import hmac
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from hashlib import pbkdf2_hmac, sha256
from http.server import BaseHTTPRequestHandler
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests.loopback import LoopbackServer, serving
from tests.unit.runtime.loading import execution_environment

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
OLD, NEW = "version-old", "version-new"

#: Rounds, salt and stored key of what a role is given for a password.
VERIFIER = """ALTER ROLE "owner" PASSWORD 'SCRAM-SHA-256[$](.+):(.+)[$](.+):.+'"""


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

    def get_secret_value(self, SecretId: str, VersionStage: str = "", VersionId: str = "") -> Any:
        for version, labels in self.stages.items():
            if version in self.values and (version == VersionId or VersionStage in labels):
                return {"SecretString": self.values[version]}
        raise Missing

    def list_secret_version_ids(
        self, SecretId: str, IncludeDeprecated: bool, MaxResults: int
    ) -> Any:
        assert IncludeDeprecated
        told = [
            {"VersionId": version, "VersionStages": labels, "CreatedDate": age}
            for age, (version, labels) in enumerate(self.stages.items())
        ]
        return {"Versions": told}

    def leave_behind(self, version: str, **value: str) -> None:
        """What a rotation made that was cancelled."""
        self.values[version], self.stages[version] = json.dumps(value), []

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
    """It tells where the database answers."""

    def describe_db_instances(self, DBInstanceIdentifier: str) -> Any:
        return {"DBInstances": [{"Endpoint": {"Address": DBInstanceIdentifier, "Port": 5433}}]}

    def describe_db_clusters(self, DBClusterIdentifier: str) -> Any:
        return {"DBClusters": [{"Endpoint": DBClusterIdentifier, "Port": 5433}]}


class Postgres:
    """A database that takes one password, and is told a new one in SCRAM's words."""

    def __init__(self, function: ModuleType) -> None:
        self.function, self.password = function, "old"
        self.logins: list[str] = []
        self.statements: list[str] = []
        self.is_down = False

    def connect(self, host: str, port: int, login: dict[str, str], application: str) -> Any:
        assert (host, port) == ("orders", 5433)
        if self.is_down:
            raise TimeoutError("no answer")
        self.logins.append(login["password"])
        if login["password"] != self.password:
            raise self.function.LoginRefused
        return self

    def __enter__(self) -> Postgres:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass

    def run(self, statement: str) -> None:
        """Whose verifier is it?"""
        self.statements.append(statement)
        told = re.fullmatch(VERIFIER, statement)
        assert told is not None
        for password in (f"made-{number}" for number in range(9)):
            salted = pbkdf2_hmac("sha256", password.encode(), b64decode(told[2]), int(told[1]))
            key = hmac.digest(salted, b"Client Key", "sha256")
            if sha256(key).digest() == b64decode(told[3]):
                self.password = password
                return
        raise AssertionError("that is nobody's verifier")


class Processor:
    """The payment processor: it knows one key."""

    def __init__(self) -> None:
        self.key, self.registrations, self.down = "old", 0, False
        self.elsewhere, self.followed = "", 0


@pytest.fixture
def processor() -> Iterator[tuple[Processor, str]]:
    said = Processor()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(known=self.is_known())

        def do_PUT(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if (known := self.is_known()) and not said.down:
                said.key, said.registrations = body["api_key"], said.registrations + 1
            self.answer(known=known)

        def is_known(self) -> bool:
            return self.headers["Authorization"] == f"Bearer {said.key}"

        def answer(self, *, known: bool) -> None:
            said.followed += self.path.endswith("/elsewhere")
            if said.elsewhere:
                self.send_response(302)
                self.send_header("Location", said.elsewhere)
            else:
                self.send_response(503 if said.down else 200 if known else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with serving(LoopbackServer(Answers)) as server:
        yield said, f"{server.url}/keys"


Rotation = Callable[[str], None]


def function(
    monkeypatch: pytest.MonkeyPatch, source: str, environment: dict[str, str], **clients: object
) -> tuple[Rotation, ModuleType]:
    """The function as Lambda would run it, with these AWS clients."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    module = execution_environment(source)
    if "PAUSE" in vars(module):
        monkeypatch.setattr(module.time, "sleep", lambda _: None)

    def run(step: str) -> None:
        module.handler({"SecretId": "s", "ClientRequestToken": NEW, "Step": step}, None)

    return run, module


Database = tuple[Rotation, SecretsManager, Postgres]


@pytest.fixture(params=["Instance", "Cluster"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Database:
    secret = SecretsManager(username="owner", password="old")
    environment = {"DATABASE": "orders", "KIND": request.param}
    run, module = function(
        monkeypatch, "database_rotation", environment, secretsmanager=secret, rds=Rds()
    )
    postgres = Postgres(module)
    monkeypatch.setitem(vars(module), "connect", postgres.connect)
    return run, secret, postgres


def test_a_rotation_brings_a_new_password_into_force_and_then_into_use(database: Database) -> None:
    run, secret, postgres = database
    for step in STEPS:
        run(step)
    assert secret.current() == {"username": "owner", "password": "made-1"}
    assert postgres.password == "made-1"


def test_the_database_is_never_told_the_password_itself(database: Database) -> None:
    run, _, postgres = database
    for step in STEPS:
        run(step)
    assert postgres.statements
    assert not any("made-1" in statement for statement in postgres.statements)


def test_every_step_may_run_twice(database: Database) -> None:
    run, secret, postgres = database
    for step in STEPS:
        run(step)
        run(step)
    assert secret.current()["password"] == postgres.password == "made-1"
    assert secret.stages[OLD] == []
    assert len(postgres.statements) == 1, "a password that is in force is not set again"


def test_a_database_that_does_not_answer_leaves_the_current_password_in_use(
    database: Database,
) -> None:
    run, secret, postgres = database
    postgres.is_down = True
    run("createSecret")
    for step in ("setSecret", "testSecret"):
        with pytest.raises(TimeoutError):
            run(step)
    assert secret.current()["password"] == postgres.password == "old"


def test_a_password_that_is_not_in_force_fails_its_test(database: Database) -> None:
    run, secret, postgres = database
    run("createSecret")
    with pytest.raises(postgres.function.LoginRefused):
        run("testSecret")
    assert secret.current()["password"] == "old"


def test_what_cancelled_rotations_left_in_force_is_found_the_newest_first(
    database: Database,
) -> None:
    run, secret, postgres = database
    for number in range(5, 8):
        secret.leave_behind(f"cancelled-{number}", username="owner", password=f"made-{number}")
    secret.stages["cancelled-empty"] = []
    postgres.password = "made-6"
    for step in STEPS:
        run(step)
    assert postgres.logins[1:4] == ["old", "made-7", "made-6"]
    assert secret.current()["password"] == postgres.password


def test_a_password_that_the_secret_never_held_is_an_operators_to_set(database: Database) -> None:
    run, secret, postgres = database
    postgres.password = "set by hand"
    run("createSecret")
    with pytest.raises(postgres.function.LoginRefused, match="has held"):
        run("setSecret")
    assert secret.current()["password"] == "old"


def test_an_empty_version_never_becomes_the_current_one(database: Database) -> None:
    run, secret, _ = database
    for step in ("setSecret", "testSecret", "finishSecret"):
        with pytest.raises(Missing):
            run(step)
    assert secret.stages[OLD] == ["AWSCURRENT"]


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
    run, _ = function(monkeypatch, "payment_key_rotation", {"URL": url}, secretsmanager=secret)
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


def test_the_key_follows_no_redirection(
    monkeypatch: pytest.MonkeyPatch, processor: tuple[Processor, str]
) -> None:
    """urllib would take it along, to whatever host it is sent."""
    said, url = processor
    run, secret = payment(monkeypatch, url)
    run("createSecret")
    said.elsewhere = f"{url}/elsewhere"
    with pytest.raises(OSError, match="302"):
        run("setSecret")
    assert said.followed == 0
    assert secret.current() == {"api_key": "old"}


def test_a_key_that_the_processor_refuses_never_becomes_current(
    monkeypatch: pytest.MonkeyPatch, processor: tuple[Processor, str]
) -> None:
    _, url = processor
    run, secret = payment(monkeypatch, url)
    run("createSecret")
    with pytest.raises(RuntimeError, match="refuses"):
        run("testSecret")
    assert secret.current()["api_key"] == "old"


def test_a_key_that_a_cancelled_rotation_registered_registers_the_next(
    monkeypatch: pytest.MonkeyPatch, processor: tuple[Processor, str]
) -> None:
    said, url = processor
    run, secret = payment(monkeypatch, url)
    secret.leave_behind("cancelled", api_key="left over")
    said.key = "left over"
    for step in STEPS:
        run(step)
    assert secret.current()["api_key"] == said.key


def test_a_processor_that_takes_no_key_of_ours_is_told_of(
    monkeypatch: pytest.MonkeyPatch, processor: tuple[Processor, str]
) -> None:
    said, url = processor
    run, secret = payment(monkeypatch, url)
    said.key = "exchanged by hand"
    run("createSecret")
    with pytest.raises(RuntimeError, match="has held"):
        run("setSecret")
    assert secret.current()["api_key"] == "old"
