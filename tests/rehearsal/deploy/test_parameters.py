"""`tradewind parameters` for other clients: the values that a deploy would give, read from what stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project


def given(project: Project, root: str, region: str) -> dict[str, str]:
    """The parameters that a stack was deployed with."""
    cloudformation = project.client("cloudformation", region)
    (stack,) = cloudformation.describe_stacks(StackName=f"tradewind-dev-{root}")["Stacks"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}


def test_what_stands_is_handed_on_as_a_deploy_would(deployed: Project) -> None:
    told = deployed.run("parameters", "dev", "--standing", "--json").document

    places = [(root, region) for root in told for region in told[root]]
    assert ("foundation", PRIMARY) in places
    assert ("platform", STANDBY) in places
    for root, region in places:
        assert told[root][region] == given(deployed, root, region)


@pytest.mark.parametrize(
    ("client", "read"),
    [
        ("aws-deploy", lambda said: dict(one.split("=", 1) for one in said)),
        (
            "aws-change-set",
            lambda said: {one["ParameterKey"]: one["ParameterValue"] for one in said["Parameters"]},
        ),
    ],
)
def test_a_client_s_file_has_the_same_values(deployed: Project, client: str, read: Any) -> None:
    words = ("parameters", "dev", "--root", "platform", "--region", STANDBY, "--for", client)

    run = deployed.run(*words)

    assert run.code == 0, run.told
    assert read(json.loads(run.out)) == given(deployed, "platform", STANDBY)
    assert deployed.run(*words, "--json").document == {"for": client, "file": run.out.rstrip("\n")}


def test_what_has_to_wait_is_refused_by_name_and_left_out_of_a_list(project: Project) -> None:
    one = project.run("parameters", "dev", "--root", "platform", "--region", PRIMARY, "--standing")
    file = project.run(
        *("parameters", "dev", "--root", "platform", "--region", PRIMARY, "--for", "sceptre")
    )
    every = project.run("parameters", "dev", "--standing", "--json")

    for run in (one, file):
        assert (run.code, run.out) == (1, "")
        assert f"platform in {PRIMARY} waits for what foundation in {PRIMARY} hands on" in run.told
        assert f"Deploy foundation in {PRIMARY} first" in run.told
    assert every.code == 0
    assert every.document["platform"] == {}
    assert every.document["foundation"].keys() == {PRIMARY}
    assert f"foundation in {STANDBY} waits for foundation in {PRIMARY}" in every.told


def test_a_file_is_of_one_stack(project: Project) -> None:
    run = project.run("parameters", "dev", "--root", "platform", "--for", "sceptre")

    assert run.code == 2
    assert "Add --root and --region." in run.told


def test_without_them_aws_is_not_asked(project: Project) -> None:
    assert project.run("parameters", "dev", "--json").document["platform"][PRIMARY]
    assert not project.stacks()
