"""The coverage as a table: `python -m tests.coverage [ROW ...]`. Ends with 1 where a row does not hold."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.coverage.mutants import mutants
from tests.coverage.rows import ROWS


def main(ids: Sequence[str]) -> int:
    """Print each row with its mutants, what does not hold, what lives, and what later issues add."""
    killed = total = failing = 0
    for row in ROWS:
        if ids and row.id not in ids:
            continue
        said = [f"{claim.says}: {c}" for claim in row.claims for c in claim.complaints()]
        every = list(mutants(row))
        alive = [str(mutant) for mutant in every if not mutant.killed()]
        killed, total = killed + len(every) - len(alive), total + len(every)
        failing += bool(said or alive)
        say(f"{row.id:10}  {len(every) - len(alive):5} of {len(every):5}  {row.wish}")
        for line in (*said, *(f"nobody noticed: {each}" for each in alive)):
            say(f"{'':10}  {line}")
        for line in row.later:
            say(f"{'':10}  later: {line}")
    say(f"mutants killed: {killed} of {total}")
    return 1 if failing else 0


def say(line: str) -> None:
    """A line of the table."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
