"""Rows from what cfn-lint ships, and the snapshot that they are read from: `make snapshots`.

cfn-lint knows when each Lambda runtime is deprecated (its rules E2531, E2533 and W2531) and which engine
versions of RDS are (W3690, W3691: without a date); its provider schemas name deprecated properties.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import generator
from scripts.errors import TradewindError
from scripts.validate.lifecycle.engines import KINDS
from scripts.validate.lifecycle.rows import Row, Source, listed, over
from scripts.validate.lifecycle.services import PROPERTY

SNAPSHOT = Path(generator.__file__).parent / "data" / "lifecycle.json"

RUNTIME = "Lambda runtime"

#: The region whose schemas name deprecated properties: it has every type that any region has.
REGION = "us-east-1"


@cache
def snapshot() -> Mapping[str, Any]:
    """What is committed."""
    said: dict[str, Any] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    return said


def rows() -> Iterator[Row]:
    """Every row of the snapshot."""
    said = snapshot()
    url = "https://github.com/aws-cloudformation/cfn-lint"
    source = Source(said["source"], url, date.fromisoformat(said["as_of"]), copy=False)
    for name, runtime in said["runtimes"].items():
        (row,) = listed(RUNTIME, source, {name: runtime["deprecated"]})
        yield Row(RUNTIME, name, source, row.ends, successor=runtime["successor"] or "")
    for engine, versions in said["engine_versions"].items():
        yield from over(KINDS[engine], source, versions)
    for type, names in said["properties"].items():
        yield from over(PROPERTY, source, (f"{type}/{name}" for name in names))


def taken() -> dict[str, Any]:
    """The snapshot, from the package."""
    data = _cfn_lint() / "data"
    runtimes = json.loads((data / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json").read_text())
    source = f"cfn-lint {version('cfn-lint')}"
    return {
        "source": source,
        "as_of": _as_of(source),
        "runtimes": {
            name: {"deprecated": said["deprecated"], "successor": said["successor"]}
            for name, said in sorted(runtimes.items())
        },
        "engine_versions": {
            engine: sorted(versions)
            for engine, versions in sorted(_engine_versions(data).items())
            if engine in KINDS
        },
        "properties": dict(_properties(data)),
    }


def _as_of(source: str) -> str:
    """The day of its release, as committed; a package does not tell it, so that of a new one is today."""
    said = snapshot() if SNAPSHOT.exists() else {}
    if said.get("source") == source:
        return str(said["as_of"])
    return datetime.now(UTC).date().isoformat()


def _engine_versions(data: Path) -> dict[str, set[str]]:
    """Engine -> the versions that make no new instance or cluster.

    A version that stands for many ("17") is listed by cfn-lint as soon as one of them is deprecated: it is
    left out while another of them is not.
    """
    deprecated, known = dict[str, set[str]](), dict[str, set[str]]()
    for type in ("dbcluster", "dbinstance"):
        rules = data / "schemas" / "extensions" / f"aws_rds_{type}"
        for rule in json.loads((rules / "engine_version_deprecated.json").read_text())["allOf"]:
            said = rule["if"]["properties"]
            versions = said["EngineVersion"]["enum"]
            deprecated.setdefault(said["Engine"]["const"], set()).update(versions)
        for rule in json.loads((rules / "engine_version.json").read_text())["allOf"]:
            engine = rule["if"]["properties"]["Engine"].get("const", "")
            versions = rule["then"]["properties"].get("EngineVersion", {}).get("enum", ())
            known.setdefault(engine, set()).update(versions)
    return {
        engine: {
            version
            for version in versions
            if not any(other.startswith(f"{version}.") for other in known[engine] - versions)
        }
        for engine, versions in deprecated.items()
    }


def _properties(data: Path) -> Iterator[tuple[str, list[str]]]:
    """Type -> its deprecated properties, as paths from a resource's Properties."""
    schemas = data / "schemas"
    provided = json.loads((schemas / "providers" / f"{REGION}.json").read_text())
    for type, file in sorted(provided.items()):
        schema = json.loads((schemas / "resources" / f"{file}.json").read_text())
        paths = schema.get("deprecatedProperties", ())
        if names := sorted(path.removeprefix("/properties/") for path in paths):
            yield type, names


def _cfn_lint() -> Path:
    """Where cfn-lint lies; importing it would cost a second."""
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise TradewindError("cfn-lint is not installed", fix="make install")
    return Path(spec.origin).parent


def refresh() -> None:
    """Write the snapshot anew."""
    SNAPSHOT.write_text(json.dumps(taken(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
