"""Lay out templates and bundles for other tools: by address, and with relative URLs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.context import Context
    from scripts.deploy.release import Root

#: Lists what an earlier package left in a directory, so that the next one may replace it.
MARK = ".tradewind-package"


@click.command()
@click.option(
    "--to",
    "directory",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to; made if it is not there.",
)
@click.option("--force", is_flag=True, help="Write into a directory that holds other files, too.")
@click.pass_obj
def package(context: Context, directory: Path, force: bool) -> None:
    """Lay out templates/out in DIR as CloudFormation wants to find it.

    \b
    ROOT.json                refers to ${TemplateBaseUrl}/ADDRESS/LAYER.json
    ROOT.local.json          refers to ADDRESS/LAYER.json, for tools that read local files
    ADDRESS/LAYER.json       the nested templates; ADDRESS is the first 16 hex digits of their SHA-256
    releases/ADDRESS/X.zip   the code of functions and fleets, by its key in the bucket of ArtifactsBucket

    \b
    Examples:
      tradewind package --to dist
      aws s3 sync dist/releases s3://ARTIFACTS/releases
      aws s3 sync dist s3://BUCKET/PREFIX     # then TemplateBaseUrl=https://BUCKET.s3.REGION.amazonaws.com/PREFIX
      aws cloudformation package --template-file dist/platform.local.json --s3-bucket BUCKET
    A whole roll-out with the AWS CLI, or with Sceptre: docs/other-clients.md
    """
    from scripts.deploy import release
    from scripts.packing import Packing

    files: dict[str, bytes | Path] = {}
    roots = release.read(context.project).roots.values()
    for root in roots:
        files[root.template.file] = root.template.body
        files |= {child.key: child.body for child in root.children}
        files[f"{Path(root.template.file).stem}.local.json"] = local(root)
    templates = len(files)
    keys = sorted({key for root in roots for key in root.bundles})
    with context.terminal.progress("Packing") as progress:
        for number, packed in enumerate(Packing.of(context.project).pack(keys), start=1):
            progress.update(f"{number} of {len(keys)}")
            files[packed.key] = packed.path
    _write(directory, files, force)
    context.terminal.say(f"{templates} templates and {len(keys)} bundles in {directory}")
    context.terminal.data({"directory": str(directory), "files": sorted(files)})


def local(root: Root) -> bytes:
    """The root with literal, relative TemplateURLs, and without the parameter that they make useless.

    It is without white space where other tools could not send it inline otherwise.
    """
    from generator.settings import Settings
    from scripts.deploy.release import INLINE_LIMIT

    template = json.loads(root.template.body)
    keys = {child.file: child.key for child in root.children}
    for stack, file in root.manifest.layers.items():
        template["Resources"][stack]["Properties"]["TemplateURL"] = keys[file]
    base_url = Settings.template_base_url.name
    if not _refers(template["Resources"], base_url):
        template.get("Parameters", {}).pop(base_url, None)
        template["Metadata"]["Tradewind"]["Parameters"].pop(base_url, None)
    readable = (json.dumps(template, indent=1) + "\n").encode()
    if len(readable) <= INLINE_LIMIT:
        return readable
    return json.dumps(template, separators=(",", ":")).encode()


def _refers(value: Any, parameter: str) -> bool:
    """Whether a Ref or a Sub somewhere below names the parameter."""
    match value:
        case {"Ref": str(name)} if name == parameter:
            return True
        case dict():
            return any(_refers(held, parameter) for held in value.values())
        case list():
            return any(_refers(held, parameter) for held in value)
        case str():
            return f"${{{parameter}}}" in value
    return False


def _write(directory: Path, files: Mapping[str, bytes | Path], force: bool) -> None:
    import shutil

    from scripts.errors import UsageError

    mark = directory / MARK
    mine = mark.read_text(encoding="utf-8").split("\n") if mark.is_file() else []
    if not mine and not force and directory.is_dir() and any(directory.iterdir()):
        raise UsageError(
            f"{directory} holds files that are not a package of Tradewind's.",
            fix="Name an empty directory, or add --force to write beside them.",
        )
    directory.mkdir(parents=True, exist_ok=True)
    mark.write_text("\n".join(sorted({*mine, *files})), encoding="utf-8")
    for name, body in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(body, Path):
            shutil.copyfile(body, path)
        else:
            path.write_bytes(body)
    for name in set(mine) - files.keys():
        _remove(directory, name)
    mark.write_text("\n".join(sorted(files)), encoding="utf-8")


def _remove(directory: Path, name: str) -> None:
    """Remove one file of an earlier package, and the directories that it leaves empty."""
    path = directory / name
    if not name or directory.resolve() not in path.resolve().parents:
        return
    path.unlink(missing_ok=True)
    while path.parent != directory and path.parent.is_dir() and not any(path.parent.iterdir()):
        path = path.parent
        path.rmdir()
