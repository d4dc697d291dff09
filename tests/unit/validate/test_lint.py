"""The whole lint: what is linted, what is remembered, what is reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.errors import UsageError
from scripts.validate import lint
from scripts.validate.exceptions import ACCEPTED, STALE, Accepted
from scripts.validate.workers import Workers
from tests.unit.validate import samples
from tests.unit.validate.samples import Template

DEFAULTS = "domain_name: example.com\n"
DEV = """
account_id: "111111111111"
primary_region: eu-north-1
standby_region: us-west-2
vpc_cidr: 10.0.0.0/16
hosted_zone_id: Z0123456789ABCDEFGHIJ
regions:
  us-west-2:
    vpc_cidr: 10.1.0.0/16
"""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """One process that has imported cfn-lint serves every test here."""
    with Workers(1) as pool:
        yield pool


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "defaults.yaml").write_text(DEFAULTS)
    (tmp_path / "params" / "dev.yaml").write_text(DEV)
    (tmp_path / "templates" / "out").mkdir(parents=True)
    write(tmp_path, samples.platform())
    return tmp_path


def write(project: Path, templates: dict[str, Template]) -> None:
    for file, body in samples.written(templates).items():
        (project / "templates" / "out" / file).write_bytes(body)


def test_a_clean_project_is_clean_in_every_region_of_its_environments(
    project: Path, workers: Workers
) -> None:
    report = lint.run(project, workers=workers)
    assert report.findings == ()
    assert (report.templates, report.lints) == (3, 4)
    assert {"eu-north-1", "us-west-2", "ap-southeast-2"} <= set(report.regions)
    assert report.environments == ("dev",)
    assert str(report) == "3 templates x 7 regions: 0 findings, 3 accepted exceptions"


def test_what_has_not_changed_is_not_linted_again(project: Path, workers: Workers) -> None:
    lint.run(project, workers=workers)
    with Workers(1, ("false",)) as none:
        assert lint.run(project, workers=none).remembered == 4


def test_a_changed_layer_costs_itself_and_its_root(project: Path, workers: Workers) -> None:
    lint.run(project, workers=workers)
    templates = samples.platform()
    templates["shop.json"]["Description"] = "Tradewind shop: changed"
    write(project, templates)
    assert lint.run(project, workers=workers).remembered == 2


def test_a_layer_that_takes_something_else_is_seen_by_the_root_with_local_urls(
    project: Path, workers: Workers
) -> None:
    lint.run(project, workers=workers)
    templates = samples.platform()
    templates["shop.json"]["Parameters"]["Colour"] = {"Type": "String"}
    write(project, templates)
    found = lint.run(project, workers=workers).findings
    assert ("E3043", "local URLs") in [(finding.rule, finding.variant) for finding in found]


def test_a_misspelt_output_is_seen_by_the_root_with_local_urls(
    project: Path, workers: Workers
) -> None:
    templates = samples.platform()
    shop = templates["platform.json"]["Resources"]["Shop"]["Properties"]["Parameters"]
    shop["VpcId"] = {"Fn::GetAtt": ["Network", "Outputs.VpcID"]}
    write(project, templates)
    found = {
        (finding.rule, finding.variant) for finding in lint.run(project, workers=workers).findings
    }
    assert ("contract-outputs", "as shipped") in found
    assert any(variant == "local URLs" and rule.startswith("E") for rule, variant in found)


def test_a_fault_is_told_with_its_line(project: Path, workers: Workers) -> None:
    templates = samples.platform()
    templates["network.json"]["Resources"]["Vpc"]["Properties"]["Colour"] = "red"
    write(project, templates)
    (found,) = lint.run(project, workers=workers).findings
    lines = (project / "templates" / "out" / "network.json").read_text().splitlines()
    assert (found.rule, found.path) == ("E3002", "Resources/Vpc/Properties/Colour")
    assert "Colour" in lines[found.line - 1]
    assert str(found).startswith(
        f"network.json:{found.line}: Resources/Vpc/Properties/Colour E3002 "
    )


def test_other_regions_than_asked_for_are_left_alone(project: Path, workers: Workers) -> None:
    report = lint.run(project, only_regions=["eu-west-1"], workers=workers)
    assert (report.regions, report.findings) == (("eu-west-1",), ())


def test_progress_ends_with_all_done(project: Path, workers: Workers) -> None:
    told: list[tuple[int, int]] = []
    lint.run(project, workers=workers, report=lambda done, of: told.append((done, of)))
    assert told == [(done, 4) for done in range(5)]


def test_without_templates_there_is_nothing_to_lint(project: Path) -> None:
    for file in (project / "templates" / "out").iterdir():
        file.unlink()
    with pytest.raises(UsageError, match="no templates") as error:
        lint.run(project)
    assert "tradewind build" in error.value.fix


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"Metadata": {"Tradewind": {}}}'])
def test_a_damaged_template_is_named(damage: str, project: Path) -> None:
    (project / "templates" / "out" / "shop.json").write_text(damage)
    with pytest.raises(UsageError, match=r"shop\.json"):
        lint.run(project)


def test_an_environment_that_is_wrong_is_named(project: Path) -> None:
    (project / "params" / "dev.yaml").write_text(DEV + "shop_minimum: many\n")
    with pytest.raises(UsageError, match=r"dev\.yaml"):
        lint.run(project)


def test_the_cache_holds_json_and_nothing_unfinished(project: Path, workers: Workers) -> None:
    lint.run(project, workers=workers)
    entries = list((project / lint.CACHE).iterdir())
    assert len(entries) == 4
    assert all(json.loads(entry.read_bytes())["key"] == entry.stem for entry in entries)


def test_without_the_cache_nothing_is_read_or_written(project: Path, workers: Workers) -> None:
    assert lint.run(project, workers=workers, use_cache=False).remembered == 0
    assert not (project / lint.CACHE).exists()


def test_what_both_variants_of_a_root_show_is_told_once(project: Path, workers: Workers) -> None:
    templates = samples.platform()
    del templates["platform.json"]["Resources"]["Shop"]["DeletionPolicy"]
    write(project, templates)
    (found,) = lint.run(project, workers=workers).findings
    assert (found.rule, found.path, found.variant) == ("I3011", "Resources/Shop", "as shipped")


def test_schemas_that_a_user_once_downloaded_change_nothing(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cfn-lint prefers those in the user's cache where they are newer than its own."""
    home = tmp_path_factory.mktemp("home")
    for cache in (".cache", "Library/Caches"):
        schemas = home / cache / "aws" / "cfn-lint" / "schemas"
        (schemas / "providers").mkdir(parents=True)
        (schemas / "providers" / "us-east-1.json").write_text("{}")
        (schemas / "version.json").write_text('{"schema_date": "2999-01-01"}')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert lint.run(project, jobs=1).findings == ()


def test_an_exception_that_nothing_needs_fails_a_full_lint_only(
    project: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Accepted("W9999", "network.json", "*", "It was needed in one region, long ago.")
    monkeypatch.setattr(lint, "ACCEPTED", [*ACCEPTED, old])
    assert [finding.rule for finding in lint.run(project, workers=workers).findings] == [STALE]
    assert lint.run(project, workers=workers, only_regions=["us-east-1"]).findings == ()
