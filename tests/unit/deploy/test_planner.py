"""The values that a wave receives, against a table of stacks that stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.environments import Environment
from generator.manifest import Manifest, ParameterSource
from scripts import inventory
from scripts.aws import Aws
from scripts.deploy.plan import Awaiting, Inputs
from scripts.deploy.planner import Planner
from scripts.deploy.release import Release, Root, Template
from scripts.deploy.waves import Wave, roll_out
from scripts.inventory import Stack

PRIMARY, STANDBY = "us-east-1", "us-west-2"
ENVIRONMENT = Environment("dev", "111111111111", PRIMARY, STANDBY, {PRIMARY: {}, STANDBY: {}})


class NoSession:
    def create_client(self, service_name: str, region_name: str, **options: Any) -> Any:
        raise AssertionError(f"{service_name} in {region_name} was called")


@dataclass
class Account:
    """Stacks that stand: (root, region) -> outputs."""

    stands: dict[tuple[str, str], dict[str, str]]

    def stack(self, _: Aws, region: str, name: str) -> Stack | None:
        outputs = self.stands.get((name.removeprefix("tradewind-dev-"), region))
        if outputs is None:
            return None
        return Stack(
            region, "arn:s", name, "CREATE_COMPLETE", "", {}, outputs, {}, False, "", "", ""
        )


def planner(gives: Collection[str] = (), **roots: dict[str, ParameterSource]) -> Planner:
    """Of roots with these parameters, each of which always gives these outputs."""
    built = {
        name: Root(
            Manifest(name, parameters, {}),
            Template(f"{name}.json", "a", b"{}"),
            (),
            frozenset(gives),
        )
        for name, parameters in roots.items()
    }
    return Planner(
        Aws(NoSession(), ENVIRONMENT),
        ENVIRONMENT,
        Release(built, Path()),
        roll_out(built, ENVIRONMENT.places),
    )


def standing(monkeypatch: pytest.MonkeyPatch, **stands: dict[str, str]) -> None:
    """`foundation_us_east_1={"KeyArn": "k"}`: the stack stands there with these outputs."""
    account = Account(
        {
            (name.split("_", 1)[0], name.split("_", 1)[1].replace("_", "-")): outputs
            for name, outputs in stands.items()
        }
    )
    monkeypatch.setattr(inventory, "stack", account.stack)


KEY = ParameterSource.handoff("foundation", "own", "KeyArn", "x")
PEER_KEY = ParameterSource.handoff("foundation", "peer", "KeyArn", "x")
PRIMARY_KEY = ParameterSource.handoff("foundation", "primary", "KeyArn", "x")
READY = ParameterSource.setting("peer_ready", "planner")
URL = ParameterSource.setting("template_base_url", "planner")


def test_on_an_empty_account_the_first_wave_has_no_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    standing(monkeypatch)
    plans = planner(foundation={"PeerReady": READY, "PeerKey": PEER_KEY})

    inputs = plans.inputs(Wave("foundation", PRIMARY))

    assert isinstance(inputs, Inputs)
    assert inputs.parameters == {"PeerReady": "false", "PeerKey": ""}


def test_the_standby_waits_for_the_primary_and_then_receives_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plans = planner(foundation={"PeerReady": READY, "PrimaryKey": PRIMARY_KEY})
    wave = Wave("foundation", STANDBY)
    standing(monkeypatch)
    assert plans.inputs(wave) == Awaiting(wave, Wave("foundation", PRIMARY))

    standing(monkeypatch, foundation_us_east_1={"KeyArn": "k"})
    inputs = plans.inputs(wave)

    assert isinstance(inputs, Inputs)
    assert inputs.parameters == {"PeerReady": "true", "PrimaryKey": "k"}


def test_replication_is_never_switched_off_again_by_the_first_wave_of_a_later_roll_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standing(monkeypatch, foundation_us_east_1={}, foundation_us_west_2={"KeyArn": "w"})
    plans = planner(foundation={"PeerReady": READY, "PeerKey": PEER_KEY})

    first = plans.inputs(Wave("foundation", PRIMARY))
    settled = plans.inputs(Wave("foundation", PRIMARY, settles=True))

    assert isinstance(first, Inputs)
    assert first.parameters == {"PeerReady": "true", "PeerKey": "w"}
    assert settled == first


def test_platform_waits_for_both_foundations(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = planner(foundation={}, platform={"Key": KEY})
    wave = Wave("platform", PRIMARY)
    standing(monkeypatch, foundation_us_east_1={"KeyArn": "k"})

    assert plans.inputs(wave) == Awaiting(wave, Wave("foundation", STANDBY))


def test_nested_templates_are_found_in_the_region_s_own_bucket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standing(monkeypatch, foundation_us_east_1={}, foundation_us_west_2={})
    plans = planner(foundation={}, platform={"TemplateBaseUrl": URL})

    inputs = plans.inputs(Wave("platform", STANDBY))

    assert isinstance(inputs, Inputs)
    assert inputs.parameters["TemplateBaseUrl"] == (
        "https://tradewind-dev-artifacts-111111111111-us-west-2.s3.us-west-2.amazonaws.com/releases"
    )


def test_an_output_that_an_earlier_wave_is_about_to_add_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standing(monkeypatch, foundation_us_east_1={}, foundation_us_west_2={})
    plans = planner(gives=["KeyArn"], foundation={}, platform={"Key": KEY})
    wave = Wave("platform", PRIMARY)

    assert plans.inputs(wave) == Awaiting(wave, Wave("foundation", PRIMARY))


def test_an_output_that_a_standing_stack_will_not_have_is_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standing(monkeypatch, foundation_us_east_1={}, foundation_us_west_2={})

    inputs = planner(foundation={}, platform={"Key": KEY}).inputs(Wave("platform", PRIMARY))

    assert isinstance(inputs, Inputs)
    assert inputs.parameters == {"Key": ""}
