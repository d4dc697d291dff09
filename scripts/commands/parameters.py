"""Show the parameter values that a root gets, or explain the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.options import optional_environment_argument, region_option

if TYPE_CHECKING:
    from generator.environments import Environment
    from generator.settings import Setting
    from scripts.context import Context
    from scripts.deploy.release import Root


@click.command()
@optional_environment_argument
@region_option
@click.option("--root", metavar="NAME", help="One root, such as platform.")
@click.option("--describe", is_flag=True, help="Explain every setting, as a Markdown table.")
@click.pass_obj
def parameters(
    context: Context,
    environment: Environment | None,
    region: str | None,
    root: str | None,
    describe: bool,
) -> None:
    """Show the parameter values of ENV's stacks, without asking AWS.

    What only deployed stacks or AWS know stands in with an example of the right shape, and is marked so.
    With --json and both --region and --root the document is name: value; else it is nested by root and
    region.

    \b
    Examples:
      tradewind parameters prod --root platform
      tradewind parameters dev --region us-east-1 --root platform --json
      tradewind parameters --describe
    """
    from generator.places import stands
    from generator.problems import nearest
    from scripts.deploy import release
    from scripts.errors import UsageError

    if describe:
        _describe(context)
        return
    if environment is None:
        raise UsageError(
            "An environment is missing.", fix="tradewind parameters ENV, or --describe"
        )
    roots = release.read(context.project).roots
    if root is not None and root not in roots:
        raise UsageError(
            f"There is no root {root}.",
            fix=f"{nearest(root, roots)} There are {', '.join(roots)}.".strip(),
        )
    chosen = [roots[root]] if root else list(roots.values())
    regions = context.regions(environment, region)
    document = {
        one.manifest.root: {
            at: _values(one, environment, at)
            for at in regions
            if stands(one.manifest.root, at, environment.places)
        }
        for one in chosen
    }
    if region and root and not document[root]:
        raise UsageError(f"{root} does not stand in {region}.", fix="Name another --region.")
    context.terminal.data(document[root][region] if root and region else document)
    context.terminal.table(
        ("ROOT", "REGION", "PARAMETER", "FROM", "VALUE"),
        (
            (one.manifest.root, at, name, _origin(one, name), value)
            for one in chosen
            for at in document[one.manifest.root]
            for name, value in document[one.manifest.root][at].items()
        ),
    )


def _values(root: Root, environment: Environment, region: str) -> dict[str, str]:
    from generator import naming, parameters
    from generator.settings import TRUE, Settings
    from scripts.deploy import release

    bucket = naming.artifact_bucket(environment.name, environment.account_id, region)
    return parameters.values(
        root.manifest,
        environment,
        region,
        facts={
            Settings.peer_ready.key: TRUE,
            Settings.template_base_url.key: release.base_url(bucket, region),
        },
        received=lambda source: source.example,
    )


def _origin(root: Root, parameter: str) -> str:
    source = root.manifest.parameters[parameter]
    match source.kind:
        case "handoff":
            return f"example of {source.root}'s {source.output} ({source.region} region)"
        case "lookup":
            return f"example of {source.question}"
        case "fact" | "setting":
            return source.kind


def _describe(context: Context) -> None:
    from generator.settings import Settings

    knobs = [setting for setting in Settings.all() if setting.given_by == "environment"]
    context.terminal.data({setting.key: _described(setting) for setting in knobs})
    context.terminal.out(
        "| setting | type | default | values | what it does |\n|---|---|---|---|---|"
    )
    for setting in knobs:
        default = "must be given" if setting.default is None else f"`{setting.default}`"
        cells = (f"`{setting.key}`", setting.kind, default, _range(setting), setting.help)
        context.terminal.out(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")


def _described(setting: Setting) -> dict[str, Any]:
    return {
        "parameter": setting.name,
        "kind": setting.kind,
        "type": setting.type,
        "default": setting.default,
        "help": setting.help,
        **setting.constraints(),
    }


def _range(setting: Setting) -> str:
    if setting.allowed:
        return ", ".join(setting.allowed)
    if setting.minimum is not None:
        return f"{setting.minimum} to {setting.maximum}"
    return setting.pattern_help
