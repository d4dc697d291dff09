"""What workers work with, for each test anew: a queue, a catalogue and buckets of an account of its own."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from generator.bundles import RUNTIME
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.worker import instance, wire

REGION = "eu-west-1"
ACCOUNTS = itertools.count(400000000000)

#: Seconds after which something that does not happen counts as one that never will.
PATIENCE = 60

FEED = {"job": "product-feed", "scheduled_at": "2026-11-23T02:00:00Z", "page": 2}


@dataclass
class Worker:
    """A process that works, on an instance and a wire of its own."""

    process: subprocess.Popen[bytes]
    log: Path
    wire: wire.Wire
    instance: instance.Instance

    def said(self) -> list[dict[str, Any]]:
        """Its log, as far as it is written."""
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def has_said(self, words: str) -> bool:
        """Whether a line of its log begins so."""
        return any(line["says"].startswith(words) for line in self.said())

    def wait_for(self, words: str) -> None:
        """Until it has said so."""
        eventually(lambda: self.has_said(words), f"{words!r} in {self.log.read_text()}")

    def goes(self) -> int:
        """Its exit code, when it is gone."""
        return self.process.wait(PATIENCE)


@dataclass
class Workplace:
    """An account, and what is in it."""

    sandbox: Sandbox
    account: str
    home: Path
    running: ExitStack
    environment: dict[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def client(self, service: str) -> Any:
        """A client of the account."""
        return self.sandbox.client(service, REGION, self.account)

    def furnish(self, products: int, *, attempts: int, visibility: int) -> None:
        """Make it all."""
        sqs, s3, dynamodb = (self.client(service) for service in ("sqs", "s3", "dynamodb"))
        self.undone = sqs.create_queue(QueueName="undone")["QueueUrl"]
        redrive = {
            "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{self.account}:undone",
            "maxReceiveCount": attempts,
        }
        self.jobs = sqs.create_queue(
            QueueName="jobs",
            Attributes={
                "VisibilityTimeout": str(visibility),
                "RedrivePolicy": json.dumps(redrive),
            },
        )["QueueUrl"]
        for bucket in (self.images, self.exports):
            s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        dynamodb.create_table(
            TableName="catalogue",
            KeySchema=[{"AttributeName": "product_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "product_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(products):
            self.sell(f"p-{number:03}")
        self.environment = {
            "PATH": os.environ["PATH"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "none",
            "CATALOGUE_TABLE": "catalogue",
            "CHECKPOINTS": f"s3://{self.exports}/checkpoints/",
            "REPORTS": f"s3://{self.exports}/reports/",
            "FEEDS": f"s3://{self.images}/feeds/",
            "IMAGES": f"s3://{self.images}/images/",
            "JOB_SECONDS": str(visibility),
            "JOB_ATTEMPTS": str(attempts),
            "NOTICE_SECONDS": "60",
            "LIFECYCLE_HOOK": "hands-back",
            "METRICS_NAMESPACE": "Tradewind/Workers",
            "RECEIVE_SECONDS": "1",
            "POLL_SECONDS": "0.05",
            "RETRY_SECONDS": "0.1",
        }

    @property
    def images(self) -> str:
        """The bucket of the pictures, and of the feed."""
        return f"images-{self.account}"

    @property
    def exports(self) -> str:
        """The bucket of checkpoints and reports."""
        return f"exports-{self.account}"

    def sell(self, product_id: str, **changes: dict[str, str]) -> None:
        """A product of the catalogue."""
        item = {
            "product_id": {"S": product_id},
            "name": {"S": f"Product {product_id}"},
            "category": {"S": "lamps"},
            "price": {"N": "1999"},
            "currency": {"S": "EUR"},
            "stock": {"N": "3"},
            "image": {"S": f"{product_id}.webp"},
        }
        self.client("dynamodb").put_item(TableName="catalogue", Item=item | changes)

    def wants(self, message: dict[str, Any] | str = FEED) -> None:
        """A job for the queue."""
        body = message if isinstance(message, str) else json.dumps(message)
        self.client("sqs").send_message(QueueUrl=self.jobs, MessageBody=body)

    def hire(self, prepare: Callable[[wire.Wire], Any] = lambda _: None, **told: str) -> Worker:
        """A worker; `prepare` its wire before it begins, `told` is its environment besides."""
        laid = self.running.enter_context(wire.laid(self.sandbox.endpoint))
        booted = self.running.enter_context(instance.booted())
        prepare(laid)
        log = self.home / f"worker-{len(self.workers)}.log"
        log.touch()
        process = subprocess.Popen(
            [sys.executable, "-m", "worker"],
            cwd=RUNTIME / "worker",
            env={
                **self.environment,
                "JOBS_QUEUE": self.jobs.replace(self.sandbox.endpoint, laid.url),
                "AWS_ENDPOINT_URL": laid.url,
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": booted.url,
                "WORKER_LOG": str(log),
                **told,
            },
        )
        worker = Worker(process, log, laid, booted)
        self.workers.append(worker)
        return worker

    def objects(self, bucket: str, prefix: str) -> dict[str, bytes]:
        """Key -> content."""
        s3 = self.client("s3")
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return {
            one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
            for one in listed
        }

    def feed(self) -> dict[str, bytes]:
        """All that is below feeds/."""
        return self.objects(self.images, "feeds/")

    def checkpoint(self) -> dict[str, Any]:
        """Of the one job that there is."""
        (body,) = self.objects(self.exports, "checkpoints/").values()
        said: dict[str, Any] = json.loads(body)
        return said

    def waiting(self, queue: str) -> int:
        """Messages that could be received now."""
        return self._messages(queue)[0]

    def unfinished(self) -> int:
        """Jobs that wait or are under way."""
        return sum(self._messages(self.jobs))

    def _messages(self, queue: str) -> tuple[int, ...]:
        """Those to be had and those under way, at one moment."""
        which = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=which)
        return tuple(int(answer["Attributes"][name]) for name in which)


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


@pytest.fixture
def workplaces(sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[..., Workplace]]:
    """What makes one: with so many products, attempts at a job, and seconds for it."""
    made: list[Workplace] = []
    with ExitStack() as running:

        def workplace(products: int = 7, *, attempts: int = 5, visibility: int = 300) -> Workplace:
            home = tmp_path / str(len(made))
            home.mkdir()
            place = Workplace(sandbox, str(next(ACCOUNTS)), home, running)
            place.furnish(products, attempts=attempts, visibility=visibility)
            made.append(place)
            return place

        yield workplace
        for place in made:
            for worker in place.workers:
                if worker.process.poll() is None:
                    worker.process.send_signal(signal.SIGKILL)
                    worker.process.wait()


@pytest.fixture
def workplace(workplaces: Callable[..., Workplace]) -> Workplace:
    """The ordinary one."""
    return workplaces()


@pytest.fixture
def undisturbed(workplaces: Callable[..., Workplace]) -> dict[str, bytes]:
    """The feed of the ordinary catalogue, made by a worker that nobody disturbs."""
    place = workplaces()
    place.wants()
    place.hire()
    eventually(lambda: place.unfinished() == 0, "the feed is made")
    return place.feed()
