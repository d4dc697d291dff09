"""A Black Friday on demand: it can be started, ends by itself, and keeps its results."""

from __future__ import annotations

from typing import Any

import yaml

from generator.load_test import GENERATORS, LoadTest, build_specification
from generator.load_test_plan import plan_bundle
from scripts.load_test.batch import GENERATOR
from tests.unit.generator.resolved import Made


def project(**settings: str) -> Any:
    return Made(LoadTest, **settings)["Generators"]


def batch() -> list[dict[str, Any]]:
    said = yaml.safe_load(project()["Source"]["BuildSpec"])
    graph: list[dict[str, Any]] = said["batch"]["build-graph"]
    return graph


def test_the_generators_run_at_once_and_the_report_is_made_when_all_are_done() -> None:
    *generators, report = batch()

    assert len(generators) == GENERATORS
    assert all(one["identifier"].startswith(GENERATOR) for one in generators)
    assert not report["identifier"].startswith(GENERATOR)
    assert not any("depend-on" in generator for generator in generators)
    assert report["depend-on"] == [generator["identifier"] for generator in generators]


def test_each_build_knows_its_part() -> None:
    assert [build["env"]["variables"]["PART"] for build in batch()] == [
        build["identifier"] for build in batch()
    ]


def test_a_batch_may_be_as_large_as_its_graph_and_no_larger() -> None:
    limits = project()["BuildBatchConfig"]["Restrictions"]

    assert limits["MaximumBuildsAllowed"] == len(batch()) == project()["ConcurrentBuildLimit"]


def test_a_run_that_hangs_is_ended() -> None:
    assert project()["TimeoutInMinutes"] <= 180
    assert project()["BuildBatchConfig"]["TimeoutInMins"] <= 180


def test_the_users_of_a_generator_are_the_environments_choice() -> None:
    variables = project(load_test_users="42")["Environment"]["EnvironmentVariables"]

    assert {"Name": "USERS", "Value": "42", "Type": "PLAINTEXT"} in variables
    assert {
        "Name": "TARGET",
        "Value": "https://shop.example.com",
        "Type": "PLAINTEXT",
    } in variables


def test_every_variable_that_the_builds_read_is_given() -> None:
    import re

    script = build_specification(1)
    given = {one["Name"] for one in project()["Environment"]["EnvironmentVariables"]}
    read = set(re.findall(r"\$\{?([A-Z][A-Z0-9_]{2,})", script))

    assert read - given == {"PART", "RUN", "JMETER_SHA512"}
    assert given <= read


def test_results_go_below_one_prefix_and_plan_and_jmeter_are_read_from_others() -> None:
    statements = Made(LoadTest).statements("LoadGenerator")
    reads = [str(s["Resource"]) for s in statements if "s3:GetObject" in s["Action"]]
    (writes,) = (str(s["Resource"]) for s in statements if "s3:PutObject" in s["Action"])

    assert "load-tests/*" in writes
    assert any("releases/*" in resource for resource in reads)
    assert any("load-test/jmeter.tgz*" in resource for resource in reads)


def test_the_plan_is_named_by_its_content() -> None:
    variables = {
        one["Name"]: one["Value"] for one in project()["Environment"]["EnvironmentVariables"]
    }

    assert variables["PLAN"].endswith(f"/{plan_bundle().key}")
    assert variables["JMETER"].endswith("/load-test/jmeter.tgz")


def test_a_generator_has_the_machine_of_a_customer_not_of_an_administrator() -> None:
    assert project()["Environment"]["PrivilegedMode"] is False
    assert project()["EncryptionKey"].startswith("arn:aws:kms:")


def test_jmeter_may_use_the_memory_of_its_machine() -> None:
    """Its own default is one gigabyte, whatever there is; a large machine for arm64 has sixteen.

    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
    """
    assert project()["Environment"]["ComputeType"] == "BUILD_GENERAL1_LARGE"
    assert "-Xmx8g" in yaml.safe_load(build_specification(1))["env"]["variables"]["HEAP"]


def test_where_codebuild_is_not_offered_nothing_of_it_is_asked_for() -> None:
    made = Made(LoadTest, offers_codebuild="false")

    assert not {"Generators", "LoadGenerator", "LoadTestBatch"} & made.resources.keys()
    assert made.outputs["LoadTestProject"] == ""
