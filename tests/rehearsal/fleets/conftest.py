"""A fleet of a test's own: a load balancer and a launch template in the sandbox, and a shop of ten lines."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.fleets import supervision
from scripts.sandbox.fleets.spec import Spec
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.fleets.ground import lay_out

REGION = "eu-west-1"
USER_DATA = """#!/bin/bash
cat >/etc/little/shop.env <<'END'
AWS_DEFAULT_REGION=eu-west-1
GREETING=hello
END
"""

#: Tells what came and who serves; `/slow` takes its time, a revision named broken… never says it is ready.
SHOP = """
import json, os, time
from http.cookies import SimpleCookie
REVISION = open("revision").read().strip()

def application(environ, start_response):
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    status, headers = "200 OK", [("X-Revision", REVISION), ("X-Pid", str(os.getppid()))]
    if path == "/healthz" and query == "deep=1" and REVISION.startswith("broken"):
        status = "404 Not Found"
    if path == "/slow":
        time.sleep(float(query or 1))
    if path == "/cart" and "cart" not in SimpleCookie(environ.get("HTTP_COOKIE", "")):
        headers.append(("Set-Cookie", "cart=abc; Path=/"))
    told = {k: v for k, v in environ.items() if isinstance(v, str)}
    told["body"] = environ["wsgi.input"].read().decode("latin-1")
    told["greeting"] = os.environ["GREETING"]
    body = json.dumps(told).encode()
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    return [body]
"""

SETTINGS = """
import os
bind = os.environ["BIND"]
worker_class, threads, keepalive, accesslog = "gthread", 4, 75, None
graceful_timeout = 10
control_socket_disable = True
"""

_accounts = itertools.count(540000000000 + os.getpid() % 100000 * 1000)


@dataclass(frozen=True)
class Place:
    """Where a fleet's home is, what it is told, and the clients of its account."""

    sandbox: Sandbox
    spec: Spec
    folder: Path

    @property
    def home(self) -> Path:
        return supervision.home_of(self.sandbox.home, self.spec.name, self.spec.region)

    def client(self, service: str) -> Any:
        return self.sandbox.client(service, REGION, self.spec.account)

    def start(self) -> supervision.Fleet:
        return supervision.start(self.home, self.spec)

    def having(self, **told: Any) -> Place:
        return replace(self, spec=replace(self.spec, **told))

    def revision(self, name: str) -> str:
        """A bundle of the shop of ten lines, as a folder."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "shop.py").write_text(SHOP)
        (folder / "gunicorn.conf.py").write_text(SETTINGS)
        (folder / "revision").write_text(name)
        return str(folder)

    def uploaded(self, name: str) -> str:
        """The same, as a zip in a bucket."""
        packed = shutil.make_archive(
            str(self.folder / f"{name}-packed"), "zip", self.revision(name)
        )
        bucket = f"releases-{self.spec.account}"
        self.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.client("s3").put_object(
            Bucket=bucket, Key=f"releases/{name}/shop.zip", Body=Path(packed).read_bytes()
        )
        return f"s3://{bucket}/releases/{name}/shop.zip"


@pytest.fixture
def place(sandbox: Sandbox, tmp_path: Path) -> Iterator[Place]:
    """All that a fleet of two needs; none of it runs yet."""
    account = str(next(_accounts))

    def client(service: str) -> Any:
        return sandbox.client(service, REGION, account)

    spec = Spec(
        name="little",
        region=REGION,
        account=account,
        endpoint=sandbox.endpoint,
        host="127.0.0.1",
        port=free_port(),
        instances=2,
        revision="",
        **lay_out(client, USER_DATA),
        environment_file="/etc/little/shop.env",
        arguments=("-m", "gunicorn", "-c", "gunicorn.conf.py", "shop:application"),
        bind="BIND",
        ready="/healthz?deep=1",
        variables={},
        scaling_group="shop",
    )
    made = Place(sandbox, spec, tmp_path)
    made = made.having(revision=made.revision("one"))
    yield made
    supervision.stop(made.home)


@pytest.fixture
def fleet(place: Place) -> Place:
    """The same, serving revision one."""
    place.start()
    return place
