"""A fleet of a test's own: a load balancer and a launch template in the sandbox, and a shop of ten lines."""

from __future__ import annotations

import base64
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

REGION = "eu-west-1"
ORIGIN = "x-origin-secret"
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
    elbv2 = sandbox.client("elbv2", REGION, account)
    (balancer,) = elbv2.create_load_balancer(Name="shop")["LoadBalancers"]
    (group,) = elbv2.create_target_group(
        Name="shop",
        Protocol="HTTPS",
        Port=8443,
        VpcId="vpc-1",
        HealthCheckPath="/healthz",
        HealthCheckIntervalSeconds=10,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
    )["TargetGroups"]
    sticky = {
        "stickiness.enabled": "true",
        "stickiness.type": "app_cookie",
        "stickiness.app_cookie.cookie_name": "cart",
        "stickiness.app_cookie.duration_seconds": "60",
        "deregistration_delay.timeout_seconds": "30",
        "load_balancing.algorithm.type": "round_robin",
    }
    elbv2.modify_target_group_attributes(
        TargetGroupArn=group["TargetGroupArn"],
        Attributes=[{"Key": key, "Value": value} for key, value in sticky.items()],
    )
    refusal = {"StatusCode": "403", "ContentType": "text/plain", "MessageBody": "Forbidden"}
    (listener,) = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": refusal}],
    )["Listeners"]
    elbv2.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=10,
        Conditions=[
            {
                "Field": "http-header",
                "HttpHeaderConfig": {"HttpHeaderName": ORIGIN, "Values": ["hush"]},
            }
        ],
        Actions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )
    template = sandbox.client("ec2", REGION, account).create_launch_template(
        LaunchTemplateName="shop",
        LaunchTemplateData={"UserData": base64.b64encode(USER_DATA.encode()).decode()},
    )["LaunchTemplate"]
    spec = Spec(
        name="little",
        region=REGION,
        account=account,
        endpoint=sandbox.endpoint,
        host="127.0.0.1",
        port=free_port(),
        instances=2,
        revision="",
        load_balancer=balancer["LoadBalancerArn"],
        target_group=group["TargetGroupArn"],
        launch_template=template["LaunchTemplateId"],
        environment_file="/etc/little/shop.env",
        arguments=("-m", "gunicorn", "-c", "gunicorn.conf.py", "shop:application"),
        bind="BIND",
        ready="/healthz?deep=1",
        variables={},
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
