"""The action types that AWS owns: how many artifacts each takes, which settings, how long it may run.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
"""

from __future__ import annotations

from dataclasses import dataclass

_HOUR = 60
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class ActionType:
    """What a pipeline may declare of actions of one category and provider.

    `takes` and `gives` are the least and the most number of artifacts; `settings` the keys of its
    configuration, None where the sandbox does not know them all; `minutes` until it times out.
    """

    takes: tuple[int, int]
    gives: tuple[int, int]
    settings: frozenset[str] | None = None
    required: frozenset[str] = frozenset()
    minutes: int = _HOUR


def _keys(names: str) -> frozenset[str]:
    return frozenset(names.split())


_CODE_BUILD = ActionType(
    (1, 5),
    (0, 5),
    _keys(
        "ProjectName PrimarySource BatchEnabled BuildspecOverride CombineArtifacts EnvironmentVariables"
    ),
    _keys("ProjectName"),
    8 * _HOUR,
)

TYPES: dict[tuple[str, str], ActionType] = {
    ("Source", "S3"): ActionType(
        (0, 0),
        (1, 1),
        _keys("S3Bucket S3ObjectKey PollForSourceChanges AllowOverrideForS3ObjectKey"),
        _keys("S3Bucket S3ObjectKey"),
    ),
    ("Source", "CodeCommit"): ActionType((0, 0), (1, 1)),
    ("Source", "CodeStarSourceConnection"): ActionType((0, 0), (1, 1)),
    ("Source", "ECR"): ActionType((0, 0), (1, 1)),
    ("Build", "CodeBuild"): _CODE_BUILD,
    ("Test", "CodeBuild"): _CODE_BUILD,
    ("Test", "DeviceFarm"): ActionType((1, 1), (0, 0)),
    ("Build", "ECRBuildAndPublish"): ActionType((1, 1), (0, 0)),
    ("Compute", "Commands"): ActionType((1, 10), (0, 1)),
    ("Approval", "Manual"): ActionType(
        (0, 0),
        (0, 0),
        _keys("CustomData ExternalEntityLink NotificationArn"),
        minutes=7 * _DAY,
    ),
    ("Deploy", "CloudFormation"): ActionType(
        (0, 10),
        (0, 1),
        _keys(
            "ActionMode StackName Capabilities ChangeSetName RoleArn TemplatePath OutputFileName "
            "ParameterOverrides TemplateConfiguration"
        ),
        _keys("ActionMode StackName"),
        3 * _DAY,
    ),
    ("Deploy", "CodeDeploy"): ActionType(
        (1, 1),
        (0, 0),
        _keys("ApplicationName DeploymentGroupName"),
        _keys("ApplicationName DeploymentGroupName"),
        5 * _DAY,
    ),
    ("Deploy", "CodeDeployToECS"): ActionType((1, 5), (0, 0), minutes=5 * _DAY),
    ("Deploy", "CloudFormationStackSet"): ActionType((1, 10), (0, 0)),
    ("Deploy", "CloudFormationStackInstances"): ActionType((0, 10), (0, 0)),
    ("Deploy", "EC2"): ActionType((1, 1), (0, 0)),
    ("Deploy", "ECS"): ActionType((1, 1), (0, 0)),
    ("Deploy", "EKS"): ActionType((1, 1), (0, 0)),
    ("Deploy", "ElasticBeanstalk"): ActionType((1, 1), (0, 0)),
    ("Deploy", "Lambda"): ActionType((0, 1), (0, 0)),
    ("Deploy", "S3"): ActionType((1, 1), (0, 0), minutes=90),
    ("Deploy", "ServiceCatalog"): ActionType((1, 1), (0, 0)),
    ("Deploy", "AppConfig"): ActionType((1, 1), (0, 0)),
    ("Invoke", "Lambda"): ActionType(
        (0, 5), (0, 5), _keys("FunctionName UserParameters"), _keys("FunctionName"), _DAY
    ),
    ("Invoke", "StepFunctions"): ActionType((0, 1), (0, 1), minutes=7 * _DAY),
    ("Invoke", "CodePipeline"): ActionType((0, 0), (0, 0), minutes=7 * _DAY),
    ("Invoke", "InspectorScan"): ActionType((1, 1), (0, 1)),
}

#: The rules that conditions may have, with their settings; those without any the sandbox does not have.
#: https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference.html
RULES: dict[str, ActionType | None] = {
    "VariableCheck": ActionType(
        (0, 0), (0, 0), _keys("Variable Value Operator"), _keys("Variable Value Operator")
    ),
    "LambdaInvoke": ActionType(
        (0, 5), (0, 0), _keys("FunctionName UserParameters"), _keys("FunctionName"), _DAY
    ),
    "CloudWatchAlarm": None,
    "CodeBuild": None,
    "Commands": None,
    "DeploymentWindow": None,
}
