"""A global database of two clusters, and who commits to them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.orders_stack import PORT, REGION
from tests.unit.runtime.loading import execution_environment

PEER = "eu-central-1"
AURORA = {"Engine": "aurora-postgresql", "EngineVersion": "17.9"}


def global_database(sandbox: Sandbox, account: str) -> tuple[Any, Any]:
    """A global database with a cluster in two regions; the clients of their stacks."""
    group = {"GlobalClusterIdentifier": "orders"}
    primary = {
        "MasterUsername": "owner",
        "MasterUserPassword": "password1",
        "DatabaseName": "orders",
    }
    resources = {
        REGION: {
            "Group": {"Type": "AWS::RDS::GlobalCluster", "Properties": {**group, **AURORA}},
            "Cluster": cluster("Group", **group, **primary),
        },
        PEER: {"Cluster": cluster("", **group)},
    }
    clients = []
    for region, template in resources.items():
        stacks = sandbox.client("cloudformation", region, account)
        stacks.create_stack(StackName="orders", TemplateBody=json.dumps({"Resources": template}))
        waiter = stacks.get_waiter("stack_create_complete")
        waiter.config.delay = 0.1
        waiter.wait(StackName="orders")
        clients.append(stacks)
    return clients[0], clients[1]


def cluster(after: str, **properties: object) -> dict[str, Any]:
    named = {"DBClusterIdentifier": "orders", "Port": PORT, **AURORA, **properties}
    made = {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Delete", "Properties": named}
    return {**made, "DependsOn": after} if after else made


def writer(sandbox: Sandbox, account: str, region: str) -> str:
    (found,) = sandbox.client("rds", region, account).describe_db_clusters()["DBClusters"]
    endpoint: str = found["Endpoint"]
    return endpoint


def committing(monkeypatch: pytest.MonkeyPatch, there: tuple[str, int]) -> Any:
    """The commit function, over an engine's own address."""
    host, port = there
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    login = {"username": "owner", "password": "password1", "dbname": "orders"}
    return execution_environment("order_commit", read=lambda _stage: login)


def group(sandbox: Sandbox, account: str, region: str = REGION) -> dict[str, Any]:
    """What RDS tells of the global database."""
    answer = sandbox.client("rds", region, account).describe_global_clusters(
        GlobalClusterIdentifier="orders"
    )
    (found,) = answer["GlobalClusters"]
    told: dict[str, Any] = found
    return told
