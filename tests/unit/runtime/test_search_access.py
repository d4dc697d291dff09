"""The domain is told who may do what, and what is missing is made; CloudFormation always hears."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.unit.runtime.cloudformation import Context, request
from tests.unit.runtime.domains import HOST, Domain, domain_on_loopback
from tests.unit.runtime.loading import execution_environment

FLEET = "arn:aws:iam::111111111111:role/shop"
ROLES = {
    "catalogue-reader": {
        "Permissions": {"index_permissions": [{"allowed_actions": ["read"]}]},
        "Bearers": [FLEET],
    }
}
MAKER = "arn:aws:states:us-east-1:111111111111:stateMachine:maker"


class States:
    """A Step Functions client, which starts an execution of a name once."""

    class exceptions:  # noqa: N801 - botocore's name
        class ExecutionAlreadyExists(Exception):
            """It ran, and has ended."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []

    def start_execution(self, stateMachineArn: str, name: str) -> None:  # noqa: N803
        if (stateMachineArn, name) in self.started:
            raise self.exceptions.ExecutionAlreadyExists
        self.started.append((stateMachineArn, name))


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Domain]:
    with domain_on_loopback(monkeypatch) as said:
        yield said


@pytest.fixture
def states() -> States:
    return States()


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch, domain: Domain, states: States) -> ModuleType:
    monkeypatch.setattr("time.sleep", lambda _: None)
    return execution_environment("search_access", states=states)


def run(access: ModuleType, domain: Domain, kind: str = "Create", **more: Any) -> dict[str, Any]:
    """How CloudFormation is answered."""
    properties = {
        "Endpoint": HOST,
        "Roles": ROLES,
        "Settings": {},
        "Index": {"Alias": "catalogue", "Maker": MAKER},
    }
    asked = properties | more.pop("ResourceProperties", {})
    event = request(domain.cloudformation, kind, ResourceProperties=asked, **more)
    access.handler(event, Context())
    answer = domain.heard.pop()
    assert domain.heard == []
    return answer


def test_a_role_is_there_before_anybody_bears_it(access: ModuleType, domain: Domain) -> None:
    answer = run(access, domain)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", f"{HOST}-roles")
    assert domain.requests[:2] == [
        ("PUT", "/_plugins/_security/api/roles/catalogue-reader"),
        ("PUT", "/_plugins/_security/api/rolesmapping/catalogue-reader"),
    ]
    assert domain.contents.security == {
        "roles/catalogue-reader": ROLES["catalogue-reader"]["Permissions"],
        "rolesmapping/catalogue-reader": {"backend_roles": [FLEET]},
    }


def test_a_setting_is_said_as_it_is_told(access: ModuleType, domain: Domain) -> None:
    """CloudFormation makes strings of booleans, which the domain would refuse: so a setting is a text."""
    settings = {"_plugins/_security/api/audit/config": '{"enabled": true}'}
    run(access, domain, ResourceProperties={"Settings": settings})
    assert domain.contents.security["audit/config"] == {"enabled": True}


def test_where_nothing_can_be_searched_the_index_is_made_once(
    access: ModuleType, domain: Domain, states: States
) -> None:
    """Lambda may run a request twice; the second finds the first's execution, running or ended."""
    assert [run(access, domain)["Status"] for _ in range(2)] == ["SUCCESS"] * 2
    assert states.started == [(MAKER, "first-request")]


def test_an_index_that_is_searched_is_left_alone(
    access: ModuleType, domain: Domain, states: States
) -> None:
    domain.contents.make("catalogue-1", {"aliases": {"catalogue": {}}})
    assert run(access, domain, "Update")["Status"] == "SUCCESS"
    assert states.started == []


def test_one_that_was_never_finished_is_none(
    access: ModuleType, domain: Domain, states: States
) -> None:
    domain.contents.make("catalogue-1", {"aliases": {"catalogue-next": {}}})
    run(access, domain, "Update")
    assert len(states.started) == 1


def test_a_domain_that_is_not_ready_is_asked_again(access: ModuleType, domain: Domain) -> None:
    """New, it says so in several ways, until its security is in force."""
    domain.refusals = [503, 403, 404, 502]
    assert run(access, domain)["Status"] == "SUCCESS"
    assert "rolesmapping/catalogue-reader" in domain.contents.security


def test_one_that_says_that_the_request_is_wrong_is_not(access: ModuleType, domain: Domain) -> None:
    domain.refusals = [400]
    answer = run(access, domain)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(
        "PUT _plugins/_security/api/roles/catalogue-reader: 400 unavailable"
    )
    assert len(domain.requests) == 1


def test_cloudformation_hears_of_a_domain_that_refuses_to_the_end(
    access: ModuleType, domain: Domain
) -> None:
    vars(access)["PATIENCE"] = 0
    domain.refusals = [503] * 10_000
    answer = run(access, domain)
    assert answer["Status"] == "FAILED"
    assert "503 unavailable" in answer["Reason"]


def test_a_role_that_is_no_longer_asked_for_is_borne_by_nobody(
    access: ModuleType, domain: Domain
) -> None:
    before = {"Endpoint": HOST, "Roles": {**ROLES, "guest": ROLES["catalogue-reader"]}}
    run(access, domain, "Update", OldResourceProperties=before)
    assert domain.contents.security["rolesmapping/guest"] == {"backend_roles": []}
    assert domain.contents.security["rolesmapping/catalogue-reader"] == {"backend_roles": [FLEET]}


def test_a_deletion_asks_nothing_of_a_domain_that_is_going(
    access: ModuleType, domain: Domain, states: States
) -> None:
    assert run(access, domain, "Delete")["Status"] == "SUCCESS"
    assert domain.requests == states.started == []


def test_nothing_that_was_said_to_the_domain_is_told_to_cloudformation(
    access: ModuleType, domain: Domain
) -> None:
    domain.refusals = [400]
    assert FLEET not in json.dumps(run(access, domain))
