"""The sandbox's README says every limit that the code knows, and no other."""

from __future__ import annotations

from pathlib import Path

import scripts.sandbox
from scripts.sandbox.limits import every_limit


def test_the_readme_lists_every_limit() -> None:
    readme = Path(scripts.sandbox.__path__[0], "README.md").read_text()
    table = readme.partition("| area | how it differs from AWS |\n|---|---|\n")[2]

    assert table.splitlines() == [
        f"| {limit.area} | {limit.difference} |" for limit in every_limit()
    ]
