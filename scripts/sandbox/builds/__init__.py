"""CodeBuild: projects, and builds that really run, as processes of this machine.

    api            the operations of the service
    projects       what a project is made of, and what AWS refuses of it
    records        builds and projects as they are kept
    requests       a build as it was asked for: project and overrides in one
    execution      a build from its first phase to its last
    buildspec      what is to be done: version 0.2, parsed and checked
    shell          one shell, which the commands of all phases run in
    workshop       where builds work: sources, byte code, Python, and what a kill left
    sources        what a build begins with, from S3
    environment    the variables that its commands see
    artifacts, deliveries    what it leaves in S3, and where
    build_log      what it says, in CloudWatch Logs
    runner         the builds that run now
    actions        CodePipeline's actions of the provider CodeBuild

It knows nothing of what is built.
"""

from __future__ import annotations

from scripts.sandbox import stores
from scripts.sandbox.builds.actions import CodeBuildActions
from scripts.sandbox.builds.api import API
from scripts.sandbox.builds.records import RECORDS
from scripts.sandbox.gateway import Service
from scripts.sandbox.pipelines import providers


def service() -> Service:
    """The API."""
    return API.service()


def install() -> None:
    """Have builds saved with the sandbox, and pipelines find them."""
    stores.register("builds", RECORDS)
    for category in ("Build", "Test"):
        providers.register(category, "CodeBuild", CodeBuildActions)
