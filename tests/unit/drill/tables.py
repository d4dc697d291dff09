"""As much of DynamoDB as leases, switches and open drills need: items, conditions, updates. In memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, dict[str, Any]]

_TOKENS = re.compile(r"\(|\)|,|<=|>=|=|<|>|[#:]?[\w-]+")


def refusal(operation: str, code: str, said: str = "No.") -> ClientError:
    """As botocore raises it."""
    return ClientError({"Error": {"Code": code, "Message": said}}, operation)


@dataclass
class Tables:
    """Tables by name, each of items by key."""

    keys: dict[str, str]
    items: dict[str, dict[str, Item]] = field(default_factory=dict)

    def get(self, table: str, key: Item) -> Item | None:
        """An item."""
        return self.items.setdefault(table, {}).get(_text(key))

    def put(self, table: str, item: Item, condition: Mapping[str, Any]) -> None:
        """Put an item, if the condition holds."""
        key = {self.keys[table]: item[self.keys[table]]}
        self._check("PutItem", self.get(table, key), condition)
        self.items[table][_text(key)] = dict(item)

    def delete(self, table: str, key: Item, condition: Mapping[str, Any]) -> None:
        """Delete an item, if the condition holds."""
        self._check("DeleteItem", self.get(table, key), condition)
        self.items[table].pop(_text(key), None)

    def update(self, table: str, key: Item, expression: str, condition: Mapping[str, Any]) -> Item:
        """SET, ADD and REMOVE; gives the new item."""
        old = self.get(table, key)
        self._check("UpdateItem", old, condition)
        names, values = _names(condition), _values(condition)
        item = dict(old or key)
        for verb, clauses in re.findall(
            r"(SET|ADD|REMOVE) (.*?)(?= SET | ADD | REMOVE |$)", expression
        ):
            for clause in clauses.split(","):
                name, *rest = clause.replace("=", " ").split()
                name = names.get(name, name)
                match verb:
                    case "SET":
                        item[name] = values[rest[0]]
                    case "ADD":
                        before = int(item.get(name, {"N": "0"})["N"])
                        item[name] = {"N": str(before + int(values[rest[0]]["N"]))}
                    case _:
                        item.pop(name, None)
        self.items[table][_text(key)] = item
        return item

    def _check(self, operation: str, item: Item | None, condition: Mapping[str, Any]) -> None:
        expression = condition.get("ConditionExpression")
        if expression and not _holds(expression, item or {}, condition):
            raise refusal(
                operation, "ConditionalCheckFailedException", "The conditional request failed"
            )


def _text(key: Item) -> str:
    return "|".join(f"{name}={next(iter(value.values()))}" for name, value in sorted(key.items()))


def _names(condition: Mapping[str, Any]) -> dict[str, str]:
    return dict(condition.get("ExpressionAttributeNames", {}))


def _values(condition: Mapping[str, Any]) -> dict[str, Any]:
    return dict(condition.get("ExpressionAttributeValues", {}))


def _holds(expression: str, item: Item, condition: Mapping[str, Any]) -> bool:
    """`a = :b AND (attribute_not_exists(#c) OR …)`, by descent."""
    tokens = _TOKENS.findall(expression)
    names, values = _names(condition), _values(condition)

    def value(token: str) -> Any:
        if token.startswith(":"):
            return _plain(values[token])
        return _plain(item.get(names.get(token, token)))

    def either() -> bool:
        found = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            found = both() or found
        return found

    def both() -> bool:
        found = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            found = one() and found
        return found

    def one() -> bool:
        token = tokens.pop(0)
        if token == "(":
            inner = either()
            tokens.pop(0)
            return inner
        if token in ("attribute_exists", "attribute_not_exists"):
            _, name, _ = tokens.pop(0), tokens.pop(0), tokens.pop(0)
            there = names.get(name, name) in item
            return there if token == "attribute_exists" else not there
        operator, right = tokens.pop(0), value(tokens.pop(0))
        left = value(token)
        if left is None or type(left) is not type(right):
            return False
        match operator:
            case "=":
                return bool(left == right)
            case "<=":
                return bool(left <= right)
        raise AssertionError(operator)

    return either()


def _plain(value: dict[str, Any] | None) -> Any:
    if value is None:
        return None
    ((kind, said),) = value.items()
    return float(said) if kind == "N" else said
