"""What may be expected of a policy's statement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.coverage.expectations import Flip, several, shown
from tests.coverage.paths import MISSING

if TYPE_CHECKING:
    from tests.coverage.claims import Look


@dataclass(frozen=True)
class AccountOnly:
    """The condition of a statement holds its principal to this account."""

    def complaint(self, value: Any, look: Look) -> str:
        account = look.platform.environment.account_id
        held = {
            key: wanted
            for operator, keys in (value.items() if isinstance(value, dict) else ())
            if operator.startswith(("StringEquals", "StringLike", "Arn"))
            for key, wanted in keys.items()
        }
        accounts = several(held.get("aws:SourceAccount", held.get("aws:PrincipalAccount", [])))
        sources = several(held.get("aws:SourceArn", held.get("aws:PrincipalArn", [])))
        if accounts == [account] or (sources and all(f":{account}:" in each for each in sources)):
            return ""
        return f"is {shown(value)}, and holds nobody to {account}"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield "emptied", {}
        yield "another's", {"StringEquals": {"aws:SourceAccount": "999999999999"}}


@dataclass(frozen=True)
class NoWildcard:
    """An action, spelt out."""

    def complaint(self, value: Any, look: Look) -> str:
        named = isinstance(value, str) and ":" in value and not {"*", "?"} & {*value}
        return "" if named else f"is {shown(value)}, no action spelt out"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        service, _, action = value.partition(":")
        yield "a service's", f"{service}:*"
        yield "a verb's", f"{service}:{action[:3]}*"
        yield "everything", "*"


#: Actions that take a resource in the data, and not where we use them.
SCOPED_OTHERWISE = {
    "cloudwatch:PutMetricData": "the data set of the data is not a metric's; the namespace is a condition",
    "cloudwatch:DescribeAlarms": "composite alarms are described under * only",
}


@dataclass(frozen=True)
class Scoped:
    """A statement that allows everything's use for those actions only that AWS cannot scope."""

    def complaint(self, value: Any, look: Look) -> str:
        if value is MISSING or value["Effect"] != "Allow":
            return "is missing" if value is MISSING else ""
        if "*" not in several(value.get("Resource", "*")):
            return ""
        loose = [action for action in several(value.get("Action", "*")) if scopable(action)]
        return f"allows {', '.join(loose)} on everything" if loose else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        if value["Effect"] == "Allow" and "*" not in several(value["Resource"]):
            yield "on everything", {**value, "Resource": ["*"]}
        elif value["Effect"] == "Allow":
            wider = [*several(value["Action"]), "sqs:SendMessage"]
            yield "with one more", {**value, "Action": wider}


@cache
def _authorization() -> dict[str, Any]:
    """cfn-lint's copy of AWS's service authorization reference: which action takes which resources."""
    package = find_spec("cfnlint")
    assert package
    assert package.submodule_search_locations
    data = Path(package.submodule_search_locations[0]) / "data/AdditionalSpecs/Policies.json"
    said: dict[str, Any] = json.loads(data.read_text())
    return said


def scopable(action: str) -> bool:
    """Whether AWS lets a policy name the resources of an action; True for an action that it does not know."""
    if action in SCOPED_OTHERWISE:
        return False
    service, _, name = action.lower().partition(":")
    known = _authorization().get(service, {}).get("Actions", {}).get(name)
    return known is None or bool(known.get("Resources"))
