"""Events of AWS's own services, told to a topic in a sentence that a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject
from troposphere.events import InputTransformer, Rule, Target

from generator.naming import kebab

if TYPE_CHECKING:
    from generator.layer import Layer


@dataclass(frozen=True)
class Announcement:
    """Which events, and what is said of each.

    `says` has a word in angle brackets for each of `told`: the word, and the JSON path of the event that it
    stands for. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """

    title: str
    pattern: Mapping[str, Any]
    says: str
    told: Mapping[str, str]


def announce(layer: Layer, it: Announcement, topic: object, **properties: Any) -> AWSObject:
    """The rule that tells the topic; the topic must let EventBridge publish."""
    return layer.add(
        Rule(
            it.title,
            Name=layer.named(kebab(it.title)),
            Description=it.says.replace("<", "").replace(">", "")[:512],
            EventPattern=dict(it.pattern),
            State="ENABLED",
            Targets=[
                Target(
                    Id="Topic",
                    Arn=topic,
                    InputTransformer=InputTransformer(
                        InputPathsMap=dict(it.told), InputTemplate=json.dumps(it.says)
                    ),
                )
            ],
            **properties,
        )
    )
