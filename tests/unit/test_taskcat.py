"""`make taskcat`: what it tests, under which names, and that it can say no."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from generator import environments
from generator.settings import FALSE, Settings
from scripts.aws import Aws, Identity
from scripts.deploy import release
from scripts.deploy.release import Root
from scripts.deploy.waves import Wave
from scripts.errors import Refused, UsageError
from scripts.inventory import Stack
from scripts.validate.findings import Finding
from tests.functional.stubbed import StubbedSession
from tests.taskcat import __main__ as taskcat
from tests.taskcat import stages, surroundings, trials
from tests.taskcat.configuration import FILE, PROJECT, text
from tests.taskcat.lanes import Lane
from tests.taskcat.report import NOT_RUN, Outcome, Report
from tests.taskcat.running import Run
from tests.taskcat.trials import Case, Trial

Tests = Mapping[str, Any]


@pytest.fixture(scope="module")
def roots() -> Mapping[str, Root]:
    return release.read(PROJECT).roots


@pytest.fixture(scope="module")
def tests() -> Tests:
    """What taskcat reads of `.taskcat.yml`."""
    tests: Tests = yaml.safe_load((PROJECT / FILE).read_text())["tests"]
    return tests


def of(tests: Tests, root: str, **parameters: str) -> list[Any]:
    """The tests of a root whose stacks get these values."""
    return [
        test
        for test in tests.values()
        if test["template"] == f"dist/{root}.json"
        and parameters.items() <= test["parameters"].items()
    ]


def regions(found: list[Any]) -> set[str]:
    return {region for test in found for region in test["regions"]}


def test_it_is_what_params_and_templates_make_of_it() -> None:
    assert (PROJECT / FILE).read_text() == text(PROJECT), "stale: run `make templates`"


def test_another_value_in_params_makes_it_stale(tmp_path: Path) -> None:
    for file in [*(PROJECT / "params").iterdir(), *(PROJECT / "templates" / "out").iterdir()]:
        copy = tmp_path / file.relative_to(PROJECT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    assert text(tmp_path) == text(PROJECT)
    dev = tmp_path / "params" / "dev.yaml"
    dev.write_text(dev.read_text().replace("shop_maximum: 4", "shop_maximum: 8"))
    assert text(tmp_path) != text(PROJECT)


def test_the_platform_is_a_primary_in_three_regions_and_a_standby_in_three(tests: Tests) -> None:
    assert len(regions(of(tests, "platform", RegionRole="primary"))) >= 3
    assert len(regions(of(tests, "platform", RegionRole="standby"))) >= 3


def test_both_engines_are_tested(tests: Tests, roots: Mapping[str, Root]) -> None:
    default = json.loads(roots["platform"].template.body)["Parameters"]["OrdersEngine"]["Default"]
    engines = {test["parameters"].get("OrdersEngine", default) for test in of(tests, "platform")}
    assert engines == set(Settings.orders_engine.allowed)


def test_every_root_is_tested_and_the_edge_in_us_east_1(
    tests: Tests, roots: Mapping[str, Root]
) -> None:
    assert {test["template"] for test in tests.values()} == {f"dist/{root}.json" for root in roots}
    assert regions(of(tests, "edge")) == {"us-east-1"}


def test_a_value_is_known_handed_on_or_the_default(tests: Tests, roots: Mapping[str, Root]) -> None:
    """taskcat passes nothing for a parameter that it has no value for, so none may be overlooked."""
    for name, test in tests.items():
        root = roots[Path(test["template"]).stem]
        for parameter, declared in json.loads(root.template.body)["Parameters"].items():
            kind = root.manifest.parameters[parameter].kind
            given = parameter in test["parameters"] or "Default" in declared
            assert given == (kind in ("setting", "fact")), f"{name}: {parameter}"
            assert isinstance(declared.get("Default", ""), str), "taskcat drops other defaults"


def test_a_placeholder_stands_for_the_bucket_and_for_nothing_else(tests: Tests) -> None:
    for test in tests.values():
        held = {name for name, value in test["parameters"].items() if "$[" in value}
        assert held <= {"TemplateBaseUrl"}


def test_nothing_is_called_as_in_an_environment(tests: Tests) -> None:
    """Stacks, and with them what they name, carry the environment's name; host names the domain."""
    names = environments.names(PROJECT / "params")
    domains = {environments.read(PROJECT / "params", name).hosted_zone[1] for name in names}
    for test in tests.values():
        assert test["parameters"]["Environment"] not in names
        assert test["stack_name"].split("-")[1] not in names
        assert test["parameters"].get("DomainName") not in domains
        assert test["parameters"].get("DeletionProtection", FALSE) == FALSE


def test_no_two_tests_make_the_same_stack(tests: Tests) -> None:
    stacks = [(test["stack_name"], *test["regions"]) for test in tests.values()]
    assert len(stacks) == len(set(stacks))


