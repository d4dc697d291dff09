"""What listeners, rules and their attributes are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from troposphere import AWSProperty
from troposphere.elasticloadbalancingv2 import (
    Condition,
    FixedResponseConfig,
    HttpHeaderConfig,
    PathPatternConfig,
)

Attribute = TypeVar("Attribute", bound=AWSProperty)


def attributes(kind: type[Attribute], values: Mapping[str, object]) -> list[Attribute]:
    """Elastic Load Balancing's attributes: a list of keys and values."""
    return [kind(Key=key, Value=value) for key, value in values.items()]


def path_is(*paths: str) -> Condition:
    """A rule's condition: the path is one of these."""
    return Condition(Field="path-pattern", PathPatternConfig=PathPatternConfig(Values=list(paths)))


def header_is(name: str, values: Iterable[object]) -> Condition:
    """A rule's condition: the header has one of these values; `*` is any."""
    return Condition(
        Field="http-header",
        HttpHeaderConfig=HttpHeaderConfig(HttpHeaderName=name, Values=list(values)),
    )


def refusal() -> FixedResponseConfig:
    """The answer to whoever did not come through our distribution."""
    return FixedResponseConfig(StatusCode="403", ContentType="text/plain", MessageBody="Forbidden")
