"""Ask of the account whether a deploy would go through: everything that would stop it, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.checks import Verdict
    from scripts.context import Context
    from scripts.preflight.ground import Line, Names
    from scripts.preflight.wanted import Resource, Wanted
    from scripts.validate.contracts.cases import Case

#: The exit code where something would stop the deploy.
REFUSED = 1
#: Names AWS's stand-in, where a build runs in the sandbox.
ENDPOINT = "AWS_ENDPOINT_URL"
#: Resources that are named of what a line concerns.
NAMED = 3

#: What a root's stack is, and each stack that it nests.
STACK = "AWS::CloudFormation::Stack"


@click.command()
@environment_argument
@click.option("--all", "everything", is_flag=True, help="List what is as it should be, too.")
@click.pass_obj
def preflight(context: Context, environment: Environment, everything: bool) -> int:
    """Ask whether a deploy of ENV would go through, before it begins. Changes nothing.

    What templates and params would make is held against the account, region by region: quotas, names that
    are taken, the hosted zone and its delegation, certificates, service-linked roles, machines, engine
    versions, subscriptions. What stands already counts as there. Each line says what was found, what is
    expected, and the command that mends it. What cannot be read is unknown, and said: in prod that refuses,
    elsewhere where it is most of it.

    Exit codes: 0 nothing refuses, 1 something does.

    \b
    Examples:
      tradewind preflight dev --sandbox
      tradewind preflight prod --all
      tradewind preflight prod --json --profile production
    """
    from scripts.checks import Verdict
    from scripts.preflight import names, table
    from scripts.preflight.ground import Ground

    aws = context.connect(environment)
    ground = Ground(aws, environment, _wanted(context, environment), _names(aws))
    lines: list[Line] = []
    with context.terminal.progress("Preflight") as progress:
        of = len(table.asked(ground)) + 1
        for line in table.run(ground):
            lines.append(line)
            progress.update(f"{len(lines)} of {of}")
    lines = table.in_order(lines, ground)
    made_at = _provenance(lines)
    unasked = names.unasked(ground)
    _show(context, lines, made_at, everything)
    if unasked:
        context.terminal.out(f"not asked: whether names are taken of {', '.join(unasked)}")
    context.terminal.out(_counts(lines))
    context.terminal.data(
        {
            "environment": environment.name,
            "refused": _of_verdict(lines, Verdict.REFUSED),
            "unknown": _of_verdict(lines, Verdict.UNKNOWN),
            "not_asked": list(unasked),
            "checks": [_document(line, made_at) for line in lines],
        }
    )
    return REFUSED if _refuses(lines, environment) else 0


def _of_verdict(lines: Sequence[Line], verdict: Verdict) -> list[str]:
    return [_called(line) for line in lines if line.check.verdict is verdict]


def _refuses(lines: Sequence[Line], environment: Environment) -> bool:
    """Whether a line does, or most of them know nothing.

    A few are known without asking, whatever the credentials may read.
    """
    from scripts import approval
    from scripts.checks import Verdict

    strict = approval.is_production(environment.name)
    unknown = len(_of_verdict(lines, Verdict.UNKNOWN))
    return any(line.check.refuses(prod=strict) for line in lines) or 2 * unknown > len(lines)


def _wanted(context: Context, environment: Environment) -> Wanted:
    """Every resource of every root that a deploy brings, as the templates resolve."""
    from scripts.deploy import waves
    from scripts.preflight.wanted import Wanted
    from scripts.validate import contract
    from scripts.validate.contracts import cases

    files = sorted((context.project / "templates" / "out").glob("*.json"))
    roots = tuple(contract.roots({file.name: file.read_bytes() for file in files}))
    known = cases.every(roots, [environment])
    brought = {root for root, *_ in waves.ROLL_OUT} & known.roots.keys()
    return Wanted(
        tuple(
            resource
            for wave in waves.roll_out(brought, environment.places)
            if not wave.settles
            for resource in _resources(
                known.of(wave.root, environment, wave.region, peer_ready=True)
            )
        )
    )


def _resources(case: Case) -> Iterator[Resource]:
    """A root's stack, and all that it and its nested stacks hold."""
    from scripts.preflight.wanted import Resource

    root = case.root.manifest.root
    yield Resource(case.region, root, (), case.root.file, STACK, {})
    for stack in case.stacks:
        above = (stack.logical_id,) if stack.logical_id else ()
        for logical_id, said in stack.resolved.resources.items():
            yield Resource(
                case.region,
                root,
                (*above, logical_id),
                stack.file,
                said["Type"],
                said.get("Properties", {}),
            )


