"""Let the customers of a Black Friday loose on the shop, and report whether it held."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from pathlib import Path

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.load_test.batch import Batch, Project
    from scripts.load_test.load import Load, LoadPlan
    from scripts.load_test.report import Report
    from scripts.load_test.verdict import Thresholds

#: Seconds and users of a rehearsal on this machine, and milliseconds of its plan's pauses, unless said.
_REHEARSAL = {"users": 5, "ramp": 5, "peak": 20, "decay": 5}
_PAUSES = {"think": "300", "hesitation": "150", "typing": "500"}

_HERE = "on this machine, in the sandbox: it says nothing of how fast AWS is"


@click.command("load-test")
@environment_argument
@click.option("--users", type=click.IntRange(1, 5000), help="Customers at once, of each generator.")
@click.option(
    "--ramp", type=click.IntRange(0, 7200), metavar="S", help="Seconds until all are there."
)
@click.option("--peak", type=click.IntRange(1, 7200), metavar="S", help="Seconds that all stay.")
@click.option(
    "--decay", type=click.IntRange(0, 7200), metavar="S", help="Seconds until all are gone."
)
@click.option(
    "--failed-percent",
    type=click.FloatRange(0, 100),
    default=1.0,
    show_default=True,
    help="The most of a hundred requests that may fail.",
)
@click.option(
    "--p95-ms",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="The most that 95 of a hundred may take.",
)
@click.option(
    "--p99-ms",
    type=click.IntRange(1),
    default=2500,
    show_default=True,
    help="The most that 99 of a hundred may take.",
)
@click.option("--yes", is_flag=True, help="Start without asking; not in production.")
@click.option(
    "--approve", "hashes", metavar="HASH", multiple=True, help="Start the run of this hash."
)
@click.option(
    "--follow", is_flag=True, help="Start nothing: follow the run started last, and report."
)
@click.option("--stop", is_flag=True, help="End the run that is under way.")
@click.option(
    "--jmeter",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Start nothing: put Apache's archive of JMeter where the generators find it.",
)
@click.option("--target", metavar="URL", help="With --sandbox: a shop on this machine.")
@click.pass_obj
def load_test(context: Context, /, environment: Environment, **given: Any) -> int | None:
    """Run the Black Friday plan against the shop of ENV: it comes, shops, buys and leaves.

    Needs the root load-test, which nothing else deploys, and JMeter in the artifacts bucket, which you put
    there once: download apache-jmeter-5.6.3.tgz and its .sha512 from jmeter.apache.org, and name it with
    --jmeter. Every generator checks its SHA-512. What is not said is as the stack has it.

    Ends with .tradewind/load-tests/RUN/report.html and report.json. Ctrl-C stops following, not the load.
    With --sandbox, JMeter on this machine (Debian: jmeter and jmeter-http) loads the shop of `tradewind
    sandbox shop`, or --target; loopback alone.

    Exit codes: 0 the shop held, 1 it did not, or not all was measured, 3 not approved or under way already.

    \b
    Examples:
      tradewind deploy staging --root load-test
      tradewind load-test staging --jmeter apache-jmeter-5.6.3.tgz
      tradewind load-test staging --users 500 --ramp 300 --peak 900 --decay 120 --yes
      tradewind load-test prod --approve 3f6a1c09be27d458
      tradewind load-test prod --stop
      tradewind load-test dev --sandbox --target http://127.0.0.1:8080
    """
    from scripts.load_test.verdict import Thresholds

    sandbox = click.get_current_context().find_root().params["sandbox"]
    _refuse_nonsense(sandbox, given)
    thresholds = Thresholds(given["failed_percent"], given["p95_ms"], given["p99_ms"])
    if sandbox:
        return _rehearse(context, environment, thresholds, given)
    return _run_on_aws(context, environment, thresholds, given)


def _run_on_aws(
    context: Context, environment: Environment, thresholds: Thresholds, given: dict[str, Any]
) -> int | None:
    from scripts import approval
    from scripts.errors import Refused, UsageError
    from scripts.load_test import batch

    name = environment.name
    approval.refuse_yes_in_production(name, yes=given["yes"])
    aws = context.connect(environment)
    aws.verify_account()
    project = batch.find(aws, environment.primary_region)
    if given["jmeter"]:
        _bring_jmeter(context, aws, project, given["jmeter"])
        return None
    latest = batch.latest(aws, project)
    if given["stop"]:
        _stop(context, aws, project, latest)
        return None
    if given["follow"]:
        if latest is None or not latest.run:
            raise UsageError(
                f"No run of {project.name} can be followed.",
                fix=f"Start one: tradewind load-test {name}",
            )
        return _follow(context, aws, project, latest.id, thresholds)
    if latest is not None and latest.at_work:
        raise Refused(
            f"A run is under way already: {latest.run or latest.id}.",
            fix=f"Follow it, or end it: tradewind load-test {name} --follow, or --stop",
        )
    return _follow(context, aws, project, _start(context, aws, project, given), thresholds)


def _start(context: Context, aws: Aws, project: Project, given: dict[str, Any]) -> str:
    """Show what would be run, have it approved, and start it; gives the batch's id."""
    from dataclasses import asdict

    from generator.load_test_plan import plan_bundle
    from scripts.load_test import launch
    from scripts.load_test.load import loaded

    load = _load(given, asdict(loaded(project.variables)))
    prepared = launch.prepare(aws, project, load)
    if prepared.plan.plan != plan_bundle().address:
        context.terminal.warn(
            "the plan that is deployed is not the one in this version; to run that one: "
            f"tradewind deploy {aws.environment.name} --root load-test"
        )
    _approve(context, prepared.plan, yes=given["yes"], hashes=given["hashes"])
    run, id = prepared.start(aws, project)
    context.terminal.say(f"run {run} has begun")
    return id


