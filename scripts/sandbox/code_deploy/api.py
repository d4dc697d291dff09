"""The operations of CodeDeploy; what is not here is refused by name.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from scripts.sandbox.code_deploy import applications, deployments, groups, paces
from scripts.sandbox.json_api import JsonApi

API = JsonApi(
    "codedeploy",
    "CodeDeploy_20141006",
    {
        "CreateApplication": applications.create,
        "GetApplication": applications.get,
        "BatchGetApplications": applications.batch_get,
        "ListApplications": applications.every,
        "UpdateApplication": applications.update,
        "DeleteApplication": applications.delete,
        "ListApplicationRevisions": applications.revisions,
        "TagResource": applications.tag,
        "UntagResource": applications.untag,
        "ListTagsForResource": applications.tags,
        "CreateDeploymentConfig": paces.create,
        "GetDeploymentConfig": paces.get,
        "ListDeploymentConfigs": paces.every,
        "DeleteDeploymentConfig": paces.delete,
        "CreateDeploymentGroup": groups.create,
        "GetDeploymentGroup": groups.get,
        "BatchGetDeploymentGroups": groups.batch_get,
        "ListDeploymentGroups": groups.every,
        "UpdateDeploymentGroup": groups.update,
        "DeleteDeploymentGroup": groups.delete,
        "CreateDeployment": deployments.create,
        "GetDeployment": deployments.get,
        "BatchGetDeployments": deployments.batch_get,
        "ListDeployments": deployments.every,
        "StopDeployment": deployments.stop,
        "ListDeploymentTargets": deployments.targets,
        "BatchGetDeploymentTargets": deployments.batch_get_targets,
        "GetDeploymentTarget": deployments.get_target,
        "ListDeploymentInstances": deployments.instances,
        "BatchGetDeploymentInstances": deployments.batch_get_instances,
        "GetDeploymentInstance": deployments.get_instance,
    },
)

handle_request = API.handle_request
