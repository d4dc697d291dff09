"""ClientRequestToken: a request sent again is the same request, and begins nothing anew.

"Specify this token if you plan to retry requests so that CloudFormation knows that you're not attempting
to create a stack with the same name" (API reference, CreateStack). A token that another operation of the
stack had is refused.
"""

from __future__ import annotations

from scripts.sandbox import seams, stack_api
from scripts.sandbox.stack_api import Answer, Request, element, first, refused

_LAST = "_last_request"


def install() -> None:
    """Recognise requests by their tokens."""
    for action, seam in (
        ("CreateStack", seams.CREATE_STACK),
        ("UpdateStack", seams.UPDATE_STACK),
        ("ExecuteChangeSet", seams.EXECUTE_CHANGE_SET),
        ("ContinueUpdateRollback", seams.CONTINUE_UPDATE_ROLLBACK),
    ):
        seam.replace(_recognised(action, seam.value))
    seams.CREATE_CHANGE_SET.replace(_recognised_change_set(seams.CREATE_CHANGE_SET.value))


def _recognised(action: str, handler: stack_api.Handler) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        token, stack_id = first(params, "ClientRequestToken"), _stack_id(params)
        stack = stack_api.stack_of(stack_id)
        before = stack.get(_LAST, ["", ""]) if stack else ["", ""]
        if stack and token and token == before[1]:
            if action != before[0]:
                return refused(
                    "TokenAlreadyExistsException",
                    f"Token {token} was already used for {before[0]} of stack {stack_id}",
                )
            return _answered(action, StackId=stack["StackId"])
        answer = handler(params)
        stack = stack_api.stack_of(stack_id)
        if answer[0] < 400 and stack is not None:
            stack[_LAST] = [action, token]
        return answer

    return handled


def _recognised_change_set(create: stack_api.Handler) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        token = first(params, "ClientToken")
        stack = stack_api.stack_of(first(params, "StackName"))
        for change_set in seams.CHANGE_SETS.value.values():
            same_stack = stack is not None and change_set["StackId"] == stack["StackId"]
            if token and same_stack and change_set.get("_client_token") == token:
                return _answered(
                    "CreateChangeSet", Id=change_set["ChangeSetId"], StackId=change_set["StackId"]
                )
        answer = create(params)
        if answer[0] < 400 and token:
            made = stack_api.text_of(stack_api.parse(answer), "Id")
            seams.CHANGE_SETS.value[made]["_client_token"] = token
        return answer

    return handled


def _stack_id(params: Request) -> str:
    """The stack that a request is about: its own, or that of the change set it names by ARN."""
    named = first(params, "StackName")
    if not named:
        change_set = seams.CHANGE_SETS.value.get(first(params, "ChangeSetName"), {})
        named = change_set.get("StackId", "")
    return named


def _answered(action: str, **members: str) -> Answer:
    response, result = element(f"{action}Response"), element(f"{action}Result")
    if action not in ("ExecuteChangeSet", "ContinueUpdateRollback"):  # which answer nothing
        result.extend(element(name, value) for name, value in members.items())
    response.append(result)
    return stack_api.written((200, {"Content-Type": "text/xml"}, b""), response)
