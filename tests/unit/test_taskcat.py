"""`make taskcat`: what it tests, under which names, and that it can say no."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from generator import environments
from generator.settings import FALSE, Settings
from scripts.aws import Identity
from scripts.deploy import release
from scripts.deploy.release import Root
from scripts.deploy.waves import Wave
from scripts.errors import Refused, UsageError
from scripts.inventory import Stack
from scripts.validate.findings import Finding
from tests.functional.stubbed import StubbedSession
from tests.taskcat import stages, trials
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
    assert own.startswith(trials.MARK)
    assert len(own) <= trials.LONGEST
    assert len({trials.name_of(f"production{n}") for n in range(10, 90)}) == 80


def test_an_environment_that_is_called_as_a_trial_is_refused(tmp_path: Path) -> None:
    params = tmp_path / "params"
    params.mkdir()
    for name, source in {"defaults": "defaults", "dev": "dev", "tcdev": "staging"}.items():
        (params / f"{name}.yaml").write_bytes((PROJECT / "params" / f"{source}.yaml").read_bytes())
    with pytest.raises(UsageError, match="under the name tcdev"):
        trials.read(params)


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
def lane(dev: Trial, monkeypatch: pytest.MonkeyPatch) -> Lane:
    """dev's trial, on an account that answers nothing."""
    monkeypatch.setattr("scripts.deploy_lease.held", lambda *_: nullcontext())
    aws = StubbedSession().aws()
    return Lane.of(dev, aws, release.read(PROJECT))


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


def test_what_taskcat_did_not_make_is_not_swept(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = standing("tradewind-tcdev-edge", Root="edge", Environment="tcdev")
    monkeypatch.setattr("scripts.inventory.roots", lambda *_: (theirs,))
    with pytest.raises(Refused, match="was not made by taskcat: it stays"):
        lane.sweep()


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
