"""A tier's alarm, and those that it should hear of."""

from __future__ import annotations

import json

from generator.layer import Layer
from generator.render import render


def unheard(layer: type[Layer], tier: str) -> list[str]:
    """The alarms of a layer that its tier's does not name, or that act on nothing."""
    resources = json.loads(render(layer().template))["Resources"]
    rule = json.dumps(resources[tier]["Properties"]["AlarmRule"])
    return [
        title
        for title, resource in resources.items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        and (f"${{{title}}}" not in rule or not resource["Properties"]["AlarmActions"])
    ]
