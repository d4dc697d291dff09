"""The shop as it is on an instance: gunicorn in a process of its own, with DynamoDB on loopback."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.loopback import LoopbackServer
from tests.unit.runtime.shop.world import CARTS, CATALOGUE, INTAKE, REGION, REVISION, Aws

#: Seconds until something that should happen has not.
PATIENCE = 30.0


class Tables(LoopbackServer):
    """DynamoDB, for whoever asks over HTTP; other services take all and answer nothing."""

    def __init__(self, aws: Aws, pause: float = 0.0) -> None:
        super().__init__(_Answer)
        self.aws, self.pause = aws, pause
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class _Answer(BaseHTTPRequestHandler):
    server: Tables
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        status, told = 200, b"{}"
        if "DynamoDB" in self.headers.get("X-Amz-Target", ""):
            time.sleep(self.server.pause)
            status, told = self.server.aws.answer(dict(self.headers), body)
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: Any) -> None:
        pass


class Served:
    """A running shop."""

    def __init__(self, aws: Aws, folder: Path, *, pause: float = 0.0, **environment: str) -> None:
        self.tables = Tables(aws, pause)
        self.tls: ssl.SSLContext | None = None
        self.log = folder / "shop.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        credentials = aws.session.get_credentials()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "shop.wsgi:application"],
            cwd=REVISION,
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                "PYTHONDONTWRITEBYTECODE": "1",
                "AWS_ACCESS_KEY_ID": credentials.access_key,
                "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
                "AWS_ENDPOINT_URL": self.tables.url,
                "AWS_DEFAULT_REGION": REGION,
                "CATALOGUE_TABLE": CATALOGUE,
                "CARTS_TABLE": CARTS,
                "ORDER_INTAKE_TABLE": INTAKE,
                "SHOP_BIND": f"127.0.0.1:{self.port}",
                "SHOP_LOG": str(self.log),
                **environment,
            },
        )

    def __enter__(self) -> Served:
        until(lambda: self.process.poll() is not None or self.get("/healthz") == 200)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.tables.shutdown()
        self.tables.server_close()

    def connection(self) -> http.client.HTTPConnection:
        if self.tls:
            return http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=PATIENCE, context=self.tls
            )
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def get(self, path: str) -> int:
        """The status; 0 where nobody listens."""
        connection = self.connection()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        except (ConnectionError, http.client.BadStatusLine):
            return 0
        else:
            return answer.status
        finally:
            connection.close()

    def say(self, raw: bytes) -> bytes:
        """What is answered to bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            line.sendall(raw)
            return b"".join(iter(lambda: line.recv(65536), b""))

    def workers(self) -> list[int]:
        """Their process ids."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)


def until(met: Callable[[], object]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
