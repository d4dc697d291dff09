"""Deploy CloudFormation: stacks and change sets, by ActionMode.

A change set that CodePipeline makes does not include nested stacks: the action has no setting for it.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
"""

from __future__ import annotations

import json
from collections.abc import Callable

from scripts.sandbox.pipelines.actions.stack_parameters import settings
from scripts.sandbox.pipelines.archives import file_in, write_file
from scripts.sandbox.pipelines.declarations import JSON
from scripts.sandbox.pipelines.providers import Ended, Job, Refused
from scripts.sandbox.resources.api_resources.calls import CallRefused, call

#: What a change set without changes says; the action succeeds all the same.
_UNCHANGED = ("didn't contain changes", "No updates are to be performed")
_GONE = ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


class CloudFormation:
    """The provider. Its external id is the ARN of the stack or of the change set."""

    def begin(self, job: Job) -> str:
        """Make the call of the mode. Raises Refused."""
        mode = job.configuration["ActionMode"]
        if mode not in _BEGIN:
            raise Refused(f"The sandbox does not have the ActionMode {mode}.")
        try:
            return _BEGIN[mode](job)
        except CallRefused as no:
            raise Refused(_sentence(no), "JobFailed") from None

    def look(self, job: Job, external_id: str) -> Ended | None:
        """How the stack, or its change set, ended."""
        mode = job.configuration["ActionMode"]
        if mode == "CHANGE_SET_REPLACE":
            return _made(job, external_id)
        executed = _change_set(external_id) if mode == "CHANGE_SET_EXECUTE" else {}
        if _is_unchanged(executed):
            return _ended(job, _stack(job), "The change set contains no changes.")
        stack = _stack(job)
        if mode == "DELETE_ONLY":
            return _deleted(job, stack)
        if stack is None:
            return Ended(False, message=f"Stack [{_name(job)}] does not exist")
        status = stack["StackStatus"]
        if status.endswith("_IN_PROGRESS") or _waits(executed):
            return None
        if status in _GOOD or (mode == "CREATE_UPDATE" and _changed_nothing(job, stack)):
            return _ended(job, stack, f"Stack {_name(job)} reached status {status}.")
        reason = stack.get("StackStatusReason", "")
        message = f"Stack {_name(job)} ended in {status}" + (f": {reason}" if reason else ".")
        return Ended(False, summary=message, message=message)

    def stop(self, job: Job, external_id: str) -> None:
        """CloudFormation goes on."""


def _create_update(job: Job) -> str:
    stack = _stack(job)
    arguments = {"StackName": _name(job), **_template(job)}
    if stack is None or stack["StackStatus"] in _GONE:
        return str(call("cloudformation", "CreateStack", arguments)["StackId"])
    try:
        call("cloudformation", "UpdateStack", {**arguments, "ClientRequestToken": job.id})
    except CallRefused as no:
        if not any(words in str(no) for words in _UNCHANGED):
            raise
    return str(stack["StackId"])


def _replace_change_set(job: Job) -> str:
    stack, name = _stack(job), job.configuration["ChangeSetName"]
    new = stack is None or stack["StackStatus"] in _GONE
    if stack is not None:
        call("cloudformation", "DeleteChangeSet", {"StackName": _name(job), "ChangeSetName": name})
    arguments = {
        "StackName": _name(job),
        "ChangeSetName": name,
        "ChangeSetType": "CREATE" if new else "UPDATE",
        **_template(job),
    }
    return str(call("cloudformation", "CreateChangeSet", arguments)["Id"])


def _execute_change_set(job: Job) -> str:
    named = {"StackName": _name(job), "ChangeSetName": job.configuration["ChangeSetName"]}
    described = call("cloudformation", "DescribeChangeSet", named)
    name = str(described["ChangeSetId"])
    if not _is_unchanged(described):
        call(
            "cloudformation",
            "ExecuteChangeSet",
            {"ChangeSetName": name, "ClientRequestToken": job.id},
        )
    return name


