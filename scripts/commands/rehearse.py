"""Build, lint, validate, deploy and drill in a private embedded AWS, and say what that proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.telling import Telling
    from scripts.validate.findings import Finding


#: Drill seconds in a second; a machine that is too busy for the first has time enough at the second.
_SPEEDS = (60.0, 15.0)


@click.command()
@click.argument("name", metavar="[ENV]", default="dev")
@click.pass_obj
def rehearse(context: Context, name: str) -> None:
    """Rehearse a first roll-out of ENV (dev unless said), and a failover, on this machine.

    Templates are built, linted and validated, then deployed into all regions of a sandbox that is made for
    this run and removed afterwards, and deployed again, which must change nothing. The shop is opened in
    both regions, and a drill leaves the primary and comes back; its report stays. The summary says what
    stands, and how far the sandbox imitates each type. Nothing on AWS is touched.

    \b
    Examples:
      tradewind rehearse
      tradewind rehearse prod
    """
    from scripts.telling import Telling

    environment = context.environment(name)
    steps = _Steps(context)
    with steps.timed("build"):
        _build(context)
    with steps.timed("lint"):
        _lint(context)
    with steps.timed("validate"):
        _validate(context)
    with _private_sandbox(environment) as (aws, imitation, home):
        with steps.timed("deploy"):
            telling = Telling(context.terminal, environment.name)
            _deploy(context, environment, aws, telling)
        with steps.timed("deploy again"):
            _deploy_again(context, environment, aws)
        with steps.timed("drill"):
            drill = _drilled(context, environment, aws, home)
        with steps.timed("summary"):
            standing = _standing(aws, environment, imitation())
    _show(context, standing, steps)
    context.terminal.say(_summary(environment, standing))
    if drill is not None:
        context.terminal.say(f"The drill's report: {drill['page']}")
    context.terminal.data({**telling.document, **standing, "drill": drill, "steps": steps.seconds})


class _Steps:
    """How long each step took."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        from time import monotonic

        began = monotonic()
        self.context.terminal.say(self.context.terminal.paint(f"== {step}", "cyan"))
        yield
        self.seconds[step] = round(monotonic() - began, 1)


def _build(context: Context) -> None:
    """As `tradewind build`, which has no document of its own here."""
    from scripts.commands.build import build
    from scripts.terminal import Terminal

    quiet = Terminal(quiet=context.terminal.quiet, verbose=context.terminal.verbose)
    obj = replace(context, terminal=quiet, json=False)
    with click.Context(build, obj=obj) as here:
        here.invoke(build, check=False)


def _lint(context: Context) -> None:
    from scripts.validate import lint

    with context.terminal.progress("Linting") as progress:
        report = lint.run(
            context.project, report=lambda done, of: progress.update(f"{done} of {of}")
        )
    context.terminal.say(str(report))
    _refuse(context, report.findings, "lint")


def _validate(context: Context) -> None:
    from scripts.commands.validate import deployment
    from scripts.validate import validation

    found = validation.run(context.project, deployment())
    context.terminal.say(str(found))
    _refuse(context, found.findings, "validate")


def _refuse(context: Context, findings: Sequence[Finding], command: str) -> None:
    """Raise Failed where there are any."""
    from scripts.errors import Failed

    for finding in findings:
        context.terminal.say(f"  {finding}")
    if findings:
        raise Failed(
            f"The templates have {len(findings)} findings: they are not deployed.",
            fix=f"See them with: tradewind {command}",
        )


@contextmanager
def _private_sandbox(environment: Environment) -> Iterator[tuple[Aws, Any, Path]]:
    """An embedded AWS of this run's own; stopped and removed however the run ends."""
    import signal
    import sys
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from scripts import aws
    from scripts.sandbox import process

    port = _free_port(process.HOST)
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with TemporaryDirectory(prefix="tradewind-rehearsal-") as directory:
            home = Path(directory)
            try:
                running = process.start(home, port)
                process.bring_along(running, environment.account_id, *environment.hosted_zone)
                yield (
                    aws.connect_endpoint(environment, running.url),
                    lambda: process.status(home).document,
                    home,
                )
            finally:
                process.stop(home)
    finally:
        signal.signal(signal.SIGTERM, before)


def _free_port(host: str) -> int:
    import socket

    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _deploy(context: Context, environment: Environment, aws: Aws, telling: Telling) -> None:
    from scripts.commands.deploy import roll_out

    roll_out(context, environment, aws, telling, lambda _: None)


