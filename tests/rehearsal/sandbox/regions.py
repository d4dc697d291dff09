"""A sandbox of a test's own whose regions may fail, and a global table in it."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.sandbox import process
from scripts.sandbox.record import birth
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.running import Account, until

HERE, THERE, ELSEWHERE = "us-east-1", "us-west-2", "us-east-2"

TABLE = "orders"

#: A lag that no test outlives: what crosses does so because of something else.
FOR_EVER = 86_400


@dataclass
class World:
    """The sandbox, and what is done to it."""

    home: Path
    endpoint: str
    pid: int
    number: str = "111111111111"

    @classmethod
    def begin(cls, home: Path) -> World:
        running = process.start(home, free_port())
        return cls(home, running.url, running.pid)

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.home, self.endpoint)

    def client(self, service: str, region: str = HERE) -> Any:
        return self.sandbox.client(service, region, self.number)

    def account(self, region: str = HERE) -> Account:
        return Account(self.sandbox, self.number, region)

    def page(self, method: str, page: str, said: object = None) -> Any:
        return self.sandbox.page(method, page, said)

    def fault(self, region: str = HERE, **said: Any) -> None:
        self.page("PUT", f"faults/{region}", said)

    def clear(self, region: str = HERE) -> None:
        self.page("DELETE", f"faults/{region}")

    def lag(self, seconds: float) -> None:
        self.page("PUT", "replication", {"lag": seconds})

    def way(self, source: str = HERE, target: str = THERE) -> dict[str, Any]:
        """What is told of the table's way from one region to another."""
        ways: list[dict[str, Any]] = self.page("GET", "replication")["tables"]
        (found,) = (one for one in ways if (one["source"], one["target"]) == (source, target))
        return found

    def table(self, *replicas: str, **settings: Any) -> None:
        """A table with a replica in each of these regions, besides here."""
        self.single_table(TABLE)
        self.client("dynamodb").update_table(
            TableName=TABLE,
            ReplicaUpdates=[{"Create": {"RegionName": region}} for region in replicas],
            **settings,
        )

    def single_table(self, name: str, **settings: Any) -> None:
        self.client("dynamodb").create_table(
            **{
                "TableName": name,
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
                **settings,
            }
        )

    def put(self, *ids: str, region: str = HERE, by: str = "") -> None:
        for one in ids:
            self.client("dynamodb", region).put_item(
                TableName=TABLE, Item={"id": {"S": one}, "by": {"S": by}}
            )

    def delete(self, one: str, region: str = HERE) -> None:
        self.client("dynamodb", region).delete_item(TableName=TABLE, Key={"id": {"S": one}})

    def held(self, region: str = THERE) -> dict[str, str]:
        """The items of a replica: their ids, and who wrote them."""
        items = self.client("dynamodb", region).scan(TableName=TABLE)["Items"]
        return {one["id"]["S"]: one["by"]["S"] for one in items}

    def ids(self, region: str = THERE) -> set[str]:
        return set(self.held(region))

    def until_there(self, *ids: str, region: str = THERE) -> None:
        until(lambda: self.ids(region) >= set(ids))

    def kill(self) -> None:
        """SIGKILL to the sandbox."""
        os.kill(self.pid, signal.SIGKILL)
        until(lambda: birth(self.pid) is None)

    def restart(self) -> None:
        running = process.start(self.home)
        self.endpoint, self.pid = running.url, running.pid

    def until_saved(self) -> None:
        """Until everything up to now is on disk: what is changed next is seen in a later generation."""
        current = self.home / "state" / "current"
        before = current.read_text() if current.exists() else ""
        self.client("sqs").create_queue(QueueName="anything")
        until(lambda: current.exists() and current.read_text() != before)
