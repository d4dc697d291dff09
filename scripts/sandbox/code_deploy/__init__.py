"""CodeDeploy: revisions on their way to the fleets that run on this machine.

    api            the operations of the service
    applications, groups, paces, deployments    what they are about
    records        all of it as it is kept
    carrying       deployments that are under way, what stops them, and their rollbacks
    alarms, notices    what else stops them; who is told
    targets        the instances of a group: a fleet, or records
    actions        CodePipeline's actions of the provider CodeDeploy
    refusals       its words

How a fleet takes a revision is the fleet's own (`scripts.sandbox.fleets.deployments`).
"""

from __future__ import annotations

from scripts.sandbox import stores
from scripts.sandbox.code_deploy.actions import CodeDeployActions
from scripts.sandbox.code_deploy.api import API
from scripts.sandbox.code_deploy.carrying import CARRIER
from scripts.sandbox.code_deploy.records import RECORDS
from scripts.sandbox.gateway import Service
from scripts.sandbox.pipelines import providers


def service() -> Service:
    """The API."""
    return API.service()


def install() -> None:
    """Have deployments saved with the sandbox, and pipelines find them."""
    stores.register("code-deploy", RECORDS)
    providers.register("Deploy", "CodeDeploy", CodeDeployActions)


def resume() -> list[str]:
    """Go on with the deployments that were under way when the sandbox ended; gives their ids."""
    return CARRIER.resume()
