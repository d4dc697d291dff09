"""Templates to draw: a small shop, and one of thirty layers with an edge, as the real one grows to be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PRIMARY = {"Fn::Equals": [{"Ref": "RegionRole"}, "primary"]}
STANDBY = {"Fn::Equals": [{"Ref": "RegionRole"}, "standby"]}
WAF = {"Fn::Equals": [{"Ref": "Waf"}, "true"]}
SEARCH = {"Fn::Equals": [{"Ref": "Search"}, "true"]}
CONDITIONS = {"Primary": PRIMARY, "Standby": STANDBY, "Waf": WAF, "Search": SEARCH}

KEYS = {
    "RegionRole": {"kind": "fact", "key": "region_role"},
    "Waf": {"kind": "setting", "key": "waf"},
    "Search": {"kind": "setting", "key": "search"},
}


def resources(*said: str, condition: str = "") -> dict[str, Any]:
    """`Table:DynamoDB::GlobalTable` -> a resource; a third part is its condition."""
    made = {}
    for one in said:
        id, type_name, *own = one.replace("::", "/").split(":")
        made[id] = {"Type": "AWS::" + type_name.replace("/", "::"), "Properties": {}}
        if asked := (own[0] if own else condition):
            made[id]["Condition"] = asked
    return made


def template(purpose: str, held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Description": f"Tradewind x: {purpose}",
        "Conditions": CONDITIONS,
        "Resources": dict(held),
    }


def root(
    name: str,
    layers: Mapping[str, Sequence[str]],
    *,
    conditions: Mapping[str, str] | None = None,
    received: Sequence[tuple[str, str, str]] = (),
) -> dict[str, Any]:
    """A root that nests layers; each layer names whose outputs it takes: `Network.VpcId`."""
    stacks = {}
    for layer, taken in layers.items():
        given = {
            output.replace(".", ""): {
                "Fn::GetAtt": [output.split(".")[0], f"Outputs.{output.split('.')[1]}"]
            }
            for output in taken
        }
        stacks[layer] = {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": given}}
        if asked := (conditions or {}).get(layer):
            stacks[layer]["Condition"] = asked
    parameters = {
        **KEYS,
        **{
            f"{giver}{where}{output}": {
                "kind": "handoff",
                "root": giver,
                "region": where,
                "output": output,
            }
            for giver, where, output in received
        },
    }
    return {
        **template(f"the root that nests {len(layers)} layers", stacks),
        "Metadata": {
            "Tradewind": {
                "Root": name,
                "Layers": {layer: f"{name}-{layer.lower()}.json" for layer in layers},
                "Parameters": parameters,
            }
        },
    }


def alone(
    name: str, held: Mapping[str, Any], received: Sequence[tuple[str, str, str]] = ()
) -> dict[str, Any]:
    """A root without layers."""
    return {**root(name, {}, received=received), **template(f"what {name} is for", held)}


def written(directory: Path, templates: Mapping[str, Any]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name, body in templates.items():
        (directory / f"{name}.json").write_text(json.dumps(body))
    return directory


def nested(name: str, layers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        f"{name}-{layer.lower()}": template(f"what {layer} is for", held)
        for layer, held in layers.items()
    }


FOUNDATION = alone(
    "foundation",
    {
        **resources(
            "DataKey:KMS::Key:Primary",
            "DataReplicaKey:KMS::ReplicaKey:Standby",
            "Vault:Backup::BackupVault",
        ),
        "ImagesBucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"ReplicationConfiguration": {"Role": "r"}, "Key": {"Ref": "DataKey"}},
        },
    },
    [("foundation", "peer", "DataKeyArn")],
)


def small(directory: Path) -> Path:
    """A platform of three layers on a foundation."""
    layers = {
        "Orders": resources("OrdersDatabase:RDS::DBInstance:Primary", "Alarm:CloudWatch::Alarm"),
        "FrontDoor": resources("Balancer:ElasticLoadBalancingV2::LoadBalancer"),
        "Firewall": resources("Acl:WAFv2::WebACL"),
        "Shop": {
            "Fleet": {
                "Type": "AWS::AutoScaling::AutoScalingGroup",
                "Properties": {"TargetGroupARNs": [{"Ref": "Target"}]},
            }
        },
        "Dns": {
            "Origin": {
                "Type": "AWS::Route53::RecordSet",
                "Properties": {"Failover": "PRIMARY"},
            }
        },
        "Takeover": resources("Switch:Lambda::Function"),
    }
    layers["Orders"]["RemoteReplica"] = {
        "Type": "AWS::RDS::DBInstance",
        "Condition": "Standby",
        "Properties": {"SourceRegion": {"Ref": "PrimaryRegion"}},
    }
    platform = root(
        "platform",
        {
            "Orders": [],
            "FrontDoor": [],
            "Firewall": ["FrontDoor.AlbArn"],
            "Shop": ["Orders.Writer", "Orders.Reader", "FrontDoor.TargetGroupArn"],
            "Dns": ["FrontDoor.AlbDnsName"],
            "Takeover": ["FrontDoor.ListenerArn"],
        },
        conditions={"Firewall": "Waf", "Takeover": "Standby"},
        received=[("foundation", "own", "DataKeyArn"), ("platform", "primary", "Writer")],
    )
    return written(
        directory,
        {"foundation": FOUNDATION, "platform": platform, **nested("platform", layers)},
    )


#: Layer -> what it holds and whose outputs it takes, near to what the platform grows to be.
MANY: Mapping[str, tuple[Mapping[str, Any], Sequence[str]]] = {
    "Alerts": (resources("Topic:SNS::Topic"), ()),
    "Network": (
        resources(
            "Vpc:EC2::VPC", *(f"Subnet{i}:EC2::Subnet" for i in range(9)), "Nat:EC2::NatGateway"
        ),
        (),
    ),
    "PrivateLink": (resources(*(f"E{i}:EC2::VPCEndpoint" for i in range(8))), ("Network.VpcId",)),
    "Secrets": (
        resources(
            "OrdersSecret:SecretsManager::Secret:Primary",
            "PaymentSecret:SecretsManager::Secret:Primary",
            "Rotate:Lambda::Function:Primary",
        ),
        ("Alerts.Topic", "Network.VpcId"),
    ),
    "Catalog": (
        {
            f"{name}Table": {
                "Type": "AWS::DynamoDB::GlobalTable",
                "Condition": "Primary",
                "Properties": {"Replicas": [{}, {}]},
            }
            for name in ("Catalogue", "Carts", "OrderIntake")
        },
        ("Alerts.Topic",),
    ),
    "Orders": (
        resources("OrdersDatabase:RDS::DBInstance", "Reader:RDS::DBInstance:Search"),
        ("Alerts.Topic", "Network.VpcId", "Secrets.OrdersSecretArn"),
    ),
    "FrontDoor": (
        resources(
            "Balancer:ElasticLoadBalancingV2::LoadBalancer",
            "Rule:ElasticLoadBalancingV2::ListenerRule",
        ),
        ("Network.VpcId", "Secrets.OriginSecretArn"),
    ),
    "Firewall": (resources("Acl:WAFv2::WebACL"), ("Alerts.Topic", "FrontDoor.AlbArn")),
    "GoldenSignals": (
        resources(*(f"A{i}:CloudWatch::Alarm" for i in range(7))),
        ("Alerts.Topic", "FrontDoor.AlbLabel", "FrontDoor.TargetGroupLabel"),
    ),
    "Storefront": (
        {
            "Fleet": {
                "Type": "AWS::AutoScaling::AutoScalingGroup",
                "Properties": {"TargetGroupARNs": [{"Ref": "Target"}]},
            }
        },
        (
            "Alerts.Topic",
            "Network.SubnetA",
            "Catalog.Carts",
            "Catalog.Catalogue",
            "Orders.Writer",
            "FrontDoor.TargetGroupArn",
            "GoldenSignals.ErrorRate",
            "Secrets.OrdersSecretArn",
            "SessionCache.Endpoint",
            "Search.Endpoint",
            "OrderQueue.QueueUrl",
            "EventBus.BusName",
            "Payments.ApiUrl",
            "Recommendations.CampaignArn",
        ),
    ),
    "FleetScaling": (
        resources(*(f"P{i}:AutoScaling::ScalingPolicy" for i in range(3))),
        ("Alerts.Topic", "Storefront.FleetName", "FrontDoor.AlbLabel"),
    ),
    "ShopReleases": (
        resources("Group:CodeDeploy::DeploymentGroup"),
        (
            "Alerts.Topic",
            "Storefront.FleetName",
            "GoldenSignals.ErrorRate",
            "FrontDoor.TargetGroupName",
        ),
    ),
    "Dns": (
        {"Origin": {"Type": "AWS::Route53::RecordSet", "Properties": {"Failover": "PRIMARY"}}},
        ("FrontDoor.AlbDnsName", "FrontDoor.AlbZoneId"),
    ),
    "Takeover": (
        resources("Switch:DynamoDB::Table", "Answer:Lambda::Function"),
        ("Alerts.Topic", "FrontDoor.ListenerArn"),
    ),
    "Shield": (
        resources("Alb:Shield::Protection"),
        ("FrontDoor.AlbArn", "Dns.EndpointCheckId", "Network.NatA"),
    ),
    "SessionCache": (
        resources("Sessions:ElastiCache::ReplicationGroup"),
        ("Alerts.Topic", "Network.DataSubnetA", "Secrets.CacheSecretArn"),
    ),
    "PriceCache": (
        resources("Prices:ElastiCache::CacheCluster"),
        ("Alerts.Topic", "Network.DataSubnetA"),
    ),
    "Search": (
        resources("Products:OpenSearchService::Domain"),
        ("Alerts.Topic", "Network.DataSubnetA", "Secrets.SearchSecretArn"),
    ),
    "SearchLoader": (
        resources("Load:Lambda::Function"),
        ("Alerts.Topic", "Network.SubnetA", "Search.Endpoint", "Catalog.StreamArn"),
    ),
    "EventBus": (resources("Bus:Events::EventBus", "Archive:Events::Archive"), ("Alerts.Topic",)),
    "OrderWorkflow": (
        resources("Flow:StepFunctions::StateMachine", "Dlq:SQS::Queue", "Reserve:Lambda::Function"),
        (
            "Alerts.Topic",
            "EventBus.BusName",
            "Catalog.OrderIntake",
            "Orders.Writer",
            "Payments.ApiUrl",
            "Network.SubnetA",
        ),
    ),
    "Payments": (
        resources("Api:ApiGateway::RestApi", "Charge:Lambda::Function"),
        ("Alerts.Topic", "Network.SubnetA", "Secrets.PaymentSecretArn"),
    ),
    "OrderQueue": (resources("Jobs:SQS::Queue", "Dead:SQS::Queue"), ("Alerts.Topic",)),
    "Workers": (
        resources("Spot:AutoScaling::AutoScalingGroup"),
        (
            "Alerts.Topic",
            "Network.SubnetA",
            "OrderQueue.QueueUrl",
            "OrderQueue.QueueArn",
            "Catalog.Catalogue",
        ),
    ),
    "WorkerScaling": (
        resources("Backlog:AutoScaling::ScalingPolicy"),
        ("Alerts.Topic", "Workers.FleetName", "OrderQueue.QueueName"),
    ),
    "Analytics": (
        resources(
            "Warehouse:RedshiftServerless::Namespace", "Stream:KinesisFirehose::DeliveryStream"
        ),
        ("Alerts.Topic", "Network.DataSubnetA", "Secrets.WarehouseSecretArn", "EventBus.BusName"),
    ),
    "TopProducts": (
        resources("Flow:StepFunctions::StateMachine"),
        ("Alerts.Topic", "Analytics.Workgroup", "Catalog.Catalogue"),
    ),
    "Recommendations": (
        resources("Shoppers:Personalize::DatasetGroup", "Train:StepFunctions::StateMachine"),
        ("Alerts.Topic", "EventBus.BusName"),
    ),
    "Backup": (resources("Plan:Backup::BackupPlan"), ("Alerts.Topic",)),
    "Observability": (
        resources("Shop:CloudWatch::Dashboard", "Everything:CloudWatch::CompositeAlarm"),
        tuple(
            f"{layer}.AlarmArn"
            for layer in [
                "Alerts",
                "Catalog",
                "Orders",
                "GoldenSignals",
                "Secrets",
                "FleetScaling",
                "Takeover",
                "SessionCache",
                "Search",
                "EventBus",
                "OrderWorkflow",
                "Payments",
                "Workers",
                "Analytics",
                "Recommendations",
                "Backup",
            ]
        ),
    ),
}


def large(directory: Path) -> Path:
    """Thirty layers in platform; account, deployers, edge and load-test beside it."""
    platform = root(
        "platform",
        {name: taken for name, (_, taken) in MANY.items()},
        conditions={
            "Firewall": "Waf",
            "Takeover": "Standby",
            "Search": "Search",
            "SearchLoader": "Search",
            "PrivateLink": "Search",
            "Shield": "Waf",
        },
        received=[
            *(("foundation", "own", f"Key{i}") for i in range(9)),
            ("foundation", "peer", "DataKeyArn"),
            *(("platform", "primary", f"Value{i}") for i in range(5)),
        ],
    )
    edge = root(
        "edge",
        {
            "Certificate": [],
            "WebAcl": [],
            "Distribution": ["Certificate.Arn", "WebAcl.Arn"],
            "Apex": ["Distribution.Name"],
            "Budgets": [],
        },
        conditions={"WebAcl": "Waf"},
        received=[
            ("foundation", "own", "LogsKeyArn"),
            ("foundation", "primary", "ImagesBucket"),
            ("foundation", "standby", "ImagesBucket"),
            ("platform", "primary", "OriginSecretArn"),
            ("platform", "primary", "EndpointCheckId"),
            ("platform", "standby", "EndpointCheckId"),
        ],
    )
    edge_layers = {
        "Certificate": resources("Shop:CertificateManager::Certificate"),
        "WebAcl": resources("Acl:WAFv2::WebACL"),
        "Distribution": resources(
            "Shop:CloudFront::Distribution", "Images:CloudFront::CachePolicy"
        ),
        "Apex": resources("Apex:Route53::RecordSet"),
        "Budgets": resources("Cost:Budgets::Budget"),
    }
    account = alone(
        "account",
        resources(
            "Trail:CloudTrail::Trail:Primary",
            "Recorder:Config::ConfigurationRecorder",
            "R1:Config::ConfigRule",
        ),
        [("foundation", "own", "LogsBucket")],
    )
    return written(
        directory,
        {
            "foundation": FOUNDATION,
            "deployers": alone(
                "deployers", resources("Execution:IAM::Role", "P:IAM::ManagedPolicy")
            ),
            "account": account,
            "platform": platform,
            "edge": edge,
            "load-test": alone(
                "load-test", resources("Fleet:CodeBuild::Project"), [("platform", "own", "Url")]
            ),
            **nested("platform", {name: held for name, (held, _) in MANY.items()}),
            **nested("edge", edge_layers),
        },
    )