@pytest.mark.parametrize("name", ["dev", "production12", "ab"])
def test_a_trials_name_can_name_an_environment(name: str) -> None:
    own = trials.name_of(name)
    assert own != name
    assert own.startswith(environments.TESTED)
    assert len(own) <= trials.LONGEST
    assert len({trials.name_of(f"production{n}") for n in range(10, 90)}) == 80


def test_what_is_wrong_in_params_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "params").mkdir()
    for name in ("defaults", "dev"):
        (tmp_path / "params" / f"{name}.yaml").write_bytes(
            (PROJECT / "params" / f"{name}.yaml").read_bytes()
        )
    (tmp_path / "params" / "dev.yaml").rename(tmp_path / "params" / "tcdev.yaml")
    code = taskcat.main(["--python", sys.executable, "--project", str(tmp_path)])
    assert code == 2
    assert capsys.readouterr().err.startswith(
        "error: params/tcdev.yaml: tcdev cannot name an environment"
    )


@pytest.fixture
def dev() -> Trial:
    return trials.of(environments.read(PROJECT / "params", "dev"))


def test_a_standby_comes_after_its_primary(dev: Trial, roots: Mapping[str, Root]) -> None:
    names = [case.name for case in dev.cases(roots)]
    assert names.index("tcdev-platform-primary") < names.index("tcdev-platform-standby")
    assert names.index("tcdev-foundation-standby") < names.index("tcdev-platform-primary")


#: Toggles that account.json shares with other roots, or that say how what it makes behaves.
NOT_SINGLE = {
    Settings.backups.key,
    Settings.deletion_protection.key,
    Settings.product_search.key,
    Settings.shield_response_team.key,
    Settings.trail_data_events.key,
    Settings.trail_insights.key,
}


def test_among_others_nothing_is_made_that_an_account_has_once(
    roots: Mapping[str, Root],
) -> None:
    guest = trials.as_guest(trials.of(environments.read(PROJECT / "params", "prod"))).environment
    toggles = {setting.key for setting in Settings.all() if setting.allowed == ("true", "false")}
    asked = {
        source.key
        for source in roots["account"].manifest.parameters.values()
        if source.kind == "setting"
    }
    for region in guest.regions:
        on = {key for key in asked & toggles if guest.values(region)[key] != FALSE}
        assert on <= NOT_SINGLE
        assert guest.values(region)[Settings.alarm_email.key] == ""


def test_an_account_of_no_environment_is_refused(dev: Trial) -> None:
    with pytest.raises(UsageError, match="No environment is account"):
        stages.on_aws([dev], "999999999999")
    with pytest.raises(UsageError, match="none was named"):
        stages.on_aws([dev], "")