def _names(aws: Aws) -> Names:
    """The public DNS; the sandbox's own name server, which is all that there is of it there."""
    import os

    from scripts.preflight.public_dns import Resolver, Server

    sandboxed = click.get_current_context().find_root().params["sandbox"]
    if not sandboxed and ENDPOINT not in os.environ:
        return Resolver()
    from scripts import sandbox_pages

    endpoint = aws.client("route53", aws.environment.primary_region).endpoint
    serving = sandbox_pages.ask(endpoint, "POST", "routing/start")["dns"]
    return Server(f"{serving['host']}:{serving['port']}")


def _provenance(lines: Sequence[Line]) -> Mapping[Resource, str]:
    """The line of Python that made each resource that a line is about."""
    from scripts.validate.findings import Finding
    from scripts.validate.provenance import located

    concerned = [one for line in lines for one in line.concerns if one.path]
    findings = [
        Finding(one.file, f"Resources/{one.logical_id}", "preflight", "") for one in concerned
    ]
    return {
        one: found.made_at
        for one, found in zip(concerned, located(findings), strict=True)
        if ":" in found.made_at
    }


def _show(
    context: Context, lines: Sequence[Line], made_at: Mapping[Resource, str], everything: bool
) -> None:
    from scripts.checks import Verdict

    listed = [
        line
        for line in lines
        if everything or line.check.verdict not in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    ]
    for alike in _grouped(listed):
        for text in _told(alike, made_at):
            context.terminal.out(text)


def _counts(lines: Sequence[Line]) -> str:
    from scripts.checks import Verdict

    counts = {verdict: len(_of_verdict(lines, verdict)) for verdict in Verdict}
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    return f"{len(lines)} checks: {said}"


def _grouped(lines: Sequence[Line]) -> Iterable[list[Line]]:
    """Lines that are unknown for one and the same reason together: without credentials that is every one."""
    from scripts.checks import Verdict

    groups: dict[object, list[Line]] = {}
    for line in lines:
        unknown = line.check.verdict is Verdict.UNKNOWN
        groups.setdefault(line.check.found if unknown else id(line), []).append(line)
    return groups.values()


def _told(alike: Sequence[Line], made_at: Mapping[Resource, str]) -> Iterator[str]:
    from dataclasses import replace

    from scripts.checks import told

    line, *others = alike
    name = _called(line) + (f", and {len(others)} more" if others else "")
    yield from told(replace(line.check, name=name))
    for one in line.concerns[:NAMED]:
        place = f" ({made_at[one]})" if one in made_at else ""
        yield f"      {one.file}: {'/'.join(one.path) or one.root}{place}"
    if len(line.concerns) > NAMED:
        yield f"      and {len(line.concerns) - NAMED} more"


def _called(line: Line) -> str:
    return f"{line.check.name} in {line.region}" if line.region else line.check.name


def _document(line: Line, made_at: Mapping[Resource, str]) -> dict[str, Any]:
    return {
        "region": line.region,
        **line.check.to_json(),
        "concerns": [
            {
                "region": one.region,
                "root": one.root,
                "file": one.file,
                "layer": "/".join(one.path[:-1]),
                "resource": one.path[-1] if one.path else "",
                "made_at": made_at.get(one, ""),
            }
            for one in line.concerns
        ],
    }
