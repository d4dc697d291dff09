"""Environments: what is read, and what is said of what cannot be."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import environments
from generator.agreements import SHARED
from generator.availability import offers
from generator.environments import KNOBS, Environment, EnvironmentInvalid, Problem
from generator.settings import Setting

VALID = """\
account_id: "111111111111"
primary_region: us-east-1
standby_region: us-west-2
domain_name: example.com
hosted_zone_id: Z0123456789
vpc_cidr: 10.0.0.0/16
regions:
  us-west-2:
    vpc_cidr: 10.1.0.0/16
"""
PROJECT = Path(__file__).parents[2]


def read(text: str | bytes, *, defaults: str = "", name: str = "dev") -> Environment:
    """Read one environment from its text."""
    with tempfile.TemporaryDirectory() as directory:
        params = Path(directory, "params")
        params.mkdir()
        (params / "defaults.yaml").write_text(defaults)
        (params / f"{name}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return environments.read(params, name)


def problems(text: str | bytes, *, defaults: str = "", name: str = "dev") -> tuple[Problem, ...]:
    """What is wrong with the text."""
    with pytest.raises(EnvironmentInvalid) as caught:
        read(text, defaults=defaults, name=name)
    return caught.value.problems


def only_problem(text: str | bytes, *, defaults: str = "") -> Problem:
    (problem,) = problems(text, defaults=defaults)
    return problem


def with_line(line: str) -> str:
    """The valid file with one more line, its first."""
    return f"{line}\n{VALID}"


class TestAValidEnvironment:
    def test_knows_its_regions_and_their_roles(self) -> None:
        dev = read(VALID)

        assert dev.regions == ("us-east-1", "us-west-2")
        assert dev.role("us-west-2") == "standby"
        assert dev.peer("us-west-2") == "us-east-1"
        assert dev.facts("us-west-2") == {
            "environment": "dev",
            "region_role": "standby",
            "primary_region": "us-east-1",
            "standby_region": "us-west-2",
            "peer_region": "us-east-1",
            "edge_apart": "false",
            "holds_edge": "false",
            **offers("us-west-2"),
        }

    def test_has_a_third_region_where_us_east_1_is_neither_of_the_pair(self) -> None:
        staging = read(VALID.replace("us-east-1", "eu-west-1").replace("us-west-2", "eu-central-1"))

        assert staging.pair == ("eu-west-1", "eu-central-1")
        assert staging.regions == ("eu-west-1", "eu-central-1", "us-east-1")
        assert staging.role("us-east-1") == "edge"
        assert staging.peer("us-east-1") == "eu-west-1"
        assert staging.facts("us-east-1")["holds_edge"] == "true"
        assert {staging.facts(region)["edge_apart"] for region in staging.regions} == {"true"}

    def test_the_third_region_has_what_the_primary_has_unless_its_own_section_says_otherwise(
        self,
    ) -> None:
        said = VALID.replace("us-east-1", "eu-west-1").replace("us-west-2", "eu-central-1")
        own = f"{said}  us-east-1:\n    log_retention_days: 14\n"

        assert read(said).values("us-east-1") == read(said).values("eu-west-1")
        assert read(own).values("us-east-1")["log_retention_days"] == "14"

    def test_has_a_value_for_every_setting_in_both_regions(self) -> None:
        dev = read(VALID)

        assert dev.values("us-east-1").keys() == dev.values("us-west-2").keys() == KNOBS.keys()

    def test_says_toggles_and_numbers_as_cloudformation_takes_them(self) -> None:
        dev = read(with_line("waf: no\navailability_zones: 3"))

        assert dev.values("us-east-1")["waf"] == "false"
        assert dev.values("us-east-1")["availability_zones"] == "3"

    def test_a_region_overrides_the_environment_which_overrides_the_defaults(self) -> None:
        defaults = "shop_maximum: 10\nshop_minimum: 3\nnat_gateways: single\n"
        said = with_line("shop_maximum: 20\nshop_minimum: 4") + "    shop_maximum: 30\n"
        dev = read(said, defaults=defaults)

        assert dev.values("us-east-1")["nat_gateways"] == "single"
        assert dev.values("us-east-1")["shop_minimum"] == "4"
        assert dev.values("us-east-1")["shop_maximum"] == "20"
        assert dev.values("us-west-2")["shop_maximum"] == "30"

    def test_of_this_project_there_are_three(self) -> None:
        params = PROJECT / "params"
        read_all = [environments.read(params, name) for name in environments.names(params)]

        assert [environment.name for environment in read_all] == ["dev", "prod", "staging"]
        assert len({environment.account_id for environment in read_all}) == 3


@pytest.mark.parametrize(
    ("line", "key", "expected", "fix"),
    [
        ("nat_gateway: single", "nat_gateway", "no setting nat_gateway", "nat_gateways"),
        ("nat_gateways: singel", "nat_gateways", "per-zone, single", "single"),
        ("region_role: primary", "region_role", "a fact", "Remove"),
        ("peer_ready: true", "peer_ready", "a fact", "Remove"),
        ("waf: 'true'", "waf", "true or false", "quotes"),
        ("waf: 1", "waf", "true or false", ""),
        ("shop_minimum: '3'", "shop_minimum", "whole number", "Remove the quotes"),
        ("shop_minimum: 2.5", "shop_minimum", "whole number", ""),
        ("shop_minimum: 010", "shop_minimum", "whole number", ""),
        ("shop_minimum: 1", "shop_minimum", "at least 2", ""),
        ("shop_maximum: 1001", "shop_maximum", "at most 1000", ""),
        ("log_retention_days: 29", "log_retention_days", "one of", "30"),
        ("orders_instance_class: large", "orders_instance_class", "db.r7g.large", ""),
        ("orders_instance_class: 5", "orders_instance_class", "must be text", "quotes"),
        ("zone_a: no", "zone_a", "must be text", '"no"'),
        ("waf:", "waf", "has no value", "remove the line"),
        ("waf: [true]", "waf", "single value", ""),
        ("waf: {a: b}", "waf", "single value", ""),
        ("time_zone: Europe/Berln", "time_zone", "no time zone", "Europe/Berlin"),
        ("zone_b: a", "zone_b", "so is zone_a", "letter"),
        ("shop_minimum: 5", "shop_minimum", "more than shop_maximum", ""),
        ("off_peak_minimum: 5", "off_peak_minimum", "more than shop_maximum", ""),
        ("orders_replica_ceiling: 1\norders_replicas: 2", "orders_replicas", "ceiling", ""),
        ("product_search: true\nsearch_nodes: 3", "search_nodes", "share evenly", "multiple of 2"),
        ("availability_zones: 3\nproduct_search: true", "product_search", "share evenly", "of 3"),
        (
            "deploy_minimum_healthy_percent: 51",
            "deploy_minimum_healthy_percent",
            "is all",
            "so low",
        ),
        ("off_peak_scaling: true\noff_peak_minimum: 1", "off_peak_minimum", "is all", "so low"),
        ("order_intake_consistency: strong", "order_intake_consistency", "witness_region", "Set"),
        ("witness_region: us-east-1", "witness_region", "one of the environment's two", "third"),
        ("witness_region: us-east-9", "witness_region", "no region us-east-9", "us-east-"),
        ("5: 6", "5", "must be a word", "quotes"),
        ("? [a, b]\n: c", "", "must be a word", ""),
    ],
)
def test_a_wrong_line_is_named(line: str, key: str, expected: str, fix: str) -> None:
    found = only_problem(with_line(line))

    assert found.file == "params/dev.yaml"
    assert key in found.key
    assert found.line in range(1, line.count("\n") + 2)
    assert expected in found.message
    assert fix in found.fix


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ('"111111111111"', "111111111111", "account_id", "must be text"),
        ('"111111111111"', "011111111111", "account_id", "octal"),
        ('"111111111111"', '"1111"', "account_id", "12 digits"),
        ('"111111111111"', "[1]", "account_id", "12 digits"),
        ("us-east-1", "us-est-1", "primary_region", "no region"),
        ("us-east-1", "[us-east-1]", "primary_region", "no region"),
        ("standby_region: us-west-2", "standby_region: us-east-1", "standby_region", "so is"),
        ("primary_region: us-east-1", "primary_region: cn-north-1", "standby_region", "partitions"),
        ("  us-west-2:", "  us-west-1:", "us-west-1", "neither us-east-1 nor us-west-2"),
        ("10.1.0.0/16", "10.0.128.0/17", "vpc_cidr", "overlaps"),
        ("10.1.0.0/16", "10.1.0.1/16", "vpc_cidr", "host bits"),
        ("10.1.0.0/16", "999.1.0.0/16", "vpc_cidr", "not an IPv4 network"),
        ("    vpc_cidr", "    domain_name: a.com\n    vpc_cidr", "domain_name", "same in both"),
        ("    vpc_cidr", "    orders_replicas: 0\n    vpc_cidr", "orders_replicas", "in neither"),
        ("    vpc_cidr", "    account_id: '1'\n    vpc_cidr", "account_id", "belongs to"),
        ("domain_name: example.com\n", "", "domain_name", "missing"),
        ('account_id: "111111111111"\n', "", "account_id", "missing"),
        ("primary_region: us-east-1\n", "", "primary_region", "missing"),
        ("  us-west-2:\n    vpc_cidr: 10.1.0.0/16\n", "  - us-west-2\n", "regions", "must hold"),
    ],
)
def test_a_wrong_identity_is_named(old: str, new: str, key: str, expected: str) -> None:
    text = VALID.replace(old, new)
    found = problems(text)

    assert [problem for problem in found if problem.key == key and expected in problem.message]
    for problem in found:
        assert problem.line == 0 or problem.key in text.splitlines()[problem.line - 1]


def test_strong_consistency_needs_one_region_set() -> None:
    said = with_line("order_intake_consistency: strong\nwitness_region: us-west-1")

    assert "Region set" in only_problem(said).message
    assert read(said.replace("us-west-1", "us-east-2")).values("us-east-1")["witness_region"]


def test_a_third_zone_counts_only_where_there_are_three() -> None:
    assert read(with_line("zone_c: a")).values("us-east-1")["zone_c"] == "a"
    assert only_problem(with_line("zone_c: a\navailability_zones: 3")).key == "zone_c"


def test_everything_wrong_is_said_at_once_in_reading_order() -> None:
    found = problems(with_line("waf: maybe\nnat_gatways: single\nzone_a: z"), defaults="waff: true")

    assert [(problem.place, problem.key) for problem in found] == [
        ("params/defaults.yaml:1", "waff"),
        ("params/dev.yaml:1", "waf"),
        ("params/dev.yaml:2", "nat_gatways"),
        ("params/dev.yaml:3", "zone_a"),
    ]
    told = str(EnvironmentInvalid("dev", found))
    assert all(str(problem) in told for problem in found)


def test_a_key_that_stands_twice_names_both_lines() -> None:
    found = only_problem(with_line("waf: true\nwaf: false"))

    assert (found.key, found.line) == ("waf", 2)
    assert "line 1" in found.message


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("a: [1\nb: 2", 2, "begins on line 1"),
        ("\tx: 1", 1, "is not YAML"),
        ("a: 1\n  b: 2", 2, "is not YAML"),
        ("- a\n- b", 1, "must hold settings"),
        ("just words", 1, "must hold settings"),
        ("a: 1\n--- \nb: 2", 2, "is not YAML"),
        (b"a: b\nc: \xff", 2, "UTF-8"),
        ("a: \x01", 0, "character"),
        ('a: "\\UFFFFFFFF"', 0, "is not YAML"),
        ("[" * 5000, 0, "nested too deeply"),
    ],
)
def test_broken_yaml_is_named_by_line(text: str | bytes, line: int, expected: str) -> None:
    found = only_problem(text)

    assert found.line == line
    assert expected in str(found)


def test_a_mapping_that_holds_itself_is_no_trap() -> None:
    assert problems("&a\nregions: *a\n")


def test_an_unknown_environment_is_answered_with_the_nearest() -> None:
    with pytest.raises(EnvironmentInvalid, match="there is no environment prdo") as caught:
        environments.read(PROJECT / "params", "prdo")

    assert caught.value.fix == "Did you mean prod? There are dev, prod, staging."


@pytest.mark.parametrize("name", ["Dev", "d", "averylongname", "de-v", "1dev"])
def test_a_name_that_would_not_fit_into_derived_names_is_refused(name: str) -> None:
    (found,) = problems(VALID, name=name)

    assert "cannot name an environment" in found.message


@pytest.mark.parametrize("name", ["tc", "tcdev", "tc1"])
def test_a_name_under_which_tests_delete_what_they_find_is_refused(name: str) -> None:
    (found,) = problems(VALID, name=name)

    assert f"{name} cannot name an environment: names that begin with tc" in found.message
    assert found.fix == "Rename the file."


# The property: whatever Settings declares can be said in YAML and comes back as it was said.

#: What depends on other settings, or on the world: given a value that fits.
FIXED = {
    "time_zone": "Europe/Berlin",
    "zone_a": "a",
    "zone_b": "b",
    "zone_c": "c",
    "availability_zones": 2,
    "order_intake_consistency": "eventual",
    "witness_region": "",
    "shop_minimum": 2,
    "deploy_minimum_healthy_percent": 50,
    "warehouse_base_rpus": 8,
    "off_peak_minimum": 2,
    "warm_pool_minimum": 2,
    "orders_replicas": 1,
    "orders_storage_gib": 20,
    "orders_storage_ceiling_gib": 200,
    "search_nodes": 6,
    "worker_minimum": 1,
}


def as_parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def values_of(setting: Setting) -> st.SearchStrategy[Any]:
    """Every value that YAML may hold for a setting, but for those that ask something of another."""
    if setting.key in FIXED:
        return st.just(FIXED[setting.key])
    if setting.kind == "toggle":
        return st.sampled_from(
            [on for on in (True, False) if as_parameter(on) not in setting.needs]
        )
    if setting.allowed:
        cast = int if setting.kind == "number" else str
        return st.sampled_from(
            [cast(value) for value in setting.allowed if value not in setting.needs]
        )
    if setting.kind == "number":
        return st.integers(setting.minimum, setting.maximum)
    assert setting.pattern, f"{setting.key} takes anything at all"
    return st.from_regex(re.compile(setting.pattern, re.ASCII), fullmatch=True).filter(
        lambda text: len(text) < 1000
    )


assignments = st.fixed_dictionaries(
    {}, optional={key: values_of(setting) for key, setting in KNOBS.items() if key != "vpc_cidr"}
)


@settings(deadline=None, max_examples=100)
@given(assignments, st.sampled_from(["", "defaults", "region"]))
def test_any_valid_assignment_comes_back_as_it_was_said(
    said: Mapping[str, Any], place: str
) -> None:
    file: dict[str, Any] = dict(yaml.safe_load(VALID))
    shared = {key: value for key, value in said.items() if place != "region" or key in SHARED}
    own = {key: value for key, value in said.items() if key not in shared}
    file["regions"]["us-west-2"] |= own
    dev = read(
        yaml.safe_dump({**file, **({} if place == "defaults" else shared)}),
        defaults=yaml.safe_dump(shared) if place == "defaults" else "",
    )

    expected = {key: as_parameter(value) for key, value in said.items()}
    if place == "defaults":
        expected |= {key: file[key] for key in ("domain_name", "hosted_zone_id")}
    assert dev.values("us-west-2").items() >= expected.items()


def corruptions() -> Iterator[st.SearchStrategy[tuple[str, str]]]:
    """A key and the YAML of a value that cannot be right."""
    yield st.tuples(st.from_regex("[a-z_]{1,20}z9", fullmatch=True), st.just("1"))
    yield st.tuples(
        st.sampled_from(sorted(KNOBS)), st.sampled_from(["", "[1]", "{a: 1}", "1.5", "2001-01-01"])
    )
    yield st.tuples(
        st.sampled_from(sorted(environments.FACTS - set(environments.IDENTITY))), st.just("x")
    )
    for setting in KNOBS.values():
        if setting.kind == "number":
            too_much = (setting.maximum or 100_000) + 1
            yield st.tuples(st.just(setting.key), st.integers(too_much).map(str))
            yield st.tuples(st.just(setting.key), st.integers(max_value=-1).map(str))
        if setting.kind == "toggle" or setting.allowed:
            yield st.tuples(st.just(setting.key), st.from_regex("[a-m]{3,9}q", fullmatch=True))


@settings(deadline=None, max_examples=200)
@given(st.one_of(*corruptions()), st.integers(0, 6))
def test_any_single_corruption_is_named_by_key_and_line(wrong: tuple[str, str], at: int) -> None:
    key, value = wrong
    lines = [line for line in VALID.splitlines() if not line.startswith(f"{key}:")]
    at = min(at, lines.index("regions:"))
    lines.insert(at, f"{key}: {value}")
    found = problems("\n".join(lines))

    assert [problem for problem in found if (problem.key, problem.line) == (key, at + 1)]


WORDS = [
    "a",
    "waf",
    "regions",
    "account_id",
    "us-east-1",
    "true",
    "0",
    "---",
    "!!int ",
    "<<",
    "&a ",
    "*a",
]
yaml_like = st.lists(st.sampled_from([*WORDS, *"-:?[]{}#%,~|>'\"\t\n", ": ", "\n  ", "- "])).map(
    "".join
)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(), yaml_like, st.binary()), st.booleans())
def test_no_text_whatsoever_is_a_crash(text: str | bytes, after_valid: bool) -> None:
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    with contextlib.suppress(EnvironmentInvalid):
        read(VALID.encode() + raw if after_valid else raw)


def test_what_a_file_holds_is_never_sent_raw_to_a_terminal() -> None:
    found = only_problem(with_line('"\\e[31m": 1'))

    assert found.key == "\x1b[31m"
    assert str(found).isprintable()
