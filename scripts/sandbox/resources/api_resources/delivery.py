"""What builds and deploys: CodeBuild's projects, CodeDeploy's applications, paces and groups."""

from __future__ import annotations

from scripts.sandbox.resources.api_resources.api_type import ApiType, Call, Subject
from scripts.sandbox.resources.api_resources.calls import JSON
from scripts.sandbox.resources.handlers import home

#: What a project is told for a property that a template no longer has.
_WITHOUT: JSON = {
    "AutoRetryLimit": 0,
    "Cache": {"Type": "NO_CACHE"},
    "ConcurrentBuildLimit": -1,
    "Description": "",
    "FileSystemLocations": [],
    "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED"}},
    "QueuedTimeoutInMinutes": 480,
    "SecondaryArtifacts": [],
    "SecondarySourceVersions": [],
    "SecondarySources": [],
    "SourceVersion": "",
    "Tags": [],
    "TimeoutInMinutes": 60,
    "VpcConfig": {},
}


#: What a deployment group is told for one.
_GROUP_WITHOUT: JSON = {
    "AlarmConfiguration": {"Enabled": False, "Alarms": []},
    "AutoRollbackConfiguration": {"Enabled": False, "Events": []},
    "AutoScalingGroups": [],
    "DeploymentConfigName": "CodeDeployDefault.OneAtATime",
    "OutdatedInstancesStrategy": "UPDATE",
    "TerminationHookEnabled": False,
    "TriggerConfigurations": [],
}


def _project(subject: Subject) -> JSON:
    return {**_removed(subject, _WITHOUT), **subject.properties, "Name": subject.name}


def _group(subject: Subject) -> JSON:
    own = {"currentDeploymentGroupName": subject.physical_id}
    return {**_removed(subject, _GROUP_WITHOUT), **subject.properties, **own}


def _removed(subject: Subject, without: JSON) -> JSON:
    return {name: without[name] for name in subject.previous if name in without}


def _application_arn(subject: Subject) -> JSON:
    return _arn(f"application:{subject.physical_id}")


def _group_arn(subject: Subject) -> JSON:
    return _arn(f"deploymentgroup:{subject.properties['ApplicationName']}/{subject.physical_id}")


def _arn(resource: str) -> JSON:
    account, region = home()
    return {"ResourceArn": f"arn:aws:codedeploy:{region}:{account}:{resource}"}


TYPES = (
    ApiType(
        "AWS::CodeBuild::Project",
        "codebuild",
        create=(Call("CreateProject", shape=_project),),
        ref="$name",
        name_property=("Name",),
        read=Call("BatchGetProjects", {"names": "[$id]"}),
        attributes={"Arn": "projects.0.arn"},
        update=(Call("UpdateProject", shape=_project),),
        delete=(Call("DeleteProject", {"name": "$id"}),),
        stack_tags=True,
        not_in_api=frozenset({"ResourceAccessRole", "Triggers", "Visibility"}),
    ),
    ApiType(
        "AWS::CodeDeploy::Application",
        "codedeploy",
        create=(Call("CreateApplication", {"applicationName": "$name"}, same_names=True),),
        ref="$name",
        delete=(Call("DeleteApplication", {"applicationName": "$id"}),),
        tag_property="Tags",
        tag=Call("TagResource", {"Tags": "$tags"}, shape=_application_arn),
        untag=Call("UntagResource", {"TagKeys": "$tag_keys"}, shape=_application_arn),
    ),
    ApiType(
        "AWS::CodeDeploy::DeploymentConfig",
        "codedeploy",
        create=(
            Call("CreateDeploymentConfig", {"deploymentConfigName": "$name"}, same_names=True),
        ),
        ref="$name",
        delete=(Call("DeleteDeploymentConfig", {"deploymentConfigName": "$id"}),),
    ),
    ApiType(
        "AWS::CodeDeploy::DeploymentGroup",
        "codedeploy",
        create=(Call("CreateDeploymentGroup", {"deploymentGroupName": "$name"}, same_names=True),),
        ref="$name",
        name_property=("DeploymentGroupName",),
        update=(Call("UpdateDeploymentGroup", shape=_group),),
        delete=(
            Call(
                "DeleteDeploymentGroup",
                {"applicationName": "ApplicationName", "deploymentGroupName": "$id"},
            ),
        ),
        tag_property="Tags",
        tag=Call("TagResource", {"Tags": "$tags"}, shape=_group_arn),
        untag=Call("UntagResource", {"TagKeys": "$tag_keys"}, shape=_group_arn),
        not_in_api=frozenset({"Deployment"}),
    ),
)
