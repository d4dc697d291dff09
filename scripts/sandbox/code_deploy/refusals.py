"""What CodeDeploy refuses, in its words."""

from __future__ import annotations

from scripts.sandbox.json_api import ApiError


def no_application(name: str) -> ApiError:
    """An application that is not there."""
    return ApiError("ApplicationDoesNotExistException", f"No application found for name: {name}")


def no_group(name: str) -> ApiError:
    """A deployment group that is not there."""
    return ApiError(
        "DeploymentGroupDoesNotExistException", f"No Deployment Group found for name: {name}"
    )


def no_config(name: str) -> ApiError:
    """A deployment configuration that is not there."""
    return ApiError(
        "DeploymentConfigDoesNotExistException",
        f"No deployment configuration found for name: {name}",
    )


def no_deployment(name: str) -> ApiError:
    """A deployment that is not there."""
    return ApiError("DeploymentDoesNotExistException", f"The deployment {name} could not be found")


def not_done(code: str, what: str) -> ApiError:
    """What AWS does and the sandbox does not."""
    return ApiError(code, f"The sandbox's CodeDeploy does not do {what}.")
