"""CodePipeline's actions of the provider CodeDeploy: an action is a deployment of its input artifact.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html
"""

from __future__ import annotations

from scripts.sandbox.code_deploy.carrying import CARRIER
from scripts.sandbox.code_deploy.deployments import begin
from scripts.sandbox.code_deploy.records import RECORDS, SUCCEEDED, Deployment
from scripts.sandbox.json_api import ApiError, Caller
from scripts.sandbox.pipelines.providers import Ended, Job, Refused

_KEYS = ("ApplicationName", "DeploymentGroupName")


class CodeDeployActions:
    """Deployments of actions."""

    def begin(self, job: Job) -> str:
        """Create a deployment, or find the one that was created for this job."""
        for deployment in list(RECORDS.deployments.values()):
            if deployment.job == job.id:
                return deployment.id
        for key in job.configuration:
            if key not in _KEYS:
                raise Refused(f"The configuration of the action has an unknown key: {key}")
        for key in _KEYS:
            if not job.configuration.get(key):
                raise Refused(f"The configuration of the action has no {key}")
        if len(job.inputs) != 1:
            raise Refused("A CodeDeploy action takes one input artifact")
        (revision,) = job.inputs
        location = {"bucket": revision.bucket, "key": revision.key, "bundleType": "zip"}
        if revision.version:
            location["version"] = revision.version
        said = {
            "applicationName": job.configuration["ApplicationName"],
            "deploymentGroupName": job.configuration["DeploymentGroupName"],
            "revision": {"revisionType": "S3", "s3Location": location},
            "description": f"Initiated by CodePipeline {job.pipeline}",
        }
        try:
            made = begin(Caller(job.account, job.region), said, creator="user", job=job.id)
        except ApiError as refusal:
            raise Refused(
                f"{refusal.message} (Service: AmazonCodeDeploy; Status Code: 400; "
                f"Error Code: {refusal.code})"
            ) from None
        return made.id

    def look(self, _job: Job, external_id: str) -> Ended | None:
        """How the deployment ended; one that is rolled back has ended when it failed."""
        deployment = RECORDS.deployments.get(external_id)
        if deployment is None:
            return Ended(False, message=f"Deployment {external_id} cannot be found")
        if deployment.unfinished:
            return None
        url = _link(deployment)
        if deployment.status == SUCCEEDED:
            said = " ".join(("Deployment Succeeded", *deployment.notes))
            return Ended(True, summary=said, external_url=url)
        message = f"{deployment.message} (Error code: {deployment.code})"
        return Ended(
            False, summary=f"Deployment {external_id} failed", message=message, external_url=url
        )

    def stop(self, _job: Job, external_id: str) -> None:
        """Stop the deployment."""
        deployment = RECORDS.deployments.get(external_id)
        if deployment is not None and deployment.unfinished:
            CARRIER.stop(deployment, "MANUAL_STOP")


def _link(deployment: Deployment) -> str:
    """Where the console shows it."""
    region = deployment.region
    console = f"https://{region}.console.aws.amazon.com/codesuite/codedeploy/deployments"
    return f"{console}/{deployment.id}?region={region}"