def _delete(job: Job) -> str:
    stack = _stack(job)
    if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
        return _name(job)
    role = {"RoleARN": job.configuration["RoleArn"]}
    call("cloudformation", "DeleteStack", {"StackName": stack["StackId"], **role})
    return str(stack["StackId"])


_BEGIN: dict[str, Callable[[Job], str]] = {
    "CREATE_UPDATE": _create_update,
    "CHANGE_SET_REPLACE": _replace_change_set,
    "CHANGE_SET_EXECUTE": _execute_change_set,
    "DELETE_ONLY": _delete,
}


def _template(job: Job) -> JSON:
    asked = job.configuration
    capabilities = [each.strip() for each in asked.get("Capabilities", "").split(",")]
    return {
        "TemplateBody": file_in(job, asked["TemplatePath"]),
        "RoleARN": asked["RoleArn"],
        "Capabilities": [each for each in capabilities if each],
        **settings(job),
    }


def _name(job: Job) -> str:
    return job.configuration["StackName"]


def _stack(job: Job) -> JSON | None:
    try:
        found = call("cloudformation", "DescribeStacks", {"StackName": _name(job)})["Stacks"]
    except CallRefused as no:
        if "does not exist" in str(no):
            return None
        raise
    stack: JSON = found[0]
    return stack


def _change_set(name: str) -> JSON:
    """A change set by its ARN; empty when it is gone, as one is that has been executed."""
    try:
        return call("cloudformation", "DescribeChangeSet", {"ChangeSetName": name})
    except CallRefused:
        return {}


def _is_unchanged(described: JSON) -> bool:
    reason = str(described.get("StatusReason", ""))
    return described.get("Status") == "FAILED" and any(words in reason for words in _UNCHANGED)


def _changed_nothing(job: Job, stack: JSON) -> bool:
    """Whether the stack went back in an operation of somebody else, and there was nothing to update now."""
    if stack["StackStatus"] != "UPDATE_ROLLBACK_COMPLETE":
        return False
    events = call("cloudformation", "DescribeStackEvents", {"StackName": stack["StackId"]})
    return bool(events["StackEvents"][0].get("ClientRequestToken") != job.id)


def _waits(described: JSON) -> bool:
    """Whether a change set is still to begin."""
    return described.get("ExecutionStatus") in ("AVAILABLE", "EXECUTE_IN_PROGRESS")


def _made(job: Job, name: str) -> Ended | None:
    described = _change_set(name)
    status, reason = described.get("Status", "FAILED"), str(described.get("StatusReason", ""))
    if status == "CREATE_COMPLETE":
        return _ended(
            job, _stack(job), f"Change set {job.configuration['ChangeSetName']} was created."
        )
    if status != "FAILED":
        return None
    if _is_unchanged(described):
        return _ended(job, _stack(job), reason)
    message = reason or f"The change set {name} is not there."
    return Ended(False, summary=message, message=message)


def _deleted(job: Job, stack: JSON | None) -> Ended | None:
    status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
    if status == "DELETE_COMPLETE":
        return Ended(True, summary=f"Stack {_name(job)} was deleted.")
    if status == "DELETE_FAILED":
        reason = (stack or {}).get("StackStatusReason", "")
        return Ended(False, message=f"Stack {_name(job)} ended in {status}: {reason}")
    return None


def _ended(job: Job, stack: JSON | None, summary: str) -> Ended:
    """Success: the stack's outputs are variables, and a file of the output artifact."""
    outputs = {
        each["OutputKey"]: each["OutputValue"] for each in (stack or {}).get("Outputs") or ()
    }
    artifacts = {}
    for output in job.outputs:
        file = job.configuration.get("OutputFileName") or "outputs.json"
        artifacts[output.name] = write_file(output, file, json.dumps(outputs))
    return Ended(True, summary=summary, variables=outputs, artifacts=artifacts)


def _sentence(no: CallRefused) -> str:
    """What the service said, without CloudFormation's words around it."""
    return str(no).partition('message: "')[2].partition('" (HandlerErrorCode')[0] or str(no)