def _deploy_again(context: Context, environment: Environment, aws: Aws) -> None:
    """The same once more: a template that is never done would change something."""
    from scripts.errors import Failed
    from scripts.telling import Telling

    telling = Telling(context.terminal, environment.name)
    _deploy(context, environment, aws, telling)
    if telling.document["changed"]:
        raise Failed(
            f"The second deploy changed {telling.document['changed']} waves; it should change nothing.",
            fix="See above which resources: their templates or values differ from run to run.",
        )


def _drilled(
    context: Context, environment: Environment, aws: Aws, home: Path
) -> dict[str, Any] | None:
    """The drill's document; None where this machine cannot hold one, which is said."""
    from scripts.errors import UsageError

    try:
        return _drill(context, environment, aws, home)
    except UsageError as error:
        context.terminal.warn(f"no drill was held: {error.message} {error.fix}".rstrip())
        return None


def _drill(context: Context, environment: Environment, aws: Aws, home: Path) -> dict[str, Any]:
    """Leave the primary by a takeover, and come back. Raises Failed where the objectives are not met, at no
    speed.
    """
    from scripts.commands.failover_drill import drafting, drilling, staging
    from scripts.commands.failover_drill.wishes import Wishes
    from scripts.commands.sandbox import shop_fleets
    from scripts.drill import theatre_reading
    from scripts.errors import Failed
    from scripts.sandbox import process

    theatre = theatre_reading.read(aws, environment)
    plan = drafting.drafted(aws, environment, theatre, Wishes(), rehearsal=True)
    shop = shop_fleets.Wishes(port=_free_port(process.HOST))
    for speed in _SPEEDS:
        with staging.rehearsal(context, environment, aws, theatre, home, speed, shop) as stage:
            code, document = drilling.drill(context, environment, stage, plan, lambda: "rehearse")
        if code == 0:
            return document
        why = document.get("why") or document.get("verdict") or "refused"
        context.terminal.warn(f"at {speed:g} times the speed the drill did not go well: {why}")
    raise Failed(
        f"The drill did not meet its objectives: {why}.",
        fix=f"Its report says why: {document.get('page') or 'none was written'}",
    )


def _standing(aws: Aws, environment: Environment, status: dict[str, Any]) -> dict[str, Any]:
    """What stands at the end, and how each type is imitated."""
    from collections import Counter

    from scripts import inventory

    how = {type: kind for kind, types in status["resource_types"].items() for type in types}
    stacks = [stack for region in environment.regions for stack in inventory.roots(aws, region)]
    resources = [
        one for stack in stacks for one in inventory.resources(aws, stack.region, stack.id)
    ]
    counted = Counter((one.type, one.status) for one in resources)
    return {
        "stacks": [
            {"root": stack.root, "region": stack.region, "status": stack.status} for stack in stacks
        ],
        "resources": [
            {"type": type, "status": state, "count": count, "imitated": how.get(type, "native")}
            for (type, state), count in sorted(counted.items())
        ],
    }


def _summary(environment: Environment, standing: dict[str, Any]) -> str:
    """The one sentence to remember."""
    from collections import Counter

    imitated: Counter[str] = Counter()
    for one in standing["resources"]:
        imitated[one["imitated"]] += one["count"]
    kinds = {"native": "native to the emulator", "api": "by API", "schema": "by schema"}
    how = ", ".join(f"{imitated[kind]} {said}" for kind, said in kinds.items() if imitated[kind])
    regions = ", ".join(environment.regions)
    return (
        f"{environment.name} stood in {regions}: {imitated.total()} resources ({how}). "
        "Nothing on AWS was touched, and the sandbox is gone."
    )


def _show(context: Context, standing: dict[str, Any], steps: _Steps) -> None:
    terminal = context.terminal
    terminal.table(
        ("ROOT", "REGION", "STATUS"),
        [(one["root"], one["region"], one["status"]) for one in standing["stacks"]],
    )
    terminal.out("")
    terminal.table(
        ("TYPE", "STATUS", "COUNT", "IMITATED"),
        [
            (one["type"], one["status"], one["count"], one["imitated"])
            for one in standing["resources"]
        ],
    )
    terminal.out("")
    terminal.table(("STEP", "SECONDS"), steps.seconds.items())
