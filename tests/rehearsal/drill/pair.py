"""dev with both regions in full: a global database, so that every family of a comparison has something."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project

TEMPLATES = Path(__file__).parents[3] / "templates" / "out"


def deployed_pair(sandbox: Sandbox, path: Path, account: str, **settings: str) -> Project:
    """The platform as it is built, deployed to both regions of an account of its own."""
    project = Project(path, account, sandbox)
    chosen = {"orders_engine": "aurora-global", "health_check_interval": "10", **settings}
    project.settings(**chosen)
    shutil.copytree(TEMPLATES, path / "templates" / "out")
    run = project.run("deploy", "dev", "--direct", "--yes")
    assert run.code == 0, run.told
    return project


def platform(project: Project, region: str = STANDBY) -> dict[str, str]:
    """Every resource of a region's platform: `FrontDoor/LoadBalancer` -> physical id."""
    cloudformation = project.client("cloudformation", region)

    def made(stack: str) -> list[dict[str, Any]]:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        return [one for page in pages for one in page["StackResourceSummaries"]]

    return {
        f"{nested['LogicalResourceId']}/{one['LogicalResourceId']}": one["PhysicalResourceId"]
        for nested in made("tradewind-dev-platform")
        for one in made(nested["PhysicalResourceId"])
    }


__all__ = ["PRIMARY", "STANDBY", "Project", "deployed_pair", "platform"]
