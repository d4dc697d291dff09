"""A project of a test's own: an environment in an account that nobody else uses, and the small shop."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

import pytest

from generator import environments
from scripts.aws import Aws, connect_endpoint
from scripts.context import Context
from scripts.telling import Telling
from scripts.terminal import Terminal
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.deploy.shop import Shop

PRIMARY, STANDBY = "us-east-1", "us-west-2"

_accounts = itertools.count(520000000000 + os.getpid() % 100000 * 1000)


@dataclass(frozen=True)
class Run:
    """How a command ended. `document` is the one on stdout, with --json."""

    code: int
    out: str
    told: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    def wave(self, number: int) -> Any:
        return self.document["waves"][number]


@dataclass(frozen=True)
class Project:
    """The directory, its account, and the sandbox that its commands reach."""

    path: Path
    account: str
    sandbox: Sandbox

    def build(self, **wanted: Any) -> None:
        """Write the small shop's templates."""
        Shop(**wanted).write(self.path / "templates" / "out")

    def settings(self, name: str = "dev", **settings: str) -> None:
        """Write an environment."""
        said = {
            "account_id": f'"{self.account}"',
            "primary_region": PRIMARY,
            "standby_region": STANDBY,
            "vpc_cidr": "10.0.0.0/16",
            "domain_name": "example.com",
            "hosted_zone_id": "Z0123456789ABCDEFGHIJ",
            "regions": f"{{{STANDBY}: {{vpc_cidr: 10.1.0.0/16}}}}",
            "deletion_protection": "false",
            **settings,
        }
        params = self.path / "params"
        params.mkdir(exist_ok=True)
        (params / "defaults.yaml").write_text("{}\n")
        (params / f"{name}.yaml").write_text("".join(f"{k}: {v}\n" for k, v in said.items()))

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """A command as a process of its own, with nobody to answer questions."""
        main = "import sys; from scripts.cli import main; sys.exit(main())"
        return subprocess.Popen(
            [sys.executable, "-c", main, "--sandbox", "--project", str(self.path), *words],
            env={**os.environ, "TRADEWIND_SANDBOX_HOME": str(self.sandbox.home), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **variables: str) -> Run:
        """A command, to its end."""
        process = self.start(*words, **variables)
        out, told = process.communicate(timeout=120)
        return Run(process.returncode, out, told)

    def aws(self) -> Aws:
        """The account as the commands reach it, for this process."""
        environment = environments.read(self.path / "params", "dev")
        return connect_endpoint(environment, self.sandbox.endpoint)

    def roll_out(self, aws: Aws) -> None:
        """`tradewind deploy dev --yes`, in this process and through `aws`."""
        from scripts.commands.deploy import roll_out

        context = Context(self.path, Terminal(quiet=True), False, None, lambda _: aws)
        telling = Telling(context.terminal, "dev")
        roll_out(context, context.environment("dev"), aws, telling, lambda _: None)

    def client(self, service: str, region: str = PRIMARY) -> Any:
        return self.sandbox.client(service, region, self.account)

    def stacks(self, region: str = PRIMARY) -> dict[str, str]:
        """Every stack that is there, nested ones too: name -> status."""
        pages = self.client("cloudformation", region).get_paginator("describe_stacks").paginate()
        return {one["StackName"]: one["StackStatus"] for page in pages for one in page["Stacks"]}

    def statuses(self, region: str = PRIMARY) -> set[str]:
        return set(self.stacks(region).values())

    def unexecuted(self, region: str = PRIMARY) -> list[str]:
        """Change sets that wait on any stack."""
        cloudformation = self.client("cloudformation", region)
        return [
            one["ChangeSetName"]
            for name in self.stacks(region)
            for one in cloudformation.list_change_sets(StackName=name)["Summaries"]
            if one["ExecutionStatus"] != "EXECUTE_COMPLETE"
        ]

    def signal(self, region: str) -> None:
        """Tell the shop's wait condition to go on, as soon as it is there."""
        cloudformation = self.client("cloudformation", region)
        for _ in range(600):
            for name in self.stacks(region):
                if "-platform-Queue-" not in name:
                    continue
                for one in cloudformation.list_stack_resources(StackName=name)[
                    "StackResourceSummaries"
                ]:
                    if one["LogicalResourceId"] == "Signal" and one.get("PhysicalResourceId"):
                        send(one["PhysicalResourceId"], self.sandbox.endpoint)
                        return
            time.sleep(0.05)
        raise AssertionError("the wait condition never came")

    def delay(self, region: str = PRIMARY) -> str:
        """What the deployed queue really has."""
        sqs = self.client("sqs", region)
        url = sqs.get_queue_url(QueueName="tradewind-dev-orders")["QueueUrl"]
        found: str = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])[
            "Attributes"
        ]["DelaySeconds"]
        return found


def send(handle: str, endpoint: str, status: str = "SUCCESS") -> None:
    """A signal to a wait condition's presigned URL; its Content-Type has to be empty."""
    parts = urlsplit(handle)
    body = {"Status": status, "UniqueId": "1", "Data": "", "Reason": "done"}
    url = urlunsplit((*urlsplit(endpoint)[:2], parts.path, parts.query, ""))
    request = Request(url, json.dumps(body).encode(), {"Content-Type": ""}, method="PUT")
    urlopen(request).close()


@pytest.fixture
def project(sandbox: Sandbox, tmp_path: Path) -> Project:
    """An environment `dev` that has never been deployed."""
    made = Project(tmp_path, str(next(_accounts)), sandbox)
    made.settings()
    made.build()
    return made


@pytest.fixture
def deployed(project: Project) -> Project:
    """The same, deployed."""
    run = project.run("deploy", "dev", "--direct", "--yes")
    assert run.code == 0, run.told
    return project
