"""A platform that is small enough to be deployed a hundred times: two roots, one with two nested layers.

foundation hands its bucket on to its peer and to platform; in platform, Queue hands its ARN to Catalog, and
Catalog names a bundle.
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


@dataclass(frozen=True)
class Shop:
    """What a test may want otherwise."""

    delay: int = 5
    table: bool = True
    topics: int = 1
    misfit: bool = False
    waits: bool = False

    def write(self, out: Path) -> None:
        """Write the templates as `tradewind build` would."""
        children = {"queue.json": render(self.queue()), "catalog.json": render(self.catalog())}
        files = {
            **children,
            "foundation.json": render(self.foundation()),
            "platform.json": render(self.platform(children)),
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
                    "Properties": {"BucketName": {"Fn::Sub": name}},
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
            "Outputs": {"BucketArn": {"Value": {"Fn::GetAtt": ["Artifacts", "Arn"]}}},
        }

    def queue(self) -> dict[str, Any]:
        waiting = {
            "Signal": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "Signalled": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "Signal"}, "Timeout": "60", "Count": 1},
            },
        }
        return {
            "Parameters": {"Environment": TEXT},
            "Resources": {
                "Orders": {
                    "Type": "AWS::SQS::Queue",
                    "Properties": {
                        "QueueName": {"Fn::Sub": "tradewind-${Environment}-orders"},
                        "DelaySeconds": self.delay,
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
        return {
            "Parameters": {"Environment": TEXT, "OrdersArn": TEXT, "BucketArn": TEXT},
            "Resources": {"Note": note, **topics, **({"Products": table} if self.table else {})},
        }

    def platform(self, children: dict[str, bytes]) -> dict[str, Any]:
        manifest = Manifest(
            "platform",
            {
                "BucketArn": ParameterSource.handoff("foundation", "own", "BucketArn", "x"),
                "Environment": ENVIRONMENT,
                "TemplateBaseUrl": ParameterSource.setting("template_base_url", "planner"),
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
                    **({"Colour": "red"} if self.misfit else {}),
                ),
                "Catalog": nested(
                    "catalog.json",
                    Environment=environment,
                    BucketArn={"Ref": "BucketArn"},
                    OrdersArn={"Fn::GetAtt": ["Queue", "Outputs.OrdersArn"]},
                ),
            },
        }


def render(template: dict[str, Any]) -> bytes:
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **template}, indent=1).encode()
