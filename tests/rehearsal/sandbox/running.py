"""Functions and workflows that a test writes in a few lines, and what they were seen to do."""

from __future__ import annotations

import io
import json
import os
import signal
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.rehearsal.conftest import Sandbox

T = TypeVar("T")

ROLE = "arn:aws:iam::111111111111:role/any"

#: What a function's code begins with: `note` puts something where `Account.noted` finds it.
BEFORE = """
import boto3, json, os, signal
def note(what):
    boto3.client("sqs").send_message(QueueUrl=os.environ["NOTES"], MessageBody=json.dumps(what))
"""


@dataclass(frozen=True)
class Account:
    """An account of the sandbox that has a queue for notes."""

    sandbox: Sandbox
    number: str
    region: str = "eu-west-1"

    def client(self, service: str) -> Any:
        return self.sandbox.client(service, self.region, self.number)

    def notes(self) -> str:
        """The queue's URL; it is made when it is not there."""
        url: str = self.client("sqs").create_queue(QueueName="notes")["QueueUrl"]
        return url

    def noted(self) -> list[Any]:
        """What has been noted since, in order."""
        sqs, url, found = self.client("sqs"), self.notes(), []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def function(self, name: str, code: str, **settings: Any) -> str:
        """A function with this code; gives its ARN."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("index.py", BEFORE + code)
        arn: str = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=ROLE,
            Code={"ZipFile": file.getvalue()},
            Environment={"Variables": {"NOTES": self.notes()}},
            **{"Timeout": 20, **settings},
        )["FunctionArn"]
        return arn

    def workflow(self, name: str, states: dict[str, Any]) -> str:
        """A state machine that starts at `First`; gives its ARN."""
        definition = {"QueryLanguage": "JSONata", "StartAt": "First", "States": states}
        arn: str = self.client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=ROLE
        )["stateMachineArn"]
        return arn


def until(holds: Callable[[], T], *, seconds: float = 60) -> T:
    """What is asked for, as soon as it is so. The limit is for a test that hangs, and measures nothing."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return found


def workers(function: str) -> list[int]:
    """The processes that run a function, anywhere on this machine, by the name of their folder."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"/ministack-lambda-{function}-".encode() in command:
            found.append(int(process.name))
    return found


def kill(function: str) -> int:
    """SIGKILL to every process that runs a function, and they are gone; how many they were."""
    ended = 0
    for pid in workers(function):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        until(lambda pid=pid: _gone(pid))  # type: ignore[misc]
        ended += 1
    return ended


def _gone(pid: int) -> bool:
    """Whether a process has ended: reaped, or waiting to be. A signal only asks for it."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
