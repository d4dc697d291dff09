"""KMS keys of several Regions, which ministack's own type makes of one."""

from __future__ import annotations

from scripts.sandbox.resources.api_resources.calls import call
from scripts.sandbox.resources.handlers import Handler, Properties
from scripts.sandbox.resources.schema_resources import Created


def key(native: Handler) -> Handler:
    """AWS::KMS::Key: a multi-Region key is made as such, so that it can be replicated."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        if str(properties.get("MultiRegion", False)).lower() != "true":
            created: Created = native["create"](logical_id, properties, stack)
            return created
        given = {name: value for name, value in properties.items() if name != "Tags"}
        given["Policy"] = given.pop("KeyPolicy", None)
        given["Tags"] = [
            {"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", ())
        ]
        made = call("kms", "CreateKey", given)["KeyMetadata"]
        identifier = str(made["KeyId"])
        if str(properties.get("EnableKeyRotation", False)).lower() == "true":
            rotation = {"KeyId": identifier}
            if "RotationPeriodInDays" in properties:
                rotation["RotationPeriodInDays"] = properties["RotationPeriodInDays"]
            call("kms", "EnableKeyRotation", rotation)
        if str(properties.get("Enabled", True)).lower() == "false":
            call("kms", "DisableKey", {"KeyId": identifier})
        return identifier, {"Arn": made["Arn"], "KeyId": identifier}

    return {**native, "create": create}
