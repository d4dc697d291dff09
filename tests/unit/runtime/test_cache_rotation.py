"""Rotating the session cache's password cuts nobody off: both regions know both, before anybody is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.unit.generator.test_rotation import NEW, OLD, STEPS, SecretsManager
from tests.unit.runtime.loading import execution_environment


class NotThere(Exception):
    """The region has no such user."""


class ElastiCache:
    """One region's user, which settles once it has been looked at a few times."""

    class exceptions:  # noqa: N801 - botocore's name
        UserNotFoundFault = NotThere

    def __init__(self, *passwords: str) -> None:
        self.passwords = list(passwords)
        self.unsettled = 0

    def describe_users(self, UserId: str) -> Any:  # noqa: N803 - botocore's name
        assert UserId == "tradewind-dev-shop"
        if not self.passwords:
            raise NotThere
        self.unsettled -= 1
        status = "modifying" if self.unsettled > 0 else "active"
        return {
            "Users": [{"Status": status, "Authentication": {"PasswordCount": len(self.passwords)}}]
        }

    def modify_user(self, UserId: str, Passwords: list[str]) -> None:  # noqa: N803
        assert len(Passwords) == len(set(Passwords)) <= 2, "ElastiCache takes two"
        if self.unsettled > 1:
            raise AssertionError("InvalidUserState: a user that is being changed takes no change")
        self.passwords, self.unsettled = Passwords, 3


Regions = dict[str, ElastiCache]
Rotation = tuple[Callable[[str], None], SecretsManager, Regions]


@pytest.fixture
def rotation(monkeypatch: pytest.MonkeyPatch) -> Rotation:
    secret = SecretsManager(username="shop", password="old")
    regions = {"us-east-1": ElastiCache("old"), "us-west-2": ElastiCache("old")}

    def client(service: str, region_name: str = "", **_: Any) -> Any:
        return secret if service == "secretsmanager" else regions[region_name]

    monkeypatch.setenv("USER_ID", "tradewind-dev-shop")
    monkeypatch.setenv("REGIONS", "us-east-1 us-west-2")
    monkeypatch.setattr(boto3, "client", client)
    module = execution_environment("cache_rotation")
    monkeypatch.setattr(module.time, "sleep", lambda _: None)

    def run(step: str) -> None:
        module.handler({"SecretId": "s", "ClientRequestToken": NEW, "Step": step}, None)

    return run, secret, regions


def test_both_regions_take_both_passwords_before_the_new_one_is_told(rotation: Rotation) -> None:
    run, secret, regions = rotation
    for step in STEPS[:2]:
        run(step)
    assert secret.current()["password"] == "old"
    assert [cache.passwords for cache in regions.values()] == [["old", "made-1"]] * 2
    for step in STEPS[2:]:
        run(step)
    assert secret.current() == {"username": "shop", "password": "made-1"}
    assert [cache.passwords for cache in regions.values()] == [["old", "made-1"]] * 2


def test_every_step_may_run_twice(rotation: Rotation) -> None:
    run, secret, regions = rotation
    for step in STEPS:
        run(step)
        run(step)
    assert secret.current()["password"] == "made-1"
    assert regions["us-west-2"].passwords == ["old", "made-1"]
    assert secret.stages[OLD] == []


def test_a_change_that_is_still_under_way_is_waited_for_before_the_next(rotation: Rotation) -> None:
    """Lambda ended the first try while ElastiCache worked; Secrets Manager asks again."""
    run, _, regions = rotation
    run("createSecret")
    regions["us-west-2"].unsettled = 5
    run("setSecret")
    assert regions["us-west-2"].passwords == ["old", "made-1"]


def test_a_region_without_a_cache_yet_is_passed_over(rotation: Rotation) -> None:
    run, secret, regions = rotation
    regions["us-west-2"].passwords = []
    for step in STEPS:
        run(step)
    assert secret.current()["password"] == "made-1"
    assert regions["us-west-2"].passwords == []


def test_a_region_that_does_not_answer_leaves_the_current_password_in_use(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, secret, regions = rotation
    run("createSecret")

    def unreachable(**_: Any) -> None:
        raise TimeoutError("us-west-2")

    monkeypatch.setattr(regions["us-west-2"], "modify_user", unreachable)
    with pytest.raises(TimeoutError):
        run("setSecret")
    assert secret.current()["password"] == "old"
    assert "old" in regions["us-east-1"].passwords


def test_a_password_that_a_deploy_took_away_is_not_told(rotation: Rotation) -> None:
    """CloudFormation sets the current password alone when it changes anything else about the user."""
    run, secret, regions = rotation
    run("createSecret")
    run("setSecret")
    regions["us-west-2"].passwords = ["old"]
    with pytest.raises(RuntimeError, match="lost the new password"):
        run("testSecret")
    assert secret.current()["password"] == "old"


def test_a_change_that_does_not_settle_is_not_told(rotation: Rotation) -> None:
    run, secret, regions = rotation
    run("createSecret")
    run("setSecret")
    regions["us-east-1"].unsettled = 10_000
    with pytest.raises(TimeoutError, match="being changed"):
        run("testSecret")
    assert secret.current()["password"] == "old"
