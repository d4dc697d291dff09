"""AWS of the world: each call passes a point before it changes anything, and one after."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

from tests.unit.drill.tables import refusal
from tests.unit.drill.world import STANDBY, SWITCH, World

Said = Mapping[str, Any]


class Session:
    """Makes clients of the world's AWS."""

    def __init__(self, world: World) -> None:
        self.world = world

    def create_client(self, service_name: str, region_name: str, **_: Any) -> Any:
        kinds = {"dynamodb": Dynamo, "s3": Bucket, "sts": Sts}
        return kinds[service_name](self.world, service_name, region_name)


class Service:
    """A client: each call is heard, and passes a point before it does something, and one after."""

    def __init__(self, world: World, name: str, region: str) -> None:
        self.world, self.name, self.region = world, name, region
        self.hear: Callable[..., None] = lambda event_name: None
        self.meta = SimpleNamespace(events=SimpleNamespace(register=self.register))

    def register(self, event: str, hear: Callable[..., None]) -> None:
        assert event == "before-send"
        self.hear = hear

    def __getattr__(self, operation: str) -> Any:
        if not hasattr(type(self), f"do_{operation}"):
            raise AttributeError(operation)
        return partial(self._call, operation)

    def _call(self, operation: str, **parameters: Any) -> Any:
        world = self.world
        if world.dead and threading.current_thread() is not threading.main_thread():
            raise refusal(operation, "RequestTimeout")
        called = "".join(part.title() for part in operation.split("_"))
        self.hear(event_name=f"before-send.{self.name}.{called}")
        world.point()
        world.refuses(operation, parameters)
        answer = getattr(self, f"do_{operation}")(parameters)
        world.point()
        return answer


class Sts(Service):
    def do_get_caller_identity(self, said: Said) -> Any:
        assert self.region == STANDBY, "the primary may be gone"
        return {"Account": "111111111111", "Arn": "arn:aws:sts::1:assumed-role/ops/ada"}


class Bucket(Service):
    """The standby's."""

    def do_put_object(self, said: Said) -> Any:
        if "IfNoneMatch" in said and said["Key"] in self.world.objects:
            raise refusal("PutObject", "PreconditionFailed")
        self.world.objects[said["Key"]] = said["Body"]
        return {}

    def do_get_object(self, said: Said) -> Any:
        return {"Body": SimpleNamespace(read=lambda: self.world.objects[said["Key"]])}

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **said: [self._call(operation, **said)])

    def do_list_objects_v2(self, said: Said) -> Any:
        keys = [one for one in sorted(self.world.objects) if one.startswith(said["Prefix"])]
        return {"Contents": [{"Key": key} for key in keys]}


class Dynamo(Service):
    """Tables of both regions, which are the same here."""

    def do_describe_table(self, said: Said) -> Any:
        return {"Table": {"TableStatus": "ACTIVE"}}

    def do_get_item(self, said: Said) -> Any:
        item = self.world.tables.get(said["TableName"], said["Key"])
        return {"Item": item} if item is not None else {}

    def do_put_item(self, said: Said) -> Any:
        self.world.tables.put(said["TableName"], said["Item"], said)
        self._note(said, "takeover" if "Drill" in said["Item"] else "switch")
        return {}

    def do_delete_item(self, said: Said) -> Any:
        self.world.tables.delete(said["TableName"], said["Key"], said)
        self._note(said, "switch")
        return {}

    def do_update_item(self, said: Said) -> Any:
        tables, expression = self.world.tables, said["UpdateExpression"]
        item = tables.update(said["TableName"], said["Key"], expression, said)
        return {"Attributes": item}

    def do_batch_get_item(self, said: Said) -> Any:
        ((table, asked),) = said["RequestItems"].items()
        found = (self.world.tables.get(table, key) for key in asked["Keys"])
        return {"Responses": {table: [item for item in found if item is not None]}}

    def _note(self, said: Said, what: str) -> None:
        if said["TableName"] == SWITCH:
            self.world.mutations.append(what)
