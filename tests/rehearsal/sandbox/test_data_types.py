"""Keys, secrets, tables and databases across Regions: made by a stack, found by their API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.sandbox.resource_types import failure, outputs, remove, resource
from tests.rehearsal.sandbox.running import until
from tests.rehearsal.sandbox.stacks import Account, output, template

PEER = "eu-central-1"
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}],
}


def elsewhere(account: Account, service: str) -> Any:
    return account.sandbox.client(service, PEER, account.number)


def deploy_in_peer(account: Account, name: str, body: Any) -> Any:
    account.region = PEER
    account.cfn = account.client("cloudformation")
    try:
        return account.create(name, body)
    finally:
        account.region = "eu-west-1"
        account.cfn = account.client("cloudformation")


def test_a_key_and_its_replica(account: Account) -> None:
    key = resource("KMS::Key", KeyPolicy=KEY_POLICY, MultiRegion=True, EnableKeyRotation=True)
    made = outputs(
        account.create(
            "s", template({"Key": key}, Outputs={"Arn": output({"Fn::GetAtt": ["Key", "Arn"]})})
        )
    )
    kms = account.client("kms")
    assert kms.get_key_rotation_status(KeyId=made["Arn"])["KeyRotationEnabled"]
    replica = resource("KMS::ReplicaKey", PrimaryKeyArn=made["Arn"], KeyPolicy=KEY_POLICY)
    stack = deploy_in_peer(
        account, "s", template({"Key": replica}, Outputs={"Id": output({"Ref": "Key"})})
    )
    identifier = outputs(stack)["Id"]
    assert identifier == made["Arn"].rpartition("/")[2]
    found = elsewhere(account, "kms").describe_key(KeyId=identifier)["KeyMetadata"]
    assert found["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"


def test_a_secret_its_replica_policy_and_rotation(account: Account) -> None:
    def secrets(days: int, *, at_once: bool) -> Any:
        secret = resource(
            "SecretsManager::Secret",
            Name="orders",
            GenerateSecretString={
                "SecretStringTemplate": '{"username": "shop"}',
                "GenerateStringKey": "password",
                "ExcludePunctuation": True,
            },
            ReplicaRegions=[{"Region": PEER}],
        )
        policy = resource(
            "SecretsManager::ResourcePolicy",
            SecretId={"Ref": "Secret"},
            ResourcePolicy={"Version": "2012-10-17", "Statement": []},
        )
        function = resource(
            "Lambda::Function",
            FunctionName="rotate",
            Runtime="python3.13",
            Handler="index.handler",
            Role=f"arn:aws:iam::{account.number}:role/rotate",
            Code={"ZipFile": "def handler(event, context): pass"},
        )
        permission = resource(
            "Lambda::Permission",
            FunctionName={"Ref": "Function"},
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            SourceArn={"Ref": "Secret"},
        )
        schedule = resource(
            "SecretsManager::RotationSchedule",
            SecretId={"Ref": "Secret"},
            RotationLambdaARN={"Fn::GetAtt": "Function.Arn"},
            RotationRules={"AutomaticallyAfterDays": days},
            RotateImmediatelyOnUpdate=at_once,
        ) | {"DependsOn": "Permission"}
        rotation = {"Function": function, "Permission": permission, "Schedule": schedule}
        return template(
            {"Secret": secret, "Policy": policy, **rotation},
            Outputs={"Secret": output({"Ref": "Secret"}), "Schedule": output({"Ref": "Schedule"})},
        )

    manager = account.client("secretsmanager")
    made = outputs(account.create("s", secrets(30, at_once=False)))
    found = manager.describe_secret(SecretId="orders")
    assert made == {"Secret": found["ARN"], "Schedule": found["ARN"]}
    assert found["RotationEnabled"]
    assert found["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert len(found["VersionIdsToStages"]) == 1
    value = json.loads(manager.get_secret_value(SecretId="orders")["SecretString"])
    assert value["username"] == "shop"
    assert value["password"].isalnum()
    assert json.loads(manager.get_resource_policy(SecretId="orders")["ResourcePolicy"])
    replica = elsewhere(account, "secretsmanager").get_secret_value(SecretId="orders")
    assert json.loads(replica["SecretString"]) == value

    account.update("s", secrets(7, at_once=True))
    found = manager.describe_secret(SecretId="orders")
    assert found["RotationRules"] == {"AutomaticallyAfterDays": 7}
    assert len(found["VersionIdsToStages"]) == 2

    taken = account.create(
        "t", template({"Again": resource("SecretsManager::Secret", Name="orders")})
    )
    assert taken["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "the secret orders already exists" in failure(account, "t", "Again")
    remove(account, "s")
    assert manager.list_secrets()["SecretList"] == []


def global_table(account: Account, *regions: str) -> Any:
    def replica(region: str) -> dict[str, Any]:
        key = f"arn:aws:kms:{region}:{account.number}:key/k"
        return {
            "Region": region,
            "SSESpecification": {"KMSMasterKeyId": key},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        }

    table = resource(
        "DynamoDB::GlobalTable",
        TableName="carts",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"SSEEnabled": True, "SSEType": "KMS"},
        TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
        StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"},
        Replicas=[replica(region) for region in regions],
    )
    stream = output({"Fn::GetAtt": ["Table", "StreamArn"]})
    return template({"Table": table}, Outputs={"Stream": stream})


def test_a_global_table(account: Account) -> None:
    made = outputs(account.create("s", global_table(account, "eu-west-1", PEER)))
    assert made["Stream"].startswith(f"arn:aws:dynamodb:eu-west-1:{account.number}:table/carts/")
    here, there = account.client("dynamodb"), elsewhere(account, "dynamodb")
    for client, region in ((here, "eu-west-1"), (there, PEER)):
        table = client.describe_table(TableName="carts")["Table"]
        assert table["SSEDescription"]["KMSMasterKeyArn"].split(":")[3] == region
        backups = client.describe_continuous_backups(TableName="carts")
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
        ttl = client.describe_time_to_live(TableName="carts")["TimeToLiveDescription"]
        assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    here.put_item(TableName="carts", Item={"id": {"S": "1"}})
    key = {"id": {"S": "1"}}
    assert until(lambda: there.get_item(TableName="carts", Key=key).get("Item")) == key

    account.update("s", global_table(account, "eu-west-1"))
    assert there.list_tables()["TableNames"] == []
    assert here.get_item(TableName="carts", Key={"id": {"S": "1"}})["Item"]
    remove(account, "s")
    assert here.list_tables()["TableNames"] == []


def test_a_global_table_without_its_own_region(account: Account) -> None:
    stack = account.create("s", global_table(account, PEER))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "must contain the stack's region eu-west-1" in failure(account, "s", "Table")


def test_a_global_table_keeps_its_consistency(account: Account) -> None:
    body = global_table(account, "eu-west-1", PEER)
    account.create("s", body)
    body["Resources"]["Table"]["Properties"]["MultiRegionConsistency"] = "STRONG"

    assert account.update("s", body)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "cannot change a global table's consistency" in failure(account, "s", "Table")


def test_a_global_table_with_strong_consistency(account: Account) -> None:
    body = global_table(account, "eu-west-1", "eu-central-1")
    table = body["Resources"]["Table"]["Properties"]
    table["MultiRegionConsistency"] = "STRONG"
    table["GlobalTableWitnesses"] = [{"Region": "eu-west-2"}]
    account.create("s", body)
    assert "Time to Live (TTL) is not supported" in failure(account, "s", "Table")

    del table["TimeToLiveSpecification"]
    account.create("t", body)
    made = account.client("dynamodb").describe_table(TableName="carts")["Table"]
    assert made["MultiRegionConsistency"] == "STRONG"
    witness = {"RegionName": "eu-west-2", "WitnessStatus": "ACTIVE"}
    assert made["GlobalTableWitnesses"] == [witness]
    assert "LatestStreamArn" in made
    remove(account, "t")
    assert account.client("dynamodb").list_tables()["TableNames"] == []


def test_an_aurora_global_database(account: Account) -> None:
    whole = resource(
        "RDS::GlobalCluster",
        GlobalClusterIdentifier="orders",
        Engine="aurora-postgresql",
        StorageEncrypted=True,
    )
    writer = resource(
        "RDS::DBCluster",
        DBClusterIdentifier="orders-writer",
        Engine="aurora-postgresql",
        GlobalClusterIdentifier={"Ref": "Whole"},
        MasterUsername="shop",
        MasterUserPassword="not-a-secret",
        StorageEncrypted=True,
    )
    account.create("s", template({"Whole": whole, "Writer": writer}))
    reader = resource(
        "RDS::DBCluster",
        DBClusterIdentifier="orders-reader",
        Engine="aurora-postgresql",
        GlobalClusterIdentifier="orders",
        StorageEncrypted=True,
    )
    deploy_in_peer(account, "s", template({"Reader": reader}))
    found = account.client("rds").describe_global_clusters()["GlobalClusters"][0]
    members = {
        held["DBClusterArn"].split(":")[3]: held["IsWriter"]
        for held in found["GlobalClusterMembers"]
    }
    assert members == {"eu-west-1": True, PEER: False}

    elsewhere(account, "cloudformation").delete_stack(StackName="s")
    remove(account, "s")
    assert account.client("rds").describe_db_clusters()["DBClusters"] == []


def test_a_read_replica_and_deletion_protection(account: Account) -> None:
    def databases(*, protected: bool) -> Any:
        primary = resource(
            "RDS::DBInstance",
            DBInstanceIdentifier="orders",
            Engine="postgres",
            DBInstanceClass="db.t4g.medium",
            AllocatedStorage="20",
            MasterUsername="shop",
            MasterUserPassword="not-a-secret",
            MultiAZ=True,
            DeletionProtection=protected,
        )
        replica = resource(
            "RDS::DBInstance",
            DBInstanceIdentifier="orders-replica",
            SourceDBInstanceIdentifier={"Ref": "Primary"},
            DBInstanceClass="db.t4g.medium",
        )
        for held in (primary, replica):
            held["DeletionPolicy"] = "Delete"
        return template({"Primary": primary, "Replica": replica})

    assert account.create("s", databases(protected=True))["StackStatus"] == "CREATE_COMPLETE"
    rds = account.client("rds")
    found = {
        held["DBInstanceIdentifier"]: held for held in rds.describe_db_instances()["DBInstances"]
    }
    assert found["orders"]["ReadReplicaDBInstanceIdentifiers"] == ["orders-replica"]
    assert found["orders-replica"]["ReadReplicaSourceDBInstanceIdentifier"] == "orders"
    assert {held["DBInstanceStatus"] for held in found.values()} == {"available"}
    assert remove(account, "s") == "DELETE_FAILED"
    assert "please disable deletion protection" in failure(account, "s", "Primary")


def test_a_table_of_one_region(account: Account) -> None:
    table = resource(
        "DynamoDB::Table",
        TableName="takeover",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
    )
    account.create("s", template({"Table": table}))
    dynamodb = account.client("dynamodb")
    ttl = dynamodb.describe_time_to_live(TableName="takeover")["TimeToLiveDescription"]
    assert ttl["TimeToLiveStatus"] == "ENABLED"
    backups = dynamodb.describe_continuous_backups(TableName="takeover")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_bucket_that_replicates(account: Account) -> None:
    peer = f"peer-{account.number}"

    def bucket(days: int) -> Any:
        rule = {
            "Id": "whole",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {
                "Bucket": f"arn:aws:s3:::{peer}",
                "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
                "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
            },
        }
        glacier = {"StorageClass": "GLACIER", "TransitionInDays": days}
        encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}
        by_default = {"ServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}
        made = resource(
            "S3::Bucket",
            BucketName=f"images-{account.number}",
            VersioningConfiguration={"Status": "Enabled"},
            BucketEncryption={"ServerSideEncryptionConfiguration": [by_default]},
            LifecycleConfiguration={"Rules": [{"Status": "Enabled", "Transitions": [glacier]}]},
            ReplicationConfiguration={"Role": "arn:aws:iam::1:role/r", "Rules": [rule]},
            Tags=[{"Key": "backup", "Value": "yes"}],
        )
        dual = output({"Fn::GetAtt": ["Images", "DualStackDomainName"]})
        return template({"Images": made}, Outputs={"Dual": dual})

    early = account.create("early", bucket(30))
    assert early["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Destination bucket must exist." in failure(account, "early", "Images")

    there = elsewhere(account, "s3")
    there.create_bucket(Bucket=peer, CreateBucketConfiguration={"LocationConstraint": PEER})
    there.put_bucket_versioning(Bucket=peer, VersioningConfiguration={"Status": "Enabled"})
    name = f"images-{account.number}"
    made = outputs(account.create("s", bucket(30)))
    assert made["Dual"] == f"{name}.s3.dualstack.eu-west-1.amazonaws.com"
    account.update("s", bucket(60))
    s3 = account.client("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rules[0]["Transitions"] == [{"Days": 60, "StorageClass": "GLACIER"}]
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    by_default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert by_default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"}
    replication = s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"]
    assert replication["Rules"][0]["Destination"]["Bucket"] == f"arn:aws:s3:::{peer}"
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    assert tags["backup"] == "yes"


@pytest.mark.parametrize("versioned", [False, True])
def test_a_bucket_that_holds_something_stays(account: Account, versioned: bool) -> None:
    status = {"Status": "Enabled" if versioned else "Suspended"}
    bucket = resource("S3::Bucket", VersioningConfiguration=status)
    stack_id = account.create("s", template({"Bucket": bucket}))["StackId"]
    name = account.resource("s", "Bucket")["PhysicalResourceId"]
    s3 = account.client("s3")
    s3.put_object(Bucket=name, Key="image", Body=b"x")
    if versioned:
        s3.delete_object(Bucket=name, Key="image")  # and leave its version
    assert account.delete(stack_id)["StackStatus"] == "DELETE_FAILED"
    assert "The bucket you tried to delete is not empty" in failure(account, stack_id, "Bucket")
    for held in s3.list_object_versions(Bucket=name).get("Versions", []):
        s3.delete_object(Bucket=name, Key="image", VersionId=held["VersionId"])
    for marker in s3.list_object_versions(Bucket=name).get("DeleteMarkers", []):
        s3.delete_object(Bucket=name, Key="image", VersionId=marker["VersionId"])
    assert account.delete(stack_id)["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket=name)


def test_a_bucket_that_somebody_deleted_is_no_obstacle(account: Account) -> None:
    stack_id = account.create("s", template({"Bucket": resource("S3::Bucket")}))["StackId"]
    account.client("s3").delete_bucket(Bucket=account.resource("s", "Bucket")["PhysicalResourceId"])
    assert account.delete(stack_id)["StackStatus"] == "DELETE_COMPLETE"
