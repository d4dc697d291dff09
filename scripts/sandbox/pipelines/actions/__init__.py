"""Providers of actions that need nothing but the emulator's own services.

s3_source        Source S3
approvals        Approval Manual
stacks           Deploy CloudFormation
functions        Invoke Lambda, and the rule LambdaInvoke
variable_checks  the rule VariableCheck
"""

from __future__ import annotations

from scripts.sandbox.pipelines.providers import register


def install() -> None:
    """Register them."""
    from scripts.sandbox.pipelines.actions.approvals import ManualApproval
    from scripts.sandbox.pipelines.actions.functions import LambdaInvoke
    from scripts.sandbox.pipelines.actions.s3_source import S3Source
    from scripts.sandbox.pipelines.actions.stacks import CloudFormation
    from scripts.sandbox.pipelines.actions.variable_checks import VariableCheck

    register("Source", "S3", S3Source)
    register("Approval", "Manual", ManualApproval)
    register("Deploy", "CloudFormation", CloudFormation)
    register("Invoke", "Lambda", LambdaInvoke)
    register("Rule", "LambdaInvoke", LambdaInvoke)
    register("Rule", "VariableCheck", VariableCheck)
