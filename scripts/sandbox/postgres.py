"""PostgreSQL of this machine: its programs, as whom they run, and the directory in which data are made.

PostgreSQL does not run as root, so for root it runs as another user of the machine. That user need not be let
into the sandbox's home: the directory of the data comes to its processes open.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scripts.errors import Failed

#: RDS's own user, here as there.
ADMIN = "rdsadmin"

#: As whom an engine runs where the sandbox is root's.
UNPRIVILEGED = ("postgres", "nobody")

PROGRAMS = ("initdb", "postgres", "psql")

#: How long one of them may take.
TOOL_SECONDS = 60.0

_DEBIAN = Path("/usr/lib/postgresql")
_OPEN_FILES = Path("/proc/self/fd")

_DOORS = "hostssl all all 127.0.0.1/32 scram-sha-256\n"


class EngineFailed(Failed):
    """PostgreSQL is not there, or did not do what it was asked."""


def programs() -> Path | None:
    """Where PostgreSQL's programs lie, the newest of them first; on Debian that is not in the PATH."""
    places = []
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    if told := shutil.which("pg_config"):
        answer = subprocess.run([told, "--bindir"], capture_output=True, text=True, check=False)
        places.append(Path(answer.stdout.strip()))
    versions = [path for path in _DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    places += sorted(versions, key=lambda path: -int(path.parent.name))
    for place in places:
        if all((place / name).is_file() for name in PROGRAMS):
            return place
    return None


@dataclass
class Premises:
    """The directory in which all engines have their data, and as whom and by what they run."""

    directory: Path

    @cached_property
    def bin(self) -> Path:
        """PostgreSQL's programs. Raises EngineFailed."""
        found = programs()
        if found is None or shutil.which("openssl") is None:
            raise EngineFailed(
                "No database of RDS can be reached: PostgreSQL is not installed on this machine.",
                fix="Install it, on Debian: apt-get install postgresql",
            )
        return found

    @cached_property
    def user(self) -> pwd.struct_passwd | None:
        """Whom an engine runs as, where not as us."""
        if os.geteuid() != 0:
            return None
        for name in UNPRIVILEGED:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise EngineFailed(
            f"PostgreSQL does not run as root, and there is no user {' or '.join(UNPRIVILEGED)}.",
            fix="Run the sandbox as an ordinary user.",
        )

    @cached_property
    def opened(self) -> int:
        """The directory, made and open, for those who could not come to it by its path."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is not None:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
        return os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY)

    @property
    def password(self) -> str:
        """Of the engines' own user, in all of them."""
        return (self.directory / ADMIN).read_text(encoding="utf-8")

    def seen(self, *names: str) -> str:
        """A path below the directory, as an engine and its tools see it."""
        if self.user is not None and _OPEN_FILES.is_dir():
            return "/".join((str(_OPEN_FILES), str(self.opened), *names))
        return str(self.directory.joinpath(*names))

    def command(self, words: Sequence[str]) -> dict[str, Any]:
        """How a process is begun here, for subprocess: as whom, where, and with what open."""
        begun: dict[str, Any] = {"args": list(words), "cwd": "/", "pass_fds": (self.opened,)}
        if self.user is not None:
            begun |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return begun

    def run(self, *words: str, said: str = "", environment: dict[str, str] | None = None) -> str:
        """Run one of the tools, with `said` on its standard input; what it answers. Raises EngineFailed."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            **self.command(words),
            input=said,
            env=plain_environment() | (environment or {}),
            capture_output=True,
            text=True,
            timeout=TOOL_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise EngineFailed(
                f"{Path(words[0]).name} failed with {done.returncode}: {done.stderr.strip()[-500:]}",
                fix=f"Its data are below {self.directory}.",
            )
        return done.stdout

    def furnish(self, name: str) -> None:
        """Give a database that has none its data: a copy of what initdb makes once."""
        template = f"template-{self._major}"
        if not (self.directory / template).is_dir():
            self._initialise(template)
        draft = f".{name}"
        shutil.rmtree(self.directory / draft, ignore_errors=True)
        self.run("cp", "-a", self.seen(template), self.seen(draft))
        (self.directory / draft).replace(self.directory / name)

    def _initialise(self, template: str) -> None:
        draft = f".{template}"
        shutil.rmtree(self.directory / draft, ignore_errors=True)
        self._write(self.directory / ADMIN, secrets.token_urlsafe(24))
        self.run(
            str(self.bin / "initdb"),
            *("-D", self.seen(draft, "data"), "-U", ADMIN, f"--pwfile={self.seen(ADMIN)}"),
            *("-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1", "--no-instructions"),
            *("--auth-host=scram-sha-256", "--auth-local=reject"),
        )
        data = self.directory / draft / "data"
        self._write(data / "pg_hba.conf", _DOORS)
        self.run(
            *("openssl", "req", "-new", "-x509", "-nodes", "-sha256", "-days", "3650"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-subj", "/CN=rds.amazonaws.com", "-keyout", self.seen(draft, "data", "server.key")),
            *("-out", self.seen(draft, "data", "server.crt")),
        )
        (data / "server.key").chmod(0o600)
        (self.directory / draft).replace(self.directory / template)

    @cached_property
    def _major(self) -> str:
        """`17`, of `postgres (PostgreSQL) 17.9 (Debian …)`."""
        told = self.run(str(self.bin / "postgres"), "--version")
        return told.partition(")")[2].split()[0].partition(".")[0]

    def _write(self, path: Path, content: str) -> None:
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def close(self) -> None:
        """Let go of the directory."""
        if "opened" in vars(self):
            os.close(vars(self).pop("opened"))


def plain_environment() -> dict[str, str]:
    """What a process is told here of the environment."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
