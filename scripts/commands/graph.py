"""Draw the architecture from the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts import project as projects

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scripts.context import Context
    from scripts.graph.pictures import Format

FORMATS = ("mermaid", "svg", "html")

#: A file's ending -> the format that it asks for.
_ENDINGS: dict[str, Format] = {
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".mmd": "mermaid",
    ".md": "mermaid",
}


def _root_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    from pathlib import Path

    from scripts.errors import TradewindError
    from scripts.graph import model

    project = projects.find(str(context.find_root().params.get("project") or "."))
    try:
        roots = model.read(Path(project, "templates", "out")).roots if project else ()
    except TradewindError:
        return []
    return [root.name for root in roots if root.name.startswith(incomplete)]


@click.command()
@click.argument("root", required=False, metavar="[ROOT]", shell_complete=_root_names)
@click.option(
    "--format",
    "chosen",
    type=click.Choice(FORMATS),
    help="What to draw in; by default what the file's name says, else mermaid.",
)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Where to write it; a directory gets every picture as SVG.",
)
@click.option("--check", is_flag=True, help="Write nothing; fail where a directory's are stale.")
@click.pass_obj
def graph(
    context: Context, root: str | None, chosen: Format | None, output: str | None, check: bool
) -> None:
    """Draw the architecture, or one ROOT of it, from templates/out: it needs neither AWS nor a network.

    Without ROOT mermaid and svg draw the whole: the regions, the traffic's way, and what is copied
    between them. html is one page with every picture. With --json the graph itself is the document.

    \b
    Examples:
      tradewind graph --output architecture.html
      tradewind graph platform --format svg > platform.svg
      tradewind graph --output docs/
      tradewind graph --output docs/ --check
      tradewind graph platform --json
    """
    from pathlib import Path

    from scripts.deploy.waves import ON_DEMAND
    from scripts.errors import UsageError
    from scripts.graph import model, pictures
    from scripts.graph.document import document
    from scripts.graph.topology import Topology

    topology = Topology(model.read(context.project / "templates" / "out"), dict(ON_DEMAND))
    one = pictures.root(topology, root) if root else None
    roots = [one] if one else topology.architecture.roots
    directory = output is not None and (output.endswith("/") or Path(output).is_dir())
    if check and not directory:
        raise UsageError("--check compares a directory.", fix="Name it: --output docs/ --check")
    if output is None:
        if not context.json:
            context.terminal.out(pictures.drawn(topology, one, chosen or "mermaid").rstrip("\n"))
    elif directory:
        _refuse_format(chosen)
        files = {
            name: body
            for name, body in pictures.every(topology).items()
            if root is None or name == f"{root}.svg"
        }
        if check:
            _compare(Path(output), files)
            context.terminal.say(f"{output} shows what the templates say")
        else:
            for name, body in files.items():
                _write(Path(output, name), body)
            context.terminal.say(f"wrote {', '.join(files)} into {output}")
    else:
        form = chosen or _asked_for(output)
        _write(Path(output), pictures.drawn(topology, one, form))
        context.terminal.say(f"wrote {output} ({form})")
    context.terminal.data(document(topology, roots))


def _asked_for(output: str) -> Format:
    """The format that a file's name asks for. Raises UsageError where it asks for none."""
    from pathlib import Path

    from scripts.errors import UsageError

    ending = Path(output).suffix.lower()
    if ending not in _ENDINGS:
        raise UsageError(
            f"What {output} is to be drawn in is not known.",
            fix=f"Say --format, or end the name in {', '.join(_ENDINGS)}.",
        )
    return _ENDINGS[ending]


def _refuse_format(chosen: Format | None) -> None:
    """Raise UsageError where a directory is to be filled with anything but SVG."""
    from scripts.errors import UsageError

    if chosen not in (None, "svg"):
        raise UsageError(
            f"A directory gets every picture as SVG, not as {chosen}.", fix="Name a file."
        )


def _compare(directory: Path, files: Mapping[str, str]) -> None:
    """Raise Failed where a picture is not there, or not as it should be."""
    from scripts.errors import Failed

    if stale := [name for name, body in files.items() if not _stands(directory / name, body)]:
        raise Failed(
            f"{directory} does not show what the templates say: {', '.join(stale)}.",
            fix=f"Run `tradewind graph --output {directory}/` and commit what it writes.",
        )


def _write(path: Path, body: str) -> None:
    """Write a picture; one that is as it should be is left alone."""
    if not _stands(path, body):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.encode())


def _stands(path: Path, body: str) -> bool:
    return path.is_file() and path.read_bytes() == body.encode()
