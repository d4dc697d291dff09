"""What detect-secrets finds in the files that stdin names; it runs in the environment that has it.

Its own command will not do: the processes that it starts forget which filters were switched off, and leave
out lock files and pictures without a word.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from pathlib import Path

from detect_secrets.core.scan import scan_file  # type: ignore[import-not-found]
from detect_secrets.main import parse_args  # type: ignore[import-not-found]

#: Its own ways to leave something out: comments, and files by their names.
FILTERS = (
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_lock_file",
    "detect_secrets.filters.heuristic.is_non_text_file",
    "detect_secrets.filters.heuristic.is_swagger_file",
)


def prepare() -> None:
    """Every plugin; none that asks the network whether a secret works."""
    parse_args(
        ["scan", "--no-verify", *(word for name in FILTERS for word in ("--disable-filter", name))]
    )


def is_read(file: str) -> bool:
    """Whether it is text: of what cannot be decoded detect-secrets finds nothing, and says nothing."""
    try:
        Path(file).read_text()
    except (UnicodeDecodeError, OSError):
        return False
    return True


def found(file: str) -> list[tuple[str, str, int, str]]:
    """Rule, file, line and value of what looks like a secret."""
    return [(each.type, file, each.line_number, each.secret_value) for each in scan_file(file)]


def main() -> None:
    """Print everything as JSON: what was found, and the files that could not be read."""
    files = json.load(sys.stdin)
    with multiprocessing.Pool(initializer=prepare) as pool:
        hits = pool.map(found, files)
    unread = [file for file in files if not is_read(file)]
    json.dump({"hits": [hit for of in hits for hit in of], "unread": unread}, sys.stdout)


if __name__ == "__main__":
    main()
