"""A small root with two layers, as the generator would write it; every test bends a copy."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from generator.manifest import Manifest, ParameterSource
from generator.render import address

Template = dict[str, Any]

NETWORK: Template = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "Tradewind network: a VPC",
    "Parameters": {
        "AvailabilityZones": {"Type": "Number", "AllowedValues": ["2", "3"]},
        "VpcCidr": {"Type": "String", "AllowedPattern": r"(\d{1,3}\.){3}\d{1,3}/\d+"},
    },
    "Conditions": {"ThirdZone": {"Fn::Equals": [{"Ref": "AvailabilityZones"}, "3"]}},
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "VpcCidr"}}},
        "SubnetC": {
            "Type": "AWS::EC2::Subnet",
            "Condition": "ThirdZone",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": {"Fn::Select": [2, {"Fn::Cidr": [{"Ref": "VpcCidr"}, 4, 8]}]},
            },
        },
    },
    "Outputs": {
        "VpcId": {"Value": {"Ref": "Vpc"}},
        "SubnetC": {"Value": {"Fn::If": ["ThirdZone", {"Ref": "SubnetC"}, ""]}},
    },
}

SHOP: Template = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "Tradewind shop: a security group",
    "Parameters": {
        "ShopMinimum": {"Type": "Number", "MinValue": 2, "MaxValue": 10},
        "VpcId": {"Type": "AWS::EC2::VPC::Id"},
    },
    "Resources": {
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": {"Fn::Sub": "for ${ShopMinimum} instances"},
                "VpcId": {"Ref": "VpcId"},
            },
        }
    },
}

PLATFORM: Template = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "Tradewind platform: the root that nests 2 layers",
    "Parameters": {
        "AvailabilityZones": {"Type": "Number", "AllowedValues": ["2", "3"], "Default": "2"},
        "ShopMinimum": {"Type": "Number", "Default": "2"},
        "TemplateBaseUrl": {"Type": "String"},
        "VpcCidr": {"Type": "String"},
    },
    "Resources": {
        "Network": {
            "Type": "AWS::CloudFormation::Stack",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {
                "Parameters": {
                    "AvailabilityZones": {"Ref": "AvailabilityZones"},
                    "VpcCidr": {"Ref": "VpcCidr"},
                },
            },
        },
        "Shop": {
            "Type": "AWS::CloudFormation::Stack",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {
                "Parameters": {
                    "ShopMinimum": {"Ref": "ShopMinimum"},
                    "VpcId": {"Fn::GetAtt": ["Network", "Outputs.VpcId"]},
                },
            },
        },
    },
}

LAYERS = {"Network": "network.json", "Shop": "shop.json"}
SETTINGS = {
    "AvailabilityZones": "availability_zones",
    "ShopMinimum": "shop_minimum",
    "VpcCidr": "vpc_cidr",
}


def platform() -> dict[str, Template]:
    """File name -> template, without the root's URLs and manifest."""
    return copy.deepcopy({"network.json": NETWORK, "shop.json": SHOP, "platform.json": PLATFORM})


def written(
    templates: Mapping[str, Template], handoffs: Mapping[str, ParameterSource] | None = None
) -> dict[str, bytes]:
    """File name -> bytes, the root with the addresses of its children and its manifest."""
    bodies = {file: dump(template) for file, template in templates.items()}
    root = copy.deepcopy(templates["platform.json"])
    for logical_id, file in LAYERS.items():
        at = f"${{TemplateBaseUrl}}/{address(bodies[file])}/{file}" if file in bodies else "gone"
        properties = root["Resources"][logical_id]["Properties"]
        properties.setdefault("TemplateURL", {"Fn::Sub": at})
    sources = {
        name: ParameterSource.setting(key, "environment")
        for name, key in SETTINGS.items()
        if name in root["Parameters"]
    }
    sources["TemplateBaseUrl"] = ParameterSource.setting("template_base_url", "planner")
    manifest = Manifest("platform", {**sources, **(handoffs or {})}, LAYERS)
    root["Metadata"] = manifest.to_metadata()
    return {**bodies, "platform.json": dump(root)}


def dump(template: Template) -> bytes:
    return (json.dumps(template, indent=1) + "\n").encode()
