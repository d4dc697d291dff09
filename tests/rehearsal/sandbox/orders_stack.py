"""A stack with an orders database, its secret, and the two functions that log in to it."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generator.bundles import function_bundle
from tests.rehearsal.conftest import Sandbox
from tests.unit.runtime.loading import execution_environment

REGION, PORT = "eu-west-1", 5433
PATIENCE = 90.0

#: Runs the real rotation, and kills its own process before or after a step, as FATAL says.
MORTAL = """
import os, signal
import database_rotation

def handler(event, context):
    die_at(f"before {event['Step']}")
    database_rotation.handler(event, context)
    die_at(f"after {event['Step']}")

def die_at(moment):
    if os.environ["FATAL"] == moment:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass(frozen=True)
class Orders:
    """The stack of one account, and what a test does with it."""

    sandbox: Sandbox
    account: str

    def client(self, service: str) -> Any:
        """A client of the stack's account."""
        return self.sandbox.client(service, REGION, self.account)

    def commit(self, order: dict[str, Any]) -> dict[str, Any]:
        """What the workflow's step answers, or the error that it raises."""
        answer = self.client("lambda").invoke(
            FunctionName="commit", Payload=json.dumps({"action": "commit", "order": order})
        )
        told: dict[str, Any] = json.load(answer["Payload"])
        return told

    def engine(self) -> tuple[str, int]:
        """Where the database's engine listens; it is started if need be."""
        return self.sandbox.engine(self.host(), PORT)

    def host(self) -> str:
        """The database's endpoint."""
        (database,) = self.client("rds").describe_db_instances()["DBInstances"]
        host: str = database["Endpoint"]["Address"]
        return host

    def stages(self) -> dict[str, list[str]]:
        """The secret's versions and their labels."""
        told = self.client("secretsmanager").describe_secret(SecretId="orders")
        stages: dict[str, list[str]] = told["VersionIdsToStages"]
        return stages

    def labelled(self, stage: str) -> str | None:
        """The version that bears a label."""
        return next((each for each, labels in self.stages().items() if stage in labels), None)

    def password(self, stage: str = "AWSCURRENT") -> str:
        """The secret's password at a stage."""
        got = self.client("secretsmanager").get_secret_value(SecretId="orders", VersionStage=stage)
        password: str = json.loads(got["SecretString"])["password"]
        return password

    def rotate(self) -> str:
        """Start a rotation; the version that it makes."""
        told = self.client("secretsmanager").rotate_secret(SecretId="orders")
        token: str = told["VersionId"]
        return token

    def be_fatal_at(self, moment: str) -> None:
        """Have the rotation's process killed there from now on (empty: nowhere)."""
        variables = {"DATABASE": "orders", "KIND": "Instance", "FATAL": moment}
        self.client("lambda").update_function_configuration(
            FunctionName="rotation", Environment={"Variables": variables}
        )

    def function(self, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        """A new execution environment of the commit function, in this process."""
        host, port = self.engine()
        for name, value in {"HOST": host, "PORT": str(port), "SECRET": "orders"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        return execution_environment("order_commit", secrets=self.client("secretsmanager"))

    def rows(self, function: ModuleType, table: str = "orders") -> int:
        """How many rows a table has."""
        with function.log_in() as connection:
            ((count,),) = connection.run(f"SELECT count(*) FROM {table}")
        return int(count)


def order(number: int = 1) -> dict[str, Any]:
    """An acknowledged order, as its event tells it."""
    return {
        "order_id": f"00000000-0000-4000-8000-{number:012}",
        "region": REGION,
        "acknowledged_at": "2026-11-23T12:00:00Z",
        "items": [
            {"product_id": "lamp", "quantity": 2, "unit_price": 2500},
            {"product_id": "O'Brien \\ ünïcode", "quantity": 1, "unit_price": 0},
        ],
        "total": 5000,
        "currency": "EUR",
        "customer_id": "c-1",
    }


@contextmanager
def orders_stack(sandbox: Sandbox, account: str) -> Iterator[Orders]:
    """The stack, for as long as it is used."""
    orders = Orders(sandbox, account)
    bucket = f"code-{account}"
    s3, stacks = orders.client("s3"), orders.client("cloudformation")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="commit", Body=_packed("order_commit"))
    s3.put_object(Bucket=bucket, Key="rotation", Body=_packed("database_rotation", mortal=MORTAL))
    stacks.create_stack(
        StackName="orders",
        TemplateBody=json.dumps(_template(bucket)),
        Capabilities=["CAPABILITY_IAM"],
    )
    _wait(stacks, "stack_create_complete")
    yield orders
    stacks.delete_stack(StackName="orders")
    _wait(stacks, "stack_delete_complete")


def eventually(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds that another process brings about."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)


def _wait(stacks: Any, outcome: str) -> None:
    waiter = stacks.get_waiter(outcome)
    waiter.config.delay, waiter.config.max_attempts = 0.1, 600
    waiter.wait(StackName="orders")


def _packed(name: str, **more: str) -> bytes:
    """A function's own files; its wheels are installed here."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for member in function_bundle(name).members:
            packed.writestr(member.path, Path(member.source).read_text())
        for module, source in more.items():
            packed.writestr(f"{module}.py", source)
    return archive.getvalue()


def _template(bucket: str) -> dict[str, Any]:
    login = json.dumps({"username": "orders_owner", "engine": "postgres", "dbname": "orders"})
    resolved = "{{resolve:secretsmanager:${Secret}:SecretString:%s}}"
    return {
        "Resources": {
            "Secret": {
                "Type": "AWS::SecretsManager::Secret",
                "Properties": {
                    "Name": "orders",
                    "GenerateSecretString": {
                        "SecretStringTemplate": login,
                        "GenerateStringKey": "password",
                        "ExcludePunctuation": True,
                    },
                },
            },
            "Database": {
                "Type": "AWS::RDS::DBInstance",
                "DeletionPolicy": "Delete",
                "Properties": {
                    "DBInstanceIdentifier": "orders",
                    "DBInstanceClass": "db.t4g.micro",
                    "Engine": "postgres",
                    "AllocatedStorage": "20",
                    "DBName": "orders",
                    "Port": str(PORT),
                    "MasterUsername": {"Fn::Sub": resolved % "username"},
                    "MasterUserPassword": {"Fn::Sub": resolved % "password"},
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"Service": "lambda.amazonaws.com"},
                                "Action": "sts:AssumeRole",
                            }
                        ],
                    }
                },
            },
            "Commit": _function(
                bucket,
                "commit",
                "order_commit.handler",
                HOST={"Fn::GetAtt": "Database.Endpoint.Address"},
                PORT={"Fn::GetAtt": "Database.Endpoint.Port"},
                SECRET={"Ref": "Secret"},
            ),
            "Rotation": _function(
                bucket, "rotation", "mortal.handler", DATABASE="orders", KIND="Instance", FATAL=""
            ),
            "Permission": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": {"Ref": "Rotation"},
                    "Action": "lambda:InvokeFunction",
                    "Principal": "secretsmanager.amazonaws.com",
                    "SourceAccount": {"Ref": "AWS::AccountId"},
                    "SourceArn": {"Ref": "Secret"},
                },
            },
            "Schedule": {
                "Type": "AWS::SecretsManager::RotationSchedule",
                "DependsOn": "Permission",
                "Properties": {
                    "SecretId": {"Ref": "Secret"},
                    "RotationLambdaARN": {"Fn::GetAtt": "Rotation.Arn"},
                    "RotationRules": {"AutomaticallyAfterDays": 30},
                    "RotateImmediatelyOnUpdate": False,
                },
            },
        }
    }


def _function(bucket: str, name: str, handler: str, **environment: object) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": name,
            "Handler": handler,
            "Runtime": "python3.13",
            "Timeout": 50,
            "Role": {"Fn::GetAtt": "Role.Arn"},
            "Code": {"S3Bucket": bucket, "S3Key": name},
            "Environment": {"Variables": environment},
        },
    }
