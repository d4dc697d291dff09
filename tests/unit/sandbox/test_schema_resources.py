"""Records of resources that no API of the sandbox knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.resources import custom_names, replacement, schema_resources
from scripts.sandbox.resources.schema_resources import STORE, AlreadyExists, Created
from scripts.sandbox.resources.schemas import ResourceSchema, schema_of

ACCOUNT, REGION = "111122223333", "eu-west-1"


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    STORE.reset()
    yield
    STORE.reset()


def schema(type_name: str) -> ResourceSchema:
    found = schema_of(type_name, REGION)
    assert found is not None
    return found


def make(type_name: str, region: str = REGION, **properties: Any) -> Created:
    return schema_resources.create(
        schema(type_name),
        "Logical",
        properties,
        stack="shop",
        name="shop-Logical-0A1B2C3D4E5F6",
        account=ACCOUNT,
        region=region,
    )


@pytest.mark.parametrize(
    ("type_name", "properties", "ref"),
    [
        ("AWS::CodeDeploy::Application", {"ApplicationName": "a"}, "a"),
        ("AWS::CodeDeploy::Application", {}, "shop-Logical-0A1B2C3D4E5F6"),
        (
            "AWS::CodeDeploy::DeploymentGroup",
            {"ApplicationName": "a", "DeploymentGroupName": "g", "ServiceRoleArn": "r"},
            "g",
        ),
        (
            "AWS::ApplicationAutoScaling::ScalableTarget",
            {"ResourceId": "table/t", "ScalableDimension": "d", "ServiceNamespace": "n"},
            "table/t|d|n",
        ),
        ("AWS::S3::StorageLens", {"StorageLensConfiguration": {"Id": "lens"}}, "lens"),
    ],
)
def test_what_ref_gives(type_name: str, properties: dict[str, Any], ref: str) -> None:
    assert make(type_name, **properties)[0] == ref


def test_a_name_that_is_taken_is_refused() -> None:
    make("AWS::CodeDeploy::Application", ApplicationName="a")
    with pytest.raises(AlreadyExists, match="with identifier 'a' already exists"):
        make("AWS::CodeDeploy::Application", ApplicationName="a")
    make("AWS::CodeDeploy::Application", region="eu-central-1", ApplicationName="a")


def test_a_global_resource_is_one_in_all_regions() -> None:
    make("AWS::CloudFront::MonitoringSubscription", DistributionId="E1")
    with pytest.raises(AlreadyExists):
        make("AWS::CloudFront::MonitoringSubscription", region="us-east-1", DistributionId="E1")


def test_an_update_keeps_identity_and_attributes() -> None:
    identifier, attributes = make("AWS::Shield::Protection", Name="n", ResourceArn="arn")
    again, updated = schema_resources.update(
        schema("AWS::Shield::Protection"), identifier, {"Name": "m"}, ACCOUNT, REGION
    )
    assert (again, updated) == (identifier, attributes)


def test_an_update_of_what_is_gone_says_so() -> None:
    with pytest.raises(ValueError, match="was not found"):
        schema_resources.update(schema("AWS::Shield::Protection"), "x", {}, ACCOUNT, REGION)


def test_the_store_survives_a_stop(tmp_path: Path) -> None:
    identifier, attributes = make("AWS::CodeDeploy::Application", ApplicationName="a")
    STORE.save(tmp_path)
    STORE.reset()
    assert not STORE.records
    STORE.load(tmp_path)
    held = next(iter(STORE.records.values()))
    assert held[identifier].attributes == attributes
    assert held[identifier].properties == {"ApplicationName": "a"}


def test_a_delete_frees_the_name() -> None:
    identifier, _ = make("AWS::CodeDeploy::Application", ApplicationName="a")
    schema_resources.delete("AWS::CodeDeploy::Application", identifier, ACCOUNT, REGION)
    make("AWS::CodeDeploy::Application", ApplicationName="a")


def test_create_only_properties_nested_ones_included() -> None:
    check = schema("AWS::Route53::HealthCheck")
    config = {"Type": "HTTP", "RequestInterval": 30}
    old = {"HealthCheckConfig": config}
    assert replacement.always(check) == ()
    assert replacement.conditionally(check) == ("HealthCheckConfig",)
    assert replacement.nested_change(check, old, {"HealthCheckConfig": {**config, "Type": "TCP"}})
    assert not replacement.nested_change(check, old, {"HealthCheckConfig": {**config, "Port": 1}})
    same = {"HealthCheckConfig": {**config, "RequestInterval": "30"}}
    assert not replacement.nested_change(check, old, same)


def test_the_name_of_a_resource() -> None:
    application = {"name": "ApplicationName"}
    assert custom_names.kept(schema("AWS::CodeDeploy::Application")) == application
    assert custom_names.kept(schema("AWS::SQS::Queue")) == {"name": "QueueName"}
    assert custom_names.kept(schema("AWS::EC2::SecurityGroup")) == {"name": ("VpcId", "GroupName")}
    assert custom_names.kept(schema("AWS::Route53::HealthCheck")) is None


def test_tables_are_derived_on_first_use() -> None:
    asked: list[str] = []

    def derive(name: str) -> tuple[str, ...] | None:
        asked.append(name)
        return ("A",) if name == "known" else None

    table = replacement.FromSchema({"own": ("B",)}, derive)
    assert table.get("own") == ("B",)
    assert table.get("known") == table.get("known") == ("A",)
    assert table.get("other", ()) == ()
    assert asked == ["known", "other"]
