"""A request that is sent again with its token is the same request."""

from __future__ import annotations

import json

from tests.rehearsal.sandbox.stacks import Account, parameter, template
from tests.rehearsal.sandbox.test_refusals import PLAIN, refusal

NEWER = template({"Value": parameter("two")})


def begun(account: Account, stack: str, status: str) -> int:
    """How many operations of the stack have begun."""
    return account.reasons(stack, stack).count((status, "User Initiated"))


def test_a_creation(account: Account) -> None:
    first = account.create("s", PLAIN, ClientRequestToken="one")
    assert account.create("s", PLAIN, ClientRequestToken="one")["StackId"] == first["StackId"]
    assert begun(account, "s", "CREATE_IN_PROGRESS") == 1
    assert refusal(account.create, "s", PLAIN, ClientRequestToken="two").startswith(
        "AlreadyExistsException"
    )


def test_an_update(account: Account) -> None:
    account.create("s", PLAIN, ClientRequestToken="one")
    account.update("s", NEWER, ClientRequestToken="two")
    account.update("s", NEWER, ClientRequestToken="two")
    assert begun(account, "s", "UPDATE_IN_PROGRESS") == 1
    assert refusal(account.update, "s", NEWER, ClientRequestToken="three") == (
        "ValidationError: No updates are to be performed."
    )


def test_a_token_of_another_operation_is_refused(account: Account) -> None:
    account.create("s", PLAIN, ClientRequestToken="one")
    assert refusal(account.update, "s", NEWER, ClientRequestToken="one").startswith(
        "TokenAlreadyExistsException"
    )


def test_a_change_set_and_its_execution(account: Account) -> None:
    account.create("s", PLAIN)
    request = {
        "StackName": "s",
        "ChangeSetName": "c",
        "TemplateBody": json.dumps(NEWER),
        "ClientToken": "one",
    }
    made = account.cfn.create_change_set(**request)
    again = account.cfn.create_change_set(**request)
    assert (again["Id"], again["StackId"]) == (made["Id"], made["StackId"])
    for _ in range(2):
        account.cfn.execute_change_set(ChangeSetName=made["Id"], ClientRequestToken="two")
        account.settled("s")
    assert begun(account, "s", "UPDATE_IN_PROGRESS") == 1
    assert refusal(account.cfn.execute_change_set, ChangeSetName=made["Id"]).startswith(
        "InvalidChangeSetStatus"
    )