def _approve(context: Context, plan: LoadPlan, *, yes: bool, hashes: tuple[str, ...]) -> None:
    """Return if the run may be started, else raise Refused."""
    from scripts import approval

    context.terminal.say(f"plan {plan.hash}: {plan}")
    approval.Approval(plan.environment, context.terminal, yes, hashes).of(
        approval.Proposal(
            plan.hash,
            "The plan of this load test",
            f"to load it by plan {plan.hash}",
            f"Load {plan.target}?",
        )
    )


def _follow(
    context: Context, aws: Aws, project: Project, id: str, thresholds: Thresholds
) -> int | None:
    """Follow a run to its end, then report what its generators left, whatever became of them."""
    from scripts.events import heard
    from scripts.load_test import following, harvest
    from scripts.load_test.report import Report
    from scripts.load_test.verdict import judge

    name = aws.environment.name
    with context.terminal.progress("load test") as progress:
        try:
            ended = heard(
                following.follow(aws, project, id), lambda look: progress.update(str(look))
            )
        except KeyboardInterrupt:
            context.terminal.warn(
                f"stopped following; the load goes on. To end it: tradewind load-test {name} --stop; "
                f"to follow it again: tradewind load-test {name} --follow"
            )
            raise
    directory = _directory(context.project, ended.run)
    with context.terminal.progress("results") as progress:
        got = harvest.gather(aws, project, ended, directory, progress.update)
    verdict = judge(got.figures, thresholds, got.missing)
    where = f"on CodeBuild in {project.region}"
    return _show(context, directory, Report(ended.run, got.plan, where, got.figures, verdict))


def _rehearse(
    context: Context, environment: Environment, thresholds: Thresholds, given: dict[str, Any]
) -> int | None:
    """Run JMeter here against a shop on loopback, and report, however it ended."""
    import time
    from contextlib import closing

    from generator.load_test_plan import plan_bundle
    from scripts.errors import TradewindError
    from scripts.load_test import jmeter, rehearsal, results
    from scripts.load_test.load import LoadPlan, new_run
    from scripts.load_test.report import Report
    from scripts.load_test.verdict import judge

    target = rehearsal.refuse_abroad(given["target"] or _front_door(context, environment))
    installed = jmeter.find()
    load, run = _load(given, _REHEARSAL), new_run(time.time())
    directory = _directory(context.project, run)
    plan = LoadPlan(
        environment.name,
        environment.primary_region,
        target,
        load,
        1,
        plan_bundle().address,
        installed.version,
    )
    context.terminal.say(f"run {run}: {plan}")
    missing: list[str] = []
    broken_off: BaseException | None = None
    running = rehearsal.Rehearsal(installed, target, load, directory, _PAUSES).run()
    with context.terminal.progress("load test") as progress, closing(running):
        try:
            for said in running:
                progress.update(said)
        except (TradewindError, KeyboardInterrupt) as error:
            broken_off = error
            missing.append("it was broken off" if not str(error) else str(error).splitlines()[0])
    path = directory / rehearsal.RESULTS
    figures, broken = results.read([path] if path.is_file() else [], lambda _: None)
    if broken_off is not None and not figures.whole.requests:
        raise broken_off
    verdict = judge(figures, thresholds, [*missing, *broken])
    code = _show(context, directory, Report(run, plan, _HERE, figures, verdict))
    if broken_off is not None:
        raise broken_off
    return code


