"""An order is committed once, to a database that knows the password and nobody's certificate but its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.runtime.loading import execution_environment

PASSWORD = "it's a \\ pass"
WHO = {"username": "orders_owner", "password": PASSWORD, "dbname": "orders"}
ORDER = {"order_id": "11111111-2222-4333-8444-555555555555", "note": "O'Brien \\ '; DROP"}
CERTIFICATE, SALT, ROUNDS = b"the server's own certificate", b"salt", 4096


@pytest.fixture
def commit(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return execution_environment("order_commit", credentials=lambda: WHO)


class Server:
    """The server's side of SCRAM-SHA-256-PLUS (RFC 5802), behind a certificate."""

    def __init__(self, password: str = PASSWORD, *, proves_itself: bool = True) -> None:
        self.salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, ROUNDS)
        self.proves_itself = proves_itself
        self.answers = b""
        self.said: list[bytes] = []

    def write(self, message: bytes) -> None:
        self.said.append(message)
        match len(self.said):
            case 1:
                self.tell(b"R", struct.pack("!i", 10) + b"SCRAM-SHA-256-PLUS\0\0")
            case 2:
                self.bare = message.partition(b"p=tls-server-end-point,,")[2]
                self.nonce = self.bare.partition(b"r=")[2] + b"server"
                self.first = b"r=%s,s=%s,i=%d" % (self.nonce, base64.b64encode(SALT), ROUNDS)
                self.tell(b"R", struct.pack("!i", 11) + self.first)
            case 3:
                self.judge(message[5:])
            case _:
                self.tell(b"Z", b"I")

    def judge(self, final: bytes) -> None:
        unproved, _, proof = final.partition(b",p=")
        binding = base64.b64decode(unproved.split(b",")[0][2:])
        auth = b",".join([self.bare, self.first, unproved])
        key = hmac.digest(self.salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(key).digest(), auth, "sha256")
        wanted = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        bound = b"p=tls-server-end-point,," + hashlib.sha256(CERTIFICATE).digest()
        if base64.b64decode(proof) != wanted or binding != bound:
            self.tell(b"E", b"SFATAL\0C28P01\0Mno\0\0")
            return
        own = hmac.digest(self.salted, b"Server Key", "sha256")
        proof = hmac.digest(own if self.proves_itself else b"?", auth, "sha256")
        self.tell(b"R", struct.pack("!i", 12) + b"v=" + base64.b64encode(proof))
        self.tell(b"R", struct.pack("!i", 0))
        self.tell(b"S", b"TimeZone\0UTC\0")
        self.tell(b"Z", b"I")

    def tell(self, kind: bytes, body: bytes) -> None:
        self.answers += kind + struct.pack("!i", len(body) + 4) + body

    def flush(self) -> None:
        pass

    def read(self, size: int) -> bytes:
        read, self.answers = self.answers[:size], self.answers[size:]
        return read


def test_it_logs_in_without_saying_the_password(commit: ModuleType) -> None:
    server = Server()
    commit.log_in(server, CERTIFICATE, WHO)
    assert PASSWORD.encode() not in b"".join(server.said)


def test_a_certificate_in_between_is_found_out(commit: ModuleType) -> None:
    with pytest.raises(ConnectionError, match="28P01"):
        commit.log_in(Server(), b"somebody else's certificate", WHO)


def test_a_server_that_does_not_know_the_password_is_not_believed(commit: ModuleType) -> None:
    with pytest.raises(ConnectionError, match="does not know"):
        commit.log_in(Server(proves_itself=False), CERTIFICATE, WHO)


def test_what_the_server_complains_of_is_told_by_its_code_alone(commit: ModuleType) -> None:
    server = Server()
    server.tell(b"E", b"SERROR\0C25006\0MFailing row contains (O'Brien)\0\0")
    with pytest.raises(ConnectionError) as raised:
        commit.until_ready(server)
    assert str(raised.value) == "25006"


def test_a_server_that_hangs_up_is_no_answer(commit: ModuleType) -> None:
    with pytest.raises(ConnectionError):
        commit.until_ready(Server())


@pytest.mark.parametrize("address", [("127.0.0.1", "1"), ("", ""), ("127.0.0.1", "")])
def test_where_there_is_no_database_the_order_waits(
    commit: ModuleType, monkeypatch: pytest.MonkeyPatch, address: tuple[str, str]
) -> None:
    for name, value in zip(("HOST", "PORT"), address, strict=True):
        monkeypatch.setenv(name, value)
    with pytest.raises(commit.DatabaseNotWritable):
        commit.handler({"order": ORDER}, None)


