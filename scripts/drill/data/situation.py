"""What is so of the data now, in sentences, and the commands that put it back: for whoever has to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.data import global_database
from scripts.drill.data.fence import CommitsFenced
from scripts.drill.data.global_database import region_of
from scripts.drill.data.relocation import relocation
from scripts.drill.theatre import Theatre


def situation(aws: Aws, theatre: Theatre) -> tuple[str, ...]:
    """Where orders are written, what moves, where commits wait, and whether the secret rotates.

    What cannot be read is said as that: nothing is taken for granted because it was so before.
    """
    return (
        *_asked(_database(aws, theatre)),
        *(
            line
            for region in (theatre.primary.name, theatre.standby.name)
            for line in _asked(_commits(aws, theatre, region))
        ),
        *_asked(_rotation(aws, theatre)),
    )


def commands(
    aws: Aws, theatre: Theatre, befores: Mapping[str, Mapping[str, Any]]
) -> tuple[str, ...]:
    """What takes the data back where they were, from whatever is so: one line of a shell each, in order.

    `befores` has the snapshots by the names of the steps; each command may be run again.
    """
    lines = (
        line
        for step in reversed(relocation(aws, theatre).steps)
        if step.name in befores
        for line in step.by_hand(befores[step.name])
    )
    return tuple(dict.fromkeys(lines))


def _database(aws: Aws, theatre: Theatre) -> Iterator[str]:
    now = global_database.read(aws, theatre.standby.name, theatre.global_cluster)
    if now.settled:
        yield f"Orders are written in {now.region}; the global database is {now.status}."
    else:
        yield (
            f"The global database {now.id} is {now.under_way or now.status}"
            + (f", towards {region_of(now.towards)}" if now.towards else "")
            + f"; {now.region} was the last to write."
        )


def _commits(aws: Aws, theatre: Theatre, region: str) -> Iterator[str]:
    if CommitsFenced(aws, theatre, region, "there").closed:
        yield f"No order is committed in {region}: the commit function may not run, and orders wait."
    else:
        yield f"Orders are committed in {region} where its database writes."


def _rotation(aws: Aws, theatre: Theatre) -> Iterator[str]:
    told = aws.client("secretsmanager", theatre.primary.name).call(
        "describe_secret", SecretId=theatre.primary.secrets["orders"]
    )
    rotates = "rotates" if told.get("RotationEnabled") else "does not rotate"
    yield f"The orders secret {rotates}."


def _asked(lines: Iterator[str]) -> Iterator[str]:
    try:
        yield from lines
    except AwsSaidNo as problem:
        yield f"Not known: {problem.message}"