def test_credentials_of_another_account_are_refused(
    dev: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = SimpleNamespace(identity=Identity("444444444444", "arn:aws:iam::444444444444:user/a"))
    monkeypatch.setattr("scripts.aws.connect", lambda _: theirs)
    with pytest.raises(Refused, match="are of account 444444444444"):
        stages.on_aws([dev], dev.environment.account_id)


def standing(name: str, **tags: str) -> Stack:
    """A stack that stands in us-east-1."""
    return Stack(
        region="us-east-1",
        id=f"arn:aws:cloudformation:us-east-1:111111111111:stack/{name}/1",
        name=name,
        status="CREATE_COMPLETE",
        reason="",
        parameters={},
        outputs={},
        tags=tags,
        protected=False,
        parent_id="",
        root_id="",
        updated="",
    )


@pytest.fixture
def lane(dev: Trial) -> Lane:
    """dev's trial, on an account that answers nothing."""
    return Lane.of(dev, StubbedSession().aws(), release.read(PROJECT))


def test_a_stack_that_has_a_trials_name_stops_the_run(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.inventory.stack", lambda *_: None)
    lane.refuse_standing()
    taken = standing("tradewind-tcdev-edge")
    monkeypatch.setattr(
        "scripts.inventory.stack", lambda _, __, name: taken if name == taken.name else None
    )
    with pytest.raises(Refused, match="tradewind-tcdev-edge stands in us-east-1"):
        lane.refuse_standing()


class Swept:
    """A claim on a trial that has this to remove."""

    removed = False

    def __init__(self, *doomed: str) -> None:
        self.doomed = lambda: doomed

    def remove(self) -> tuple[str, ...]:
        self.removed = True
        return ()


def sweep(
    dev: Trial, swept: Swept, monkeypatch: pytest.MonkeyPatch, *options: str, typed: str | None
) -> int:
    """`--sweep`, where somebody types this, or nobody is there."""
    nothing: Any = lambda _: None  # noqa: E731
    stage = stages.Stage("aws", (dev,), {}, nothing, nothing)
    monkeypatch.setattr("tests.taskcat.__main__._stage", lambda _: nullcontext(stage))
    monkeypatch.setattr("tests.taskcat.claims.held", lambda *_: nullcontext(swept))
    monkeypatch.setattr("scripts.terminal.Terminal.interactive", typed is not None)
    monkeypatch.setattr("sys.stdin", StringIO(typed or ""))
    return taskcat.main(["--python", sys.executable, "--on", "aws", "--sweep", *options])


@pytest.mark.parametrize(
    ("options", "typed", "code", "told"),
    [
        ([], "y\n", 0, "for good? [y/N]"),
        ([], "n\n", 3, "Nothing was removed."),
        ([], "", 3, "Nothing was removed."),
        ([], None, 3, "Nobody is at a terminal"),
        (["--yes"], None, 0, ""),
    ],
)
def test_a_sweep_tells_what_will_go_and_waits_for_a_yes(
    dev: Trial,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    typed: str | None,
    code: int,
    told: str,
) -> None:
    swept = Swept("AWS::S3::Bucket b in us-east-1")
    assert sweep(dev, swept, monkeypatch, *options, typed=typed) == code
    assert swept.removed == (code == 0)
    said = capsys.readouterr()
    assert said.out == "AWS::S3::Bucket b in us-east-1\n"
    assert told in said.err


def test_where_nothing_is_left_a_sweep_asks_nobody(
    dev: Trial, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    swept = Swept()
    assert sweep(dev, swept, monkeypatch, typed=None) == 0
    assert not swept.removed
    assert "tcdev on aws: nothing to remove" in capsys.readouterr().err


#: make, with a shell's variables, and with words on its command line -> what taskcat is told.
@pytest.mark.parametrize(
    ("exported", "words", "told"),
    [
        ({}, ["taskcat"], set()),
        ({"ON": "aws", "SWEEP": "yes", "YES": "yes"}, ["taskcat"], set()),
        ({"ON": "aws", "SWEEP": "yes"}, ["ci", "JOBS=taskcat"], set()),
        ({}, ["ci", "JOBS=taskcat", "ON=aws", "SWEEP=yes"], set()),
        ({"ON": "aws"}, ["--environment-overrides", "ci", "JOBS=taskcat"], set()),
        ({}, ["taskcat", "ON=aws", "ACCOUNT=1"], {"--on", "--account"}),
        ({}, ["taskcat", "ON=aws", "SWEEP=no"], {"--on"}),
        ({}, ["taskcat", "ON=aws", "SWEEP=0"], {"--on"}),
        ({}, ["taskcat", "ON=aws", "SWEEP=yes"], {"--on", "--sweep"}),
        ({}, ["taskcat", "ON=aws", "SWEEP=yes", "YES=yes"], {"--on", "--sweep", "--yes"}),
    ],
)
def test_an_account_and_a_sweep_are_said_on_the_command_line_or_not_at_all(
    exported: dict[str, str], words: list[str], told: set[str]
) -> None:
    said = dry_run(exported, words).stdout
    assert "-m tests.taskcat --python" in said
    assert {*OPTIONS} & {*said.split()} == told


def test_a_sweep_is_asked_for_by_yes_and_nothing_else() -> None:
    said = dry_run({}, ["taskcat", "ON=aws", "SWEEP=1"])
    assert said.returncode == 2
    assert "not SWEEP=1" in said.stderr


OPTIONS = ("--on", "--account", "--sweep", "--yes")


def dry_run(exported: dict[str, str], words: list[str]) -> subprocess.CompletedProcess[str]:
    """What make would do; nothing of a make that runs this is inherited."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", "--dry-run", *words],
        cwd=PROJECT,
        env={**ours, **exported},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "name"),
    [({}, "aws"), ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4599"}, "aws at http://127.0.0.1:4599")],
)
def test_a_run_on_aws_says_where_its_calls_go_when_that_is_not_aws(
    dev: Trial, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], name: str
) -> None:
    for key in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(key, raising=False)
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    account = dev.environment.account_id
    monkeypatch.setattr("scripts.aws.Aws.identity", Identity(account, "arn"))
    assert stages.on_aws([dev], account).name == name


@pytest.fixture
def guest() -> Trial:
    """prod's trial in an account where others live: it needs all that a trial may lack."""
    return trials.as_guest(trials.of(environments.read(PROJECT / "params", "prod")))


def found(guest: Trial, *, role: bool, api_roles: tuple[str, ...]) -> Aws:
    """An account in which the guest finds some of what it needs."""
    session = StubbedSession()
    iam = session.stub("iam", guest.environment.primary_region)
    if role:
        date = datetime(2026, 1, 1, tzinfo=UTC)
        role_said = {
            "Path": "/aws-service-role/",
            "RoleName": "x",
            "RoleId": "A" * 16,
            "Arn": "arn:aws:iam::333333333333:role/x",
            "CreateDate": date,
        }
        iam.add_response("get_role", {"Role": role_said})
    else:
        iam.add_client_error("get_role", "NoSuchEntity")
    for region in guest.environment.pair:
        said = {"cloudwatchRoleArn": "arn"} if region in api_roles else {}
        session.stub("apigateway", region).add_response("get_account", said)
    return session.aws()


def test_a_guest_says_beforehand_what_it_lacks(guest: Trial) -> None:
    primary, standby = guest.environment.pair
    with pytest.raises(Refused) as lacking:
        surroundings.refuse_lacking(guest, found(guest, role=False, api_roles=(primary,)))
    assert surroundings.SEARCH_ROLE in lacking.value.message
    assert f"role for logs in {standby}" in lacking.value.message
    assert primary not in lacking.value.message
    assert "aws iam create-service-linked-role" in lacking.value.fix


def test_a_guest_that_finds_what_it_needs_may_stand(guest: Trial) -> None:
    surroundings.refuse_lacking(guest, found(guest, role=True, api_roles=guest.environment.pair))


def test_what_a_trial_makes_itself_it_does_not_need_to_find() -> None:
    """No call is stubbed: any would fail."""
    for name in environments.names(PROJECT / "params"):
        trial = trials.of(environments.read(PROJECT / "params", name))
        surroundings.refuse_lacking(trial, StubbedSession().aws())


class Waiting:
    """A lane whose cases can all be created at once."""

    def __init__(self, trial: Trial, *places: str) -> None:
        self.trial = trial
        self.pending = [Case(trial, Wave("deployers", region)) for region in places]

    def ready(self) -> Iterator[tuple[Case, Mapping[str, str]]]:
        yield from ((case, {}) for case in self.pending)


@pytest.mark.parametrize(
    ("at_once", "created"),
    [
        (1, ["us-east-1", "us-east-1"]),
        (2, ["us-east-1", "us-west-2", "us-east-1"]),
        (3, ["us-east-1", "us-west-2", "eu-central-1", "us-east-1"]),
    ],
)
def test_no_more_regions_at_once_than_were_allowed(
    dev: Trial, at_once: int, created: list[str]
) -> None:
    waiting: Any = [
        Waiting(dev, "us-east-1", "eu-west-1"),
        Waiting(dev, "us-east-1", "us-west-2", "eu-central-1"),
    ]
    nothing: Any = None
    run = Run(nothing, nothing, nothing, {}, at_once, lambda _: None)
    assert [case.wave.region for _, case, _ in run._next(waiting)] == created


CAUSE = Finding("network.json", "Resources/Vpc", "taskcat", "no <room>", made_at="network.py:57")
STOOD = Outcome(
    "tcdev-edge",
    "edge",
    "us-east-1",
    "tradewind-tcdev-edge",
    "CREATE_COMPLETE",
    "arn",
    deleted=True,
)
FAILED = replace(STOOD, status="CREATE_FAILED", cause=CAUSE)


def report(*outcomes: Outcome, **said: Any) -> Report:
    whole: dict[str, Any] = {
        "on": "sandbox",
        "began": "2026-11-24T03:00:00+00:00",
        "seconds": 1.0,
        "templates": 62,
        "findings": (),
        "outcomes": outcomes,
    }
    return Report(**{**whole, **said})


def test_all_stood_and_is_gone() -> None:
    assert report(STOOD).passed
    assert [*report(STOOD).lines()] == []


@pytest.mark.parametrize(
    "wrong",
    [
        report(STOOD, FAILED),
        report(STOOD, replace(STOOD, deleted=False)),
        report(STOOD, replace(STOOD, status=NOT_RUN)),
        report(STOOD, findings=(CAUSE,)),
        report(STOOD, left=("AWS::S3::Bucket b in us-east-1",)),
        report(),
    ],
)
def test_what_makes_a_run_fail(wrong: Report) -> None:
    assert not wrong.passed
    assert wrong.to_json()["verdict"] == "failed"


def test_a_failure_names_region_stack_reason_and_the_line_that_made_it() -> None:
    (line,) = report(FAILED).lines()
    assert line == (
        "tcdev-edge in us-east-1: tradewind-tcdev-edge CREATE_FAILED: "
        "network.json Resources/Vpc: no <room>, made at network.py:57"
    )


def test_a_report_is_kept_as_json_and_as_a_page_without_network(tmp_path: Path) -> None:
    page = report(STOOD, FAILED).write(tmp_path).read_text()
    assert "<room>" not in page
    assert "no &lt;room&gt;" in page
    assert "://" not in page
    said = json.loads((tmp_path / "report.json").read_text())
    assert said["outcomes"][1]["cause"]["made_at"] == "network.py:57"
    assert [one["passed"] for one in said["outcomes"]] == [True, False]