def test_where_there_is_no_secret_the_order_waits(
    commit: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two minutes of Secrets Manager's must not void a charge."""

    def credentials() -> None:
        raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")

    class Connection:
        makefile = getpeercert = staticmethod(lambda *_, **__: b"")

    for name in ("HOST", "PORT"):
        monkeypatch.setenv(name, "5433")
    monkeypatch.setitem(vars(commit), "connect", lambda *_: nullcontext(Connection))
    monkeypatch.setitem(vars(commit), "credentials", credentials)
    with pytest.raises(commit.DatabaseNotWritable, match="InternalServiceError"):
        commit.handler({"order": ORDER}, None)


def test_a_quote_in_an_order_is_but_a_quote(commit: ModuleType) -> None:
    assert commit.quoted("O'Brien \\") == "'O''Brien \\'"


def programs() -> Path | None:
    """Where PostgreSQL's server programs lie: on Debian not in the PATH."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return found[-1].parent if found and shutil.which("openssl") else None


class Postgres:
    """A PostgreSQL server of the machine, for one test."""

    def __init__(self, directory: Path, programs: Path) -> None:
        self.data, self.programs = directory / "data", programs
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def run(self, *words: str) -> None:
        """As an ordinary user: PostgreSQL does not run as root."""
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        as_root = become if os.geteuid() == 0 else []
        subprocess.run([*as_root, *words], check=True, capture_output=True, timeout=60)

    def start(self) -> None:
        self.data.parent.chmod(0o755)
        password = self.data.parent / "password"
        password.write_text(PASSWORD)
        self.data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres")
        tool = str(self.programs / "initdb")
        login = ["-U", WHO["username"], "--auth=scram-sha-256", f"--pwfile={password}"]
        self.run(tool, "-D", str(self.data), *login)
        key = [f"-keyout={self.data}/server.key", f"-out={self.data}/server.crt"]
        subject = ["-subj", "/CN=orders", "-days", "1"]
        pair = [word for option in key for word in option.split("=", 1)]
        self.run("openssl", "req", "-new", "-x509", "-nodes", *subject, *pair)
        self.run("chmod", "600", f"{self.data}/server.key")
        options = f"-p {self.port} -c ssl=on -c listen_addresses=127.0.0.1 -k {self.data}"
        control = str(self.programs / "pg_ctl")
        self.run(
            control, "-D", str(self.data), "-w", "-l", f"{self.data}/log", "-o", options, "start"
        )

    def stop(self) -> None:
        control = str(self.programs / "pg_ctl")
        self.run(control, "-D", str(self.data), "-m", "immediate", "stop")

    def ask(self, statement: str, database: str = "orders") -> str:
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", WHO["username"], "-d", database]
        done = subprocess.run(
            ["psql", *place, "-Atc", statement],
            env={**os.environ, "PGPASSWORD": PASSWORD},
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.stdout.strip()


@pytest.fixture
def postgres(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any) -> Iterator[Postgres]:
    here = programs()
    if here is None:
        pytest.skip("no PostgreSQL on this machine")
    import tempfile

    with tempfile.TemporaryDirectory() as directory:  # where another user may go
        server = Postgres(Path(directory), here)
        server.start()
        try:
            server.ask("CREATE DATABASE orders", "postgres")
            monkeypatch.setenv("HOST", "127.0.0.1")
            monkeypatch.setenv("PORT", str(server.port))
            yield server
        finally:
            server.stop()


def test_a_real_database_has_the_order_once_and_says_when_it_takes_no_writes(
    commit: ModuleType, postgres: Postgres
) -> None:
    for _ in range(2):
        commit.handler({"order": ORDER}, None)
    assert postgres.ask("SELECT count(*), min(detail->>'note') FROM orders") == f"1|{ORDER['note']}"
    postgres.ask("ALTER DATABASE orders SET default_transaction_read_only = on")
    with pytest.raises(commit.DatabaseNotWritable, match="25006"):
        commit.handler({"order": ORDER}, None)


def test_a_real_database_finds_a_certificate_in_between_out(
    commit: ModuleType, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssl.SSLSocket, "getpeercert", lambda *_, **__: b"somebody else's")
    with pytest.raises(commit.DatabaseNotWritable, match="28000"):
        commit.handler({"order": ORDER}, None)
