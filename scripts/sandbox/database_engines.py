"""The engine of a database: one PostgreSQL process on its data.

It answers on a loopback port of its own, by TLS with a certificate made here, and by SCRAM alone. Writes are
not forced to the disk (fsync is off): a killed engine recovers, a machine that loses its power may lose them.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from scripts.sandbox.postgres import ADMIN, EngineFailed, Premises, plain_environment

HOST = "127.0.0.1"

START_SECONDS, STOP_SECONDS = 60.0, 10.0

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "ssl": "on",
    "password_encryption": "scram-sha-256",
    "fsync": "off",
    "shared_buffers": "16MB",
    # What a statement held is nobody's business, least of all in a log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


_ADMIT = r"""
SET default_transaction_read_only = off;
SELECT format('CREATE ROLE %I LOGIN CREATEDB CREATEROLE', :'user')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'user') WHERE :'database' <> ''
AND NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
"""


@dataclass(frozen=True)
class Login:
    """The master user of a database, and the database that it begins with (empty: none)."""

    user: str
    password: str = field(repr=False)
    database: str


@dataclass
class Engine:
    """One running PostgreSQL. It does not outlive the sandbox."""

    premises: Premises
    name: str
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, premises: Premises, name: str) -> Engine:
        """Start it on its data, which are made when there are none, and wait for it. Raises EngineFailed."""
        if not (premises.directory / name).is_dir():
            premises.furnish(name)
        with (premises.directory / name / "log").open("ab") as log:
            port = _free_port()
            engine = cls(premises, name, port, _begin(premises, name, port, log))
        deadline = time.monotonic() + START_SECONDS
        while not engine.ready:
            if not engine.alive or time.monotonic() > deadline:
                engine.end()
                raise EngineFailed(
                    f"PostgreSQL did not start: {_last_line(premises.directory / name / 'log')}",
                    fix=f"Its log is {premises.directory / name / 'log'}.",
                )
            time.sleep(0.02)
        return engine

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether it says that it takes connections, in the last line of its own record."""
        try:
            said = (self.premises.directory / self.name / "data" / "postmaster.pid").read_text()
        except FileNotFoundError:
            return False
        lines = said.splitlines()
        return lines[:1] == [str(self.process.pid)] and lines[7:8] == ["ready   "]

    def execute(self, statements: str, **variables: str) -> str:
        """Have psql run SQL as the engine's own user; what it answers. Raises EngineFailed."""
        premises = self.premises
        return premises.run(
            str(premises.bin / "psql"),
            *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
            *(word for item in variables.items() for word in ("-v", "=".join(item))),
            *("-h", HOST, "-p", str(self.port), "-U", ADMIN, "-d", "postgres"),
            said=statements,
            environment={"PGPASSWORD": premises.password, "PGSSLMODE": "require"},
        )

    def admit(self, login: Login) -> None:
        """Have the master user with this password, and its database; nothing of it is there twice."""
        told = f'{_ADMIT}ALTER ROLE :"user" PASSWORD {_literal(login.password)};\n'
        self.execute(told, user=login.user, database=login.database)

    def read_only(self, yes: bool) -> None:
        """Refuse writes (25006) from now on, of those who are connected, too; or take them again."""
        setting = (
            "SET default_transaction_read_only = on"
            if yes
            else "RESET default_transaction_read_only"
        )
        self.execute(f"ALTER SYSTEM {setting};\nSELECT pg_reload_conf();\n")

    def end(self, number: int = signal.SIGINT) -> None:
        """Stop it: whoever is connected is cut off (SIGINT), or nothing is even written down (SIGQUIT)."""
        for each in (number, signal.SIGQUIT, signal.SIGKILL):
            if not self.alive:
                return
            self.process.send_signal(each)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def _literal(text: str) -> str:
    """A string in SQL, where a backslash is but a backslash."""
    return "'" + text.replace("'", "''") + "'"


def _begin(premises: Premises, name: str, port: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """The process, which the system ends when the sandbox's ends, where it can be asked to (Linux)."""
    tied = shutil.which("setpriv")
    leash = [tied, "--pdeathsig", "QUIT"] if tied else []
    settings = [word for item in _SETTINGS.items() for word in ("-c", "=".join(item))]
    data = premises.seen(name, "data")
    words = [*leash, str(premises.bin / "postgres"), "-D", data, "-p", str(port), *settings]
    return subprocess.Popen(
        **premises.command(words),
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")