def _front_door(context: Context, environment: Environment) -> str:
    """Where the sandbox's own shop serves. Raises UsageError where it does not."""
    from scripts.commands.sandbox import shop_fleets
    from scripts.errors import UsageError
    from scripts.sandbox.fleets import supervision

    home = shop_fleets.home(context, environment, environment.primary_region)
    fleet = supervision.status(home)
    if not fleet.running:
        raise UsageError(
            f"No shop of the sandbox serves in {environment.primary_region}.",
            fix=f"Start it: tradewind sandbox shop start {environment.name}; "
            "or name one: --target http://127.0.0.1:PORT",
        )
    return str(fleet.document["url"])


def _show(context: Context, directory: Path, report: Report) -> int | None:
    """Write the report, and say what it says. The exit code: none where the shop held."""
    from scripts.load_test.report import save

    terminal, document = context.terminal, report.document()
    page = save(directory, document)
    for what in report.verdict.missing:
        terminal.warn(what)
    for check in report.verdict.checks:
        measured = "not measured" if check.measured is None else f"{check.measured:g} {check.unit}"
        said = f"{check.name}: {measured}, at most {check.at_most:g}"
        terminal.out(terminal.paint(said, "green" if check.met else "red", sys.stdout))
    terminal.out(str(report.verdict))
    terminal.say(f"report: {page}")
    terminal.data({**document, "report": str(page)})
    return None if report.verdict.outcome == "held" else 1


def _bring_jmeter(context: Context, aws: Aws, project: Project, file: str) -> None:
    from pathlib import Path

    from scripts.load_test import provisions
    from scripts.load_test.provisions import Place

    path = Path(file)
    archive = provisions.read_archive(path)
    context.terminal.say(f"{path.name}: sha512 {archive.sha512}")
    if not path.with_name(f"{path.name}.sha512").is_file():
        context.terminal.warn("compare that with what Apache publishes beside the archive")
    place = Place.of(project.variables["JMETER"])
    provisions.put_jmeter(aws, project.region, place, path, archive)
    context.terminal.say(f"{archive.name} lies in {place}")
    context.terminal.data({"jmeter": archive.name, "sha512": archive.sha512, "place": str(place)})


def _stop(context: Context, aws: Aws, project: Project, latest: Batch | None) -> None:
    from scripts.load_test import batch

    under_way = latest is not None and latest.at_work
    if latest is not None and under_way:
        batch.stop(aws, project, latest)
        context.terminal.say(
            f"run {latest.run or latest.id} is being ended. What it measured so far: "
            f"tradewind load-test {aws.environment.name} --follow"
        )
    else:
        context.terminal.say("No run is under way.")
    context.terminal.data({"stopped": latest.run or latest.id if latest and under_way else None})


def _load(given: dict[str, Any], usual: dict[str, int]) -> Load:
    """What was asked for, else what is usual."""
    from scripts.load_test.load import Load

    return Load(**{key: usual[key] if given[key] is None else given[key] for key in usual})


def _refuse_nonsense(sandbox: bool, given: dict[str, Any]) -> None:
    """Raise UsageError for options that do not go together."""
    from scripts.errors import UsageError

    modes = [f"--{mode}" for mode in ("follow", "stop", "jmeter") if given[mode]]
    if len(modes) > 1:
        raise UsageError(f"{' and '.join(modes)} do not go together.", fix="Say one of them.")
    if sandbox and modes:
        raise UsageError(
            f"{modes[0]} is of runs on AWS: in the sandbox JMeter runs here, as long as this command.",
            fix="Leave it out.",
        )
    if given["target"] and not sandbox:
        raise UsageError(
            "On AWS a load test loads the shop that is deployed, and no other.",
            fix="Leave --target out, or add --sandbox.",
        )


def _directory(project: Path, run: str) -> Path:
    """Where a run's results and reports are."""
    return project / ".tradewind" / "load-tests" / run
