"""One region as it stands: its stacks, their templates and every resource, read once for all comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from generator.environments import Environment
from generator.naming import stack_name
from scripts import inventory
from scripts.aws import Aws, Client
from scripts.changes import NESTED_STACK
from scripts.errors import UsageError
from scripts.inventory import Resource, Stack

#: The roots that both regions of a pair have, in the order of the first roll-out.
ROOTS = ("foundation", "deployers", "account", "platform")

#: Calls that are made side by side.
AT_ONCE = 8


@dataclass(frozen=True)
class Side:
    """A region of the pair. `resources`: by path from the root, `platform/FrontDoor/LoadBalancer`."""

    aws: Aws
    environment: Environment
    region: str
    stacks: Mapping[str, Stack]
    templates: Mapping[str, Mapping[str, Any]]
    resources: Mapping[str, Resource]

    def client(self, service: str) -> Client:
        """A service in this region."""
        return self.aws.client(service, self.region)

    def of(self, *types: str) -> dict[str, str]:
        """The resources of these types: path -> physical id."""
        return {path: one.physical_id for path, one in self.resources.items() if one.type in types}

    def output(self, key: str, root: str = "platform") -> str:
        """What a root of this region gives; empty where it gives nothing."""
        return self.stacks[root].outputs.get(key, "") if root in self.stacks else ""

    def regionless(self, text: str) -> str:
        """Text that says this region's name, as the other one's would say it."""
        return text.replace(self.region, "<region>")


def read(aws: Aws, environment: Environment, region: str) -> Side:
    """Raises UsageError where the platform does not stand there."""
    with ThreadPoolExecutor(AT_ONCE, "parity") as pool:
        found = pool.map(
            lambda root: inventory.stack(aws, region, stack_name(environment.name, root)), ROOTS
        )
        stacks = {
            root: stack
            for root, stack in zip(ROOTS, found, strict=True)
            if stack is not None and stack.stands
        }
        if "platform" not in stacks:
            raise UsageError(
                f"{environment.name} has no {environment.role(region)}: its platform does not stand "
                f"in {region}.",
                fix=f"Deploy it first: tradewind deploy {environment.name}",
            )
        bodies = pool.map(lambda stack: inventory.template(aws, region, stack.id), stacks.values())
        tops = pool.map(lambda stack: inventory.children(aws, region, stack.id), stacks.values())
        resources = {
            "/".join((root, *one.path)): one
            for root, top in zip(stacks, tops, strict=True)
            for one in top
        }
        nested = {path: one for path, one in resources.items() if one.type == NESTED_STACK}
        inner = pool.map(
            lambda one: inventory.children(aws, region, one.physical_id), nested.values()
        )
        resources |= {
            f"{path}/{one.path[0]}": replace(one, path=(*nested[path].path, *one.path))
            for path, made in zip(nested, inner, strict=True)
            for one in made
        }
        templates = dict(zip(stacks, bodies, strict=True))
    return Side(aws, environment, region, stacks, templates, resources)
