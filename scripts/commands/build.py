"""Write templates/out from the generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scripts.context import Context


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where templates/out is stale.")
@click.pass_obj
def build(context: Context, check: bool) -> None:
    """Write every template into templates/out: what changed, and nothing else.

    A template that the generator no longer makes is removed. With --check nothing is written, and the
    exit code is 1 where something would be.
    """
    from scripts import stamps
    from scripts.errors import Failed

    out, project = context.project / "templates" / "out", str(context.project)
    read = stamps.take("build", project)
    files = _generated()
    there = {path.name: path.read_bytes() for path in out.glob("*.json")}
    changes = {
        "written": [name for name in sorted(files) if files[name] != there.get(name)],
        "removed": sorted(there.keys() - files.keys()),
        "unchanged": [name for name in sorted(files) if files[name] == there.get(name)],
    }
    stale = changes["written"] + changes["removed"]
    if check and stale:
        raise Failed(
            f"templates/out is not what the generator makes: {', '.join(stale)}.",
            fix="Run `tradewind build` and commit what it writes.",
        )
    if not check:
        _write(out, {name: files[name] for name in changes["written"]}, changes["removed"])
        stamps.write("build", project, read)
    context.terminal.say(_summary(changes))
    context.terminal.data({"directory": str(out), **changes})


def warn_of_stale(context: Context) -> None:
    """Say that templates/out is about to be shipped, though the generator would write something else.

    Asked only where this project has been built before and something changed since: an older release may
    well be shipped on purpose, and a machine that only deploys need not build.
    """
    from scripts import stamps

    out, project = context.project / "templates" / "out", str(context.project)
    if not stamps.made("build", project) or stamps.fresh("build", project):
        return
    read = stamps.take("build", project)
    stale = sorted(
        name
        for name, body in _generated().items()
        if not (out / name).is_file() or (out / name).read_bytes() != body
    )
    if stale:
        context.terminal.warn(
            f"the generator would now write {', '.join(stale)} otherwise; what ships is templates/out "
            "as it is. To ship the generator's: tradewind build"
        )
    else:
        stamps.write("build", project, read)


def _generated() -> Mapping[str, bytes]:
    from generator import stacks
    from generator.errors import BuildError
    from scripts.errors import Failed

    try:
        return stacks.build().files
    except BuildError as error:
        raise Failed(f"The generator is wired wrongly: {error}.") from error


def _write(out: Path, files: Mapping[str, bytes], stale: list[str]) -> None:
    """Each file is there as a whole or not at all, whenever the process ends."""
    out.mkdir(parents=True, exist_ok=True)
    for left_behind in out.glob(".*.partial"):
        left_behind.unlink()
    for name, body in files.items():
        partial = out / f".{name}.partial"
        partial.write_bytes(body)
        partial.replace(out / name)
    for name in stale:
        (out / name).unlink(missing_ok=True)


def _summary(changes: Mapping[str, list[str]]) -> str:
    if not changes["written"] and not changes["removed"]:
        return "templates/out is up to date"
    counts = ", ".join(f"{len(names)} {what}" for what, names in changes.items() if names)
    return f"templates/out: {counts}"
