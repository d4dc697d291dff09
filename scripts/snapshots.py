"""Refresh what is committed of other packages' data: `make snapshots`, after `make lock`.

Templates and checks read the snapshots, never the packages, so that a new pin shows as a diff to review.
"""

from __future__ import annotations

import json
from pathlib import Path

DATA = Path(__file__).parent.parent / "generator" / "data"


def regions() -> dict[str, list[str]]:
    """Partition -> its regions, from botocore's partitions.json."""
    import botocore

    source = Path(botocore.__file__).parent / "data" / "partitions.json"
    partitions = json.loads(source.read_text(encoding="utf-8"))["partitions"]
    return {
        partition["id"]: sorted(
            name for name in partition["regions"] if not name.endswith("-global")
        )
        for partition in partitions
    }


def main() -> None:
    """Write every snapshot."""
    said = json.dumps(regions(), indent=1)
    (DATA / "regions.json").write_text(f"{said}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
