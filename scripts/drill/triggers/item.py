"""An item of a table that a drill puts there for a while: read back, told apart from others', taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.aws import Client
from scripts.drill.calls import Call
from scripts.drill.steps import Standing, Token, quoted


@dataclass(frozen=True)
class DrillsItem:
    """The change that puts it there. `put` is what PutItem is asked for besides the table: the item, and the
    condition on which nobody else's is replaced; `mark` is its attribute that names the drill whose it is.
    """

    name: str
    calls: tuple[Call, ...]
    dynamodb: Client
    region: str
    table: str
    key: Mapping[str, Any]
    mark: str
    put: Callable[[Token], Mapping[str, Any]]

    def snapshot(self) -> Mapping[str, Any]:
        """The item, or that there is none."""
        return {"item": self._read()}

    def make(self, token: Token) -> None:
        """Put it there. Raises AwsSaidNo where the condition does not hold."""
        self.dynamodb.call("put_item", TableName=self.table, **self.put(token))

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:
        """Whether it is this drill's."""
        item = self._read()
        if item is not None and item.get(self.mark) == {"S": token.drill}:
            return Standing.MADE
        return Standing.NOT_MADE if item == before["item"] else Standing.ANOTHERS

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        """Put back what was there, if what is there is this drill's."""
        ours = {
            "TableName": self.table,
            "ConditionExpression": f"{self.mark} = :drill",
            "ExpressionAttributeValues": {":drill": {"S": token.drill}},
        }
        if before["item"] is None:
            self.dynamodb.call("delete_item", Key=self.key, **ours)
        else:
            self.dynamodb.call("put_item", Item=before["item"], **ours)

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """What of it is not as it was."""
        if (now := self._read()) == before["item"]:
            return ()
        (name,) = (value["S"] for value in self.key.values())
        return (f"The item {name} of {self.table} is {now}, and was {before['item']}.",)

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """One call of the data plane."""
        where = f"--region {self.region} --table-name {self.table}"
        if before["item"] is None:
            return (f"aws dynamodb delete-item {where} --key {quoted(self.key)}",)
        return (f"aws dynamodb put-item {where} --item {quoted(before['item'])}",)

    def _read(self) -> dict[str, Any] | None:
        answer = self.dynamodb.call(
            "get_item", TableName=self.table, Key=self.key, ConsistentRead=True
        )
        item: dict[str, Any] | None = answer.get("Item")
        return item
