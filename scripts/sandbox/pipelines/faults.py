"""Refusals that several operations share."""

from __future__ import annotations

from scripts.sandbox.json_api import ApiError


def no_pipeline(account: str, name: str) -> ApiError:
    """No pipeline of that name."""
    return ApiError(
        "PipelineNotFoundException",
        f"Account '{account}' does not have a pipeline with name '{name}'",
    )


def no_stage(pipeline: str, stage: str) -> ApiError:
    """No stage of that name."""
    return ApiError(
        "StageNotFoundException",
        f"The pipeline '{pipeline}' does not contain a stage with name '{stage}'",
    )


def no_execution(execution: str) -> ApiError:
    """No execution of that id."""
    return ApiError(
        "PipelineExecutionNotFoundException",
        f"PipelineExecution [{execution}] could not be found",
    )
