"""Measure everything and write BENCHMARKS.md: `make bench`."""

from __future__ import annotations

import datetime
import os
import platform
import sys

from tests.bench import building, deploying, functions, linting, serving, starts, validating
from tests.bench.ratio import Ratio
from tests.bench.timing import PROJECT

HEAD = """# Benchmarks

Ratios, measured in one run by `make bench` on byte-compiled modules; contenders take turns, and the best of
each counts. A limit that is not met says why.

Last run: {date}, {python}, {cores} cores.

| what | ratio | limit | met | how, and what limits it |
|---|---|---|---|---|
"""


def main() -> None:
    """Print each ratio as it comes, then write the page."""
    ratios: list[Ratio] = []
    for part in (starts, building, linting, validating, deploying, serving):
        for ratio in part.ratios():
            sys.stderr.write(f"{ratio.value:6.2f}  (limit {ratio.limit})  {ratio.name}\n")
            ratios.append(ratio)
    cold = functions.measure()
    ratios += functions.ratios(*cold)
    head = HEAD.format(
        date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        cores=os.cpu_count(),
    )
    rows = "".join(
        f"| {r.name} | {r.value:.2f} | {r.limit:.2f} | {'yes' if r.met else '**no**'} | {r.note} |\n"
        for r in ratios
    )
    (PROJECT / "BENCHMARKS.md").write_text(head + rows + functions.section(*cold))


if __name__ == "__main__":
    main()
