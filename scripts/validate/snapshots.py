"""Refresh generator/data from the packages that the data comes from: `make snapshots`.

The provider schemas that cfn-lint ships tell what each type's handlers call. They are made by many hands:
some actions do not exist, some are wildcards, some belong to services that the type can be combined with and
that this shop has not. What is left out is written down beside what is kept.
"""

from __future__ import annotations

import fnmatch
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from generator import availability
from generator.handler_permissions import SNAPSHOT
from generator.iam_reference import Reference, reference, service_of
from generator.regions import partitions
from scripts.errors import TradewindError

#: Services that a type of ours can be combined with, and never is.
FOREIGN: Mapping[str, str] = {
    "acm-pca": "no private certificate authority",
    "amplify": "no Amplify app behind a web ACL",
    "apprunner": "no App Runner service behind a web ACL",
    "appsync": "no GraphQL API behind a web ACL",
    "bedrock-agentcore": "no agents",
    "cognito-idp": "no user pool behind a web ACL",
    "docdb-elastic": "no DocumentDB credentials",
    "elasticfilesystem": "no file systems",
    "fsx": "no file systems",
    "identitystore": "no Identity Center",
    "kafka": "no Kafka source",
    "kinesis": "no Kinesis streams",
    "mq": "no message broker",
    "organizations": "no organization-wide resources",
    "payments": "no payment connectors",
    "pi": "Performance Insights is read by people",
    "redshift-idc": "no Identity Center",
    "s3-object-lambda": "no Object Lambda",
    "s3files": "no file systems",
    "s3tables": "no table buckets",
    "sso": "no Identity Center",
    "vpc-lattice": "no Lattice services",
}


def handler_snapshot(
    used: Collection[str], named: Mapping[str, Collection[str]], iam: Reference
) -> dict[str, Any]:
    """The snapshot of these types; `named` are the permissions as the schemas have them.

    A wildcard in the type's own service stands for all that IAM knows of it. In another service it stands for
    those actions that other types in use name in full: what more it would add is not what the type is about,
    and may be a secret (`ec2:Get*` holds GetPasswordData).
    """
    named = {type: {_as_iam_has_it(action, iam) for action in named[type]} for type in used}
    in_full = sorted({a for type in used for a in named[type] if "*" not in a and iam.find(a)})
    own = {_namespace(type) for type in used}
    dropped: dict[str, str] = {}
    wildcards: dict[str, dict[str, list[str]]] = {}
    types: dict[str, list[str]] = {}
    for type in sorted(used):
        kept: set[str] = set()
        for action in sorted(named[type]):
            why = _reason(action, iam, own)
            if why:
                dropped[action] = why
            elif "*" in action:
                whole = _namespace(type) == service_of(action)
                stands_for = sorted(
                    iam.matching(action) if whole else fnmatch.filter(in_full, action)
                )
                wildcards.setdefault(type, {})[action] = stands_for
                kept |= set(stands_for)
            else:
                kept.add(action)
        types[type] = sorted(kept)
    return {
        "source": f"cfn-lint {version('cfn-lint')}",
        "types": types,
        "wildcards": wildcards,
        "dropped": dict(sorted(dropped.items())),
    }


def _as_iam_has_it(action: str, iam: Reference) -> str:
    """The action in IAM's own letters, for schemas do not mind their case: `CloudTrail:CreateTrail`."""
    service, _, name = action.partition(":")
    known = iam.find(action)
    return known.name if known else f"{service.lower()}:{name}"


def _namespace(type: str) -> str:
    """The middle of a type's name, which is mostly the service's prefix."""
    return type.split("::")[1].lower()


def _reason(action: str, iam: Reference, own: Collection[str]) -> str:
    """Why an action is left out; empty where it is kept. Raises for a service that the snapshot lacks.

    `own` are the namespaces of the types in use: a delivery of logs asks for leave of every service that can
    be its source.
    """
    service = service_of(action)
    if service in FOREIGN:
        return FOREIGN[service]
    if action.endswith(":AllowVendedLogDeliveryForResource") and service not in own:
        return "nothing of this service delivers logs"
    if service in iam.prefixes and service not in iam.services:
        raise TradewindError(
            f"the snapshot of IAM's data lacks {service}, which {action} belongs to",
            fix="make snapshots",
        )
    if service not in iam.prefixes or ("*" not in action and not iam.find(action)):
        return "unknown to IAM"
    return ""


def schema_permissions(region: str = "us-east-1") -> Iterator[tuple[str, set[str]]]:
    """Type -> permissions of its handlers, for every type of a region; none where the schema is silent."""
    resources = _cfn_lint() / "data" / "schemas" / "resources"
    for type, file in _provided(region).items():
        schema = json.loads((resources / f"{file}.json").read_text())
        handlers = schema.get("handlers", {}).values()
        yield type, {action for handler in handlers for action in handler.get("permissions") or ()}


def _provided(region: str) -> dict[str, str]:
    """Type -> the name of its schema, for every type of a region; none for a region without schemas."""
    file = _cfn_lint() / "data" / "schemas" / "providers" / f"{region}.json"
    provided: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return provided


def availability_snapshot(used: Collection[str]) -> dict[str, Any]:
    """The types in use that some region lacks, and the regions that lack them."""
    offered = {r: types for r in sorted(partitions()) if (types := set(_provided(r)))}
    missing = {
        type: [region for region, types in offered.items() if type not in types]
        for type in sorted(used)
    }
    return {
        "source": f"cfn-lint {version('cfn-lint')}",
        "missing": {type: regions for type, regions in missing.items() if regions},
    }


def used_types(*roots: str) -> set[str]:
    """The types of these roots, or of every root but the deployers."""
    from generator.execution import provided
    from generator.stacks import resource_types

    types = resource_types()
    return {type for root in roots or types for type in provided(types.get(root, ()))}


def write(path: Path, snapshot: Mapping[str, Any]) -> None:
    """One line an action, so that a refresh can be reviewed."""
    path.write_text(json.dumps(snapshot, indent=1) + "\n")


def refresh(also: Iterable[str] = ()) -> None:
    """Write the snapshots anew; `also` names types beyond those in use."""
    from generator.execution import ROOTS

    write(
        SNAPSHOT,
        handler_snapshot(used_types(*ROOTS) | set(also), dict(schema_permissions()), reference()),
    )
    write(availability.SNAPSHOT, availability_snapshot(used_types()))


def _cfn_lint() -> Path:
    """Where cfn-lint lies; importing it would cost a second."""
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


if __name__ == "__main__":
    refresh(sys.argv[1:])
