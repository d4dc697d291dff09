"""A platform that is small enough to be deployed a hundred times: two roots, one with two nested layers.

foundation hands its bucket on to its peer and to platform; in platform, Queue hands its ARN to Catalog, and
Catalog names a bundle. `piped` adds what the pipeline needs: the real pipeline.json with what it stands on,
an edge, and a queue's ARN that the standby receives from the primary.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.bundles import function_bundle
from generator.manifest import Manifest, ParameterSource
from generator.render import address

ENVIRONMENT = ParameterSource.setting("environment", "planner")
TEXT = {"Type": "String"}

#: The key of a bundle that is made without any wheel, and so without a package index.
BUNDLE = function_bundle("takeover_responder").key

PIPELINE = Path(__file__).parents[3] / "templates" / "out" / "pipeline.json"

#: What the standby's platform receives from the primary's.
FROM_PRIMARY = ParameterSource.handoff("platform", "primary", "OrdersArn", "x")

ROLE = ParameterSource.setting("region_role", "planner")

_KEY = {"Fn::Sub": "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/none"}

#: What pipeline.json takes from foundation.
FOR_THE_PIPELINE = {
    "ArtifactsBucket": {"Value": {"Ref": "Artifacts"}},
    "ArtifactsKeyArn": {"Value": _KEY},
    "LogsKeyArn": {"Value": _KEY},
}


@dataclass(frozen=True)
class Shop:
    """What a test may want otherwise."""

    delay: int = 5
    table: bool = True
    topics: int = 1
    misfit: bool = False
    waits: bool = False
    piped: bool = False
    queue_name: str = "orders"
    standby_delay: int | None = None
    edge_note: str = "edge"

    def write(self, out: Path) -> None:
        """Write the templates as `tradewind build` would."""
        children = {"queue.json": render(self.queue()), "catalog.json": render(self.catalog())}
        files = {
            **children,
            "foundation.json": render(self.foundation()),
            "platform.json": render(self.platform(children)),
        }
        if self.piped:
            files |= {
                "account.json": render(self.account()),
                "edge.json": render(self.edge()),
                "pipeline.json": PIPELINE.read_bytes(),
            }
        out.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            (out / name).write_bytes(body)

    def foundation(self) -> dict[str, Any]:
        manifest = Manifest(
            "foundation",
            {
                "Environment": ENVIRONMENT,
                "PeerReady": ParameterSource.setting("peer_ready", "planner"),
                "PeerBucketArn": ParameterSource.handoff("foundation", "peer", "BucketArn", "x"),
            },
            {},
        )
        name = "tradewind-${Environment}-artifacts-${AWS::AccountId}-${AWS::Region}"
        return {
            "Metadata": manifest.to_metadata(),
            "Parameters": dict.fromkeys(manifest.parameters, TEXT),
            "Conditions": {"Replicates": {"Fn::Equals": [{"Ref": "PeerReady"}, "true"]}},
            "Resources": {
                "Artifacts": {
                    "Type": "AWS::S3::Bucket",
                    "DeletionPolicy": "Retain",
                    "UpdateReplacePolicy": "Retain",
                    "Properties": {
                        "BucketName": {"Fn::Sub": name},
                        "VersioningConfiguration": {"Status": "Enabled"},
                    },
                },
                "PeerNote": {
                    "Type": "AWS::SSM::Parameter",
                    "Condition": "Replicates",
                    "Properties": {
                        "Name": {"Fn::Sub": "/tradewind/${Environment}/peer"},
                        "Type": "String",
                        "Value": {"Ref": "PeerBucketArn"},
                    },
                },
            },
            "Outputs": {
                "BucketArn": {"Value": {"Fn::GetAtt": ["Artifacts", "Arn"]}},
                **(FOR_THE_PIPELINE if self.piped else {}),
            },
        }

    def account(self) -> dict[str, Any]:
        manifest = Manifest("account", {"Environment": ENVIRONMENT}, {})
        return {
            "Metadata": manifest.to_metadata(),
            "Parameters": dict.fromkeys(manifest.parameters, TEXT),
            "Resources": {"News": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {"AccountTopicArn": {"Value": {"Ref": "News"}}},
        }

    def edge(self) -> dict[str, Any]:
        manifest = Manifest("edge", {"Environment": ENVIRONMENT}, {})
        return {
            "Metadata": manifest.to_metadata(),
            "Parameters": dict.fromkeys(manifest.parameters, TEXT),
            "Resources": {
                "Note": {
                    "Type": "AWS::SSM::Parameter",
                    "Properties": {
                        "Name": {"Fn::Sub": "/tradewind/${Environment}/edge"},
                        "Type": "String",
                        "Value": self.edge_note,
                    },
                }
            },
        }

    def queue(self) -> dict[str, Any]:
        waiting = {
            "Signal": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "Signalled": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "Signal"}, "Timeout": "60", "Count": 1},
            },
        }
        delay: Any = self.delay
        if self.standby_delay is not None:
            delay = {"Fn::If": ["Standby", self.standby_delay, self.delay]}
        standby = {"Fn::Equals": [{"Ref": "RegionRole"}, "standby"]}
        return {
            "Parameters": {
                "Environment": TEXT,
                **({"RegionRole": TEXT} if self.piped else {}),
            },
            **({"Conditions": {"Standby": standby}} if self.piped else {}),
            "Resources": {
                "Orders": {
                    "Type": "AWS::SQS::Queue",
                    "Properties": {
                        "QueueName": {"Fn::Sub": f"tradewind-${{Environment}}-{self.queue_name}"},
                        "DelaySeconds": delay,
                    },
                },
                **(waiting if self.waits else {}),
            },
            "Outputs": {"OrdersArn": {"Value": {"Fn::GetAtt": ["Orders", "Arn"]}}},
        }

    def catalog(self) -> dict[str, Any]:
        table = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            },
        }
        topics = {f"Topic{number}": {"Type": "AWS::SNS::Topic"} for number in range(self.topics)}
        note = {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": {"Fn::Sub": "/tradewind/${Environment}/catalog"},
                "Type": "String",
                "Description": BUNDLE,
                "Value": {"Fn::Join": [",", [{"Ref": "OrdersArn"}, {"Ref": "BucketArn"}]]},
            },
        }
        received = {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": {"Fn::Sub": "/tradewind/${Environment}/primary-orders"},
                "Type": "String",
                "Value": {"Fn::Join": ["", ["from ", {"Ref": "PrimaryOrdersArn"}]]},
            },
        }
        return {
            "Parameters": {
                "Environment": TEXT,
                "OrdersArn": TEXT,
                "BucketArn": TEXT,
                **({"PrimaryOrdersArn": TEXT} if self.piped else {}),
            },
            "Resources": {
                "Note": note,
                **topics,
                **({"Products": table} if self.table else {}),
                **({"Received": received} if self.piped else {}),
            },
        }

    def platform(self, children: dict[str, bytes]) -> dict[str, Any]:
        manifest = Manifest(
            "platform",
            {
                "BucketArn": ParameterSource.handoff("foundation", "own", "BucketArn", "x"),
                "Environment": ENVIRONMENT,
                "TemplateBaseUrl": ParameterSource.setting("template_base_url", "planner"),
                **({"PrimaryOrdersArn": FROM_PRIMARY, "RegionRole": ROLE} if self.piped else {}),
            },
            {"Catalog": "catalog.json", "Queue": "queue.json"},
        )

        def nested(file: str, **parameters: object) -> dict[str, Any]:
            url = f"${{TemplateBaseUrl}}/{address(children[file])}/{file}"
            return {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": {"Fn::Sub": url}, "Parameters": parameters},
            }

        environment = {"Ref": "Environment"}
        return {
            "Metadata": manifest.to_metadata(),
            "Parameters": dict.fromkeys(manifest.parameters, TEXT),
            "Resources": {
                "Queue": nested(
                    "queue.json",
                    Environment=environment,
                    **({"RegionRole": {"Ref": "RegionRole"}} if self.piped else {}),
                    **({"Colour": "red"} if self.misfit else {}),
                ),
                "Catalog": nested(
                    "catalog.json",
                    Environment=environment,
                    BucketArn={"Ref": "BucketArn"},
                    OrdersArn={"Fn::GetAtt": ["Queue", "Outputs.OrdersArn"]},
                    **({"PrimaryOrdersArn": {"Ref": "PrimaryOrdersArn"}} if self.piped else {}),
                ),
            },
            "Outputs": {"OrdersArn": {"Value": {"Fn::GetAtt": ["Queue", "Outputs.OrdersArn"]}}}
            if self.piped
            else {},
        }


def render(template: dict[str, Any]) -> bytes:
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **template}, indent=1).encode()
