"""Databases of RDS that can be connected to: PostgreSQL of this machine stands behind their endpoints.

A database is a record until somebody connects. Who does asks `GET /_tradewind/databases?host=…&port=…` where
its engine listens (`lambda_python` does so for functions); the first starts it. From then on the engine
follows the record: a database that is stopped refuses connections, one that is deleted has no data, a new
master password is set, and when the writer of a global database moves, all connections to it are cut.

All clusters of a global database have one engine, and only the one that writes leads to it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import shutil
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from scripts.sandbox import seams, stores
from scripts.sandbox.database_engines import HOST, Engine
from scripts.sandbox.database_records import ACCOUNT_ENTRIES, Database, databases
from scripts.sandbox.gateway import Head, Response, Service, json_response
from scripts.sandbox.postgres import EngineFailed, Premises
from scripts.sandbox.seams import Seam

PATH = "/_tradewind/databases"

_RDS = "ministack.services.rds"
_USED_BY = "databases that can be connected to"

REQUEST = Seam(
    _RDS,
    "_handle_request_sync",
    parameters=("method", "path", "headers", "body", "query_params"),
    used_by=_USED_BY,
)
SET_PASSWORD = Seam(
    _RDS,
    "_rotate_instance_password",
    parameters=("instance", "old_pass", "new_pass"),
    used_by=_USED_BY,
)
SEAMS = (ACCOUNT_ENTRIES, REQUEST, SET_PASSWORD)

_TYPES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
_OWN_FILES = re.compile(r"(?:db|cluster|cluster-global)-[\w-]+")
_KEPT = "followed.json"

log = logging.getLogger("tradewind.sandbox")


class Refused(Exception):
    """Nobody can connect there now, and why."""


@dataclass(frozen=True)
class Followed:
    """What an engine has been told: the writer, the password, by its digest, of an owner, and whether writes
    are refused.
    """

    writer: str
    owner: str
    digest: str
    reads_only: bool = False

    @classmethod
    def of(cls, database: Database) -> Followed:
        """What an engine that follows its record has been told."""
        digest = hashlib.sha256(database.login.password.encode()).hexdigest()
        return cls(database.writer, database.owner, digest, database.reads_only)


class Engines:
    """The engines that run, by the identity of their data. Safe to use from any thread."""

    def __init__(self) -> None:
        self._premises: Premises | None = None
        self._running: dict[str, Engine] = {}
        self._lock = threading.RLock()

    def settle(self, directory: Path) -> None:
        """Keep the data below `directory` from now on."""
        self._premises = Premises(directory)

    def reach(self, host: str, port: int) -> int:
        """The loopback port behind an endpoint. Raises Refused or EngineFailed."""
        with self._lock:
            self.follow()
            database = next((each for each in databases() if each.endpoint == host), None)
            if database is None:
                raise Refused(
                    f"No database that writes answers at {host}. Replicas, readers and secondary "
                    "clusters have no engine in the sandbox."
                )
            if port != database.port:
                raise Refused(f"{host} answers on port {database.port}, not on {port}.")
            if database.status != "available":
                raise Refused(f"{host} is {database.status}.")
            return self._engine(database).port

    def follow(self) -> None:
        """Have every engine be as its record says; the data of what is no more go."""
        with self._lock:
            if self._premises is None or not self._premises.directory.is_dir():
                return
            known = {each.identity: each for each in databases()}
            for identity, engine in list(self._running.items()):
                if not engine.alive:
                    del self._running[identity]
                elif not self._follows(engine, known.get(identity)):
                    log.info("database %s: its engine is stopped", identity)
                    engine.end()
                    del self._running[identity]
            for path in self._premises.directory.iterdir():
                if _OWN_FILES.fullmatch(path.name) and path.name not in known:
                    shutil.rmtree(path, ignore_errors=True)

    def end(self) -> None:
        """Stop them all; their data stay."""
        with self._lock:
            while self._running:
                _, engine = self._running.popitem()
                engine.end()

    def save(self, directory: Path) -> None:
        """The data are on the disk, and stay there."""

    def load(self, directory: Path) -> None:
        """Nothing but what is on the disk is needed."""

    def reset(self) -> None:
        """Neither engines nor data are left."""
        with self._lock:
            while self._running:
                _, engine = self._running.popitem()
                engine.end(signal.SIGQUIT)
            if self._premises is not None:
                self._premises.close()
                shutil.rmtree(self._premises.directory, ignore_errors=True)
                self._premises = Premises(self._premises.directory)

    def _engine(self, database: Database) -> Engine:
        if database.identity in self._running:
            return self._running[database.identity]
        if self._premises is None:
            raise EngineFailed("The sandbox has no place for databases.")
        engine = Engine.start(self._premises, database.identity)
        try:
            self._tell(engine, database)
        except EngineFailed:
            engine.end()
            raise
        log.info("database %s: its engine listens on port %d", database.endpoint, engine.port)
        self._running[database.identity] = engine
        return engine

    def _follows(self, engine: Engine, database: Database | None) -> bool:
        """Whether an engine may run on, told what is new; not where its database stopped, moved or went."""
        if database is None or database.status != "available":
            return False
        if self._followed(engine).writer != database.writer:
            return False
        self._tell(engine, database)
        return True

    def _tell(self, engine: Engine, database: Database) -> None:
        """A password that was changed by SQL stays, until the record has another than it had."""
        told, now = self._followed(engine), Followed.of(database)
        if told == now:
            return
        if told.reads_only != now.reads_only:
            engine.read_only(now.reads_only)
        if told.owner in ("", now.owner) and told.digest != now.digest:
            engine.admit(database.login)
        else:
            now = replace(now, owner=told.owner, digest=told.digest)
        stores.write_atomically(self._note(engine), json.dumps(asdict(now)))

    def _followed(self, engine: Engine) -> Followed:
        return Followed(**(stores.read_json(self._note(engine)) or asdict(Followed("", "", ""))))

    def _note(self, engine: Engine) -> Path:
        return engine.premises.directory / engine.name / _KEPT


ENGINES = Engines()


def install() -> None:
    """Have the engines follow whatever is asked of RDS, by a call or by a stack, before it is answered."""
    stores.register("databases", ENGINES)
    REQUEST.replace(_followed(REQUEST.value))
    SET_PASSWORD.replace(lambda *_: None)  # `follow` sets it
    for name in _TYPES:
        handler = seams.RESOURCE_HANDLERS.value[name]
        handler.update({deed: _followed(handler[deed]) for deed in ("update", "delete")})


def _followed(handle: Callable[..., Any]) -> Callable[..., Any]:
    def handle_and_follow(*said: Any) -> Any:
        answer = handle(*said)
        ENGINES.follow()
        return answer

    return handle_and_follow


def service() -> Service:
    """The page that tells where an engine listens."""

    async def reach(head: Head, _body: bytes) -> Response:
        host, port = (head.query.get(name, [""])[0] for name in ("host", "port"))
        try:
            there = await asyncio.to_thread(ENGINES.reach, host, int(port or 0))
        except Refused as refusal:
            return json_response({"message": str(refusal)}, HTTPStatus.NOT_FOUND)
        except EngineFailed as problem:
            log.warning("%s", problem.message)
            message = f"{problem.message} {problem.fix}"
            return json_response({"message": message}, HTTPStatus.SERVICE_UNAVAILABLE)
        return json_response({"host": HOST, "port": there})

    return Service("databases", lambda head: (head.method, head.path) == ("GET", PATH), reach)
