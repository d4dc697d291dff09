"""CodePipeline's answers, as it gives them, for as much of an execution as a test wants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.functional.stubbed import StubbedSession

PIPELINE, EXECUTION = "tradewind-dev", "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
START = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
HASH = "3f6a1c09be27d458"
TOKEN = "33333333-3333-4333-8333-333333333333"

_KINDS = {
    "Approve": ("Approval", "Manual"),
    "Execute": ("Deploy", "CloudFormation"),
    "ShopPrimary": ("Deploy", "CodeDeploy"),
}


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def action(
    stage: str,
    name: str,
    status: str = "Succeeded",
    began: float = 0,
    ended: float = 1,
    **result: Any,
) -> dict[str, Any]:
    """One of ListActionExecutions; `variables` are what it exported."""
    category, provider = _KINDS.get(name, ("Build", "CodeBuild"))
    variables = result.pop("variables", {})
    by = result.pop("by", "")
    return {
        "pipelineExecutionId": EXECUTION,
        "actionExecutionId": f"{stage}-{name}-{began}",
        "stageName": stage,
        "actionName": name,
        "startTime": at(began),
        "lastUpdateTime": at(ended),
        "status": status,
        **({"updatedBy": by} if by else {}),
        "input": {
            "actionTypeId": {
                "category": category,
                "owner": "AWS",
                "provider": provider,
                "version": "1",
            }
        },
        "output": {"executionResult": result, "outputVariables": variables},
    }


def stage(
    name: str, status: str = "", *actions: dict[str, Any], execution: str = EXECUTION, **more: Any
) -> dict[str, Any]:
    """One of GetPipelineState; `actions` are the latest executions of its actions, with their names."""
    latest = {"latestExecution": {"pipelineExecutionId": execution, "status": status}}
    return {
        "stageName": name,
        "actionStates": [
            {
                "actionName": one["actionName"],
                "latestExecution": {k: v for k, v in one.items() if k != "actionName"},
            }
            for one in actions
        ],
        **(latest if status else {}),
        **more,
    }


def look(
    session: StubbedSession,
    status: str,
    stages: list[dict[str, Any]],
    actions: list[dict[str, Any]],
) -> None:
    """One look at the execution: the three answers in the order in which they are asked for."""
    stub = session.stub("codepipeline")
    stub.add_response(
        "get_pipeline_execution",
        {"pipelineExecution": {"pipelineExecutionId": EXECUTION, "status": status}},
        {"pipelineName": PIPELINE, "pipelineExecutionId": EXECUTION},
    )
    stub.add_response("list_action_executions", {"actionExecutionDetails": actions[::-1]})
    stub.add_response("get_pipeline_state", {"pipelineName": PIPELINE, "stageStates": stages})
