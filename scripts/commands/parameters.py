"""Show the parameter values that a root gets, or explain the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.options import optional_environment_argument, region_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.environments import Environment
    from generator.settings import Setting
    from scripts.context import Context
    from scripts.deploy.plan import Awaiting
    from scripts.deploy.planner import Planner
    from scripts.deploy.release import Release, Root
    from scripts.errors import Failed


#: The keys of `scripts.deploy.other_clients.FILES`, which is imported only where one is written.
CLIENTS = ("aws-deploy", "aws-change-set", "sceptre")


@click.command()
@optional_environment_argument
@region_option
@click.option("--root", metavar="NAME", help="One root, such as platform.")
@click.option(
    "--standing",
    is_flag=True,
    help="Ask AWS for what deployed stacks hand on and what it looks up, in place of examples.",
)
@click.option(
    "--for",
    "client",
    type=click.Choice(CLIENTS),
    help="Write the file that another client reads, as with --standing; see docs/other-clients.md.",
)
@click.option("--describe", is_flag=True, help="Explain every setting, as a Markdown table.")
@click.pass_obj
def parameters(
    context: Context,
    environment: Environment | None,
    region: str | None,
    root: str | None,
    standing: bool,
    client: str | None,
    describe: bool,
) -> None:
    """Show the parameter values of ENV's stacks; without --standing or --for AWS is not asked.

    What only deployed stacks or AWS know stands in with an example of the right shape, and is marked so.
    With --json and both --region and --root the document is name: value; else it is nested by root and
    region. With --standing a stack that waits for another one is left out, and said.

    \b
    Examples:
      tradewind parameters prod --root platform
      tradewind parameters dev --region us-east-1 --root platform --json
      tradewind parameters dev --region us-east-1 --root platform --for aws-deploy > platform.json
      tradewind parameters --describe
    """
    from scripts.deploy import release
    from scripts.errors import UsageError

    if describe:
        _describe(context)
        return
    if environment is None:
        raise UsageError(
            "An environment is missing.", fix="tradewind parameters ENV, or --describe"
        )
    if client and not (region and root):
        raise UsageError("--for writes the file of one stack.", fix="Add --root and --region.")
    built = release.read(context.project)
    places = _places(context, environment, built, region, root)
    if client:
        _write(context, environment, built, places[0], client)
        return
    told = (
        _standing(context, environment, built, places)
        if standing
        else {place: _examples(built.roots[place[0]], environment, place[1]) for place in places}
    )
    document: dict[str, dict[str, Mapping[str, str]]] = {name: {} for name, _ in places}
    for (name, at), values in told.items():
        document[name][at] = values
    context.terminal.data(told[places[0]] if region and root else document)
    context.terminal.table(
        ("ROOT", "REGION", "PARAMETER", "FROM", "VALUE"),
        (
            (name, at, parameter, _origin(built.roots[name], parameter, standing), value)
            for (name, at), values in told.items()
            for parameter, value in values.items()
        ),
    )


def _places(
    context: Context,
    environment: Environment,
    built: Release,
    region: str | None,
    root: str | None,
) -> list[tuple[str, str]]:
    """Where the roots that were asked for stand, as (root, region)."""
    from generator.places import stands
    from generator.problems import nearest
    from scripts.errors import UsageError

    if root is not None and root not in built.roots:
        raise UsageError(
            f"There is no root {root}.",
            fix=f"{nearest(root, built.roots)} There are {', '.join(built.roots)}.".strip(),
        )
    found = [
        (name, at)
        for name in ([root] if root else built.roots)
        for at in context.regions(environment, region)
        if stands(name, at, environment.places)
    ]
    if region and root and not found:
        raise UsageError(f"{root} does not stand in {region}.", fix="Name another --region.")
    return found


def _planner(context: Context, environment: Environment, built: Release) -> Planner:
    """One that asks for each stack once; images are those that the release was pinned with."""
    from functools import cache

    from generator.naming import stack_name
    from scripts import inventory
    from scripts.deploy import releases, waves
    from scripts.deploy.planner import Planner

    aws = context.connect(environment)
    aws.verify_account()

    @cache
    def look(root: str, region: str) -> inventory.Stack | None:
        return inventory.stack(aws, region, stack_name(environment.name, root))

    order = waves.roll_out(built.roots, environment.places)
    return Planner(aws, environment, releases.pinned(aws, environment, built), order, look)


def _standing(
    context: Context, environment: Environment, built: Release, places: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Mapping[str, str]]:
    """What a deploy would give to each stack now. Raises Failed where the only one waits."""
    from scripts.deploy.plan import Awaiting
    from scripts.deploy.waves import Wave

    planner = _planner(context, environment, built)
    told: dict[tuple[str, str], Mapping[str, str]] = {}
    with context.terminal.progress("Asking AWS") as progress:
        for place in places:
            progress.update(f"{place[0]} in {place[1]}")
            inputs = planner.inputs(Wave(*place))
            if not isinstance(inputs, Awaiting):
                told[place] = inputs.parameters
            elif len(places) == 1:
                raise _waits(inputs)
            else:
                context.terminal.warn(f"{inputs.wave} waits for {inputs.awaited}: left out")
    return told


def _write(
    context: Context,
    environment: Environment,
    built: Release,
    place: tuple[str, str],
    client: str,
) -> None:
    """Say the stack as another client reads it."""
    from generator.naming import stack_name
    from scripts.deploy.other_clients import FILES, Stack
    from scripts.deploy.plan import Awaiting
    from scripts.deploy.waves import Wave

    wave = Wave(*place)
    planner = _planner(context, environment, built)
    inputs = planner.inputs(wave)
    if isinstance(inputs, Awaiting):
        raise _waits(inputs)
    file = FILES[client](
        Stack(
            stack_name(environment.name, wave.root),
            wave.region,
            built.roots[wave.root].template.file,
            inputs.parameters,
            planner.tags(wave),
            planner.role(wave),
        )
    )
    context.terminal.out(file)
    context.terminal.data({"for": client, "file": file})


def _waits(awaiting: Awaiting) -> Failed:
    from scripts.errors import Failed

    return Failed(
        f"{awaiting.wave} waits for what {awaiting.awaited} hands on.",
        fix=f"Deploy {awaiting.awaited} first.",
    )


def _examples(root: Root, environment: Environment, region: str) -> dict[str, str]:
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


def _origin(root: Root, parameter: str, standing: bool) -> str:
    source = root.manifest.parameters[parameter]
    example = "" if standing else "example of "
    match source.kind:
        case "handoff":
            return f"{example}{source.root}'s {source.output} ({source.region} region)"
        case "lookup":
            return f"{example}{source.question}"
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
