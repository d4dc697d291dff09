"""Roles made of grants, each under the boundary of its kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from awacs.aws import Allow, PolicyDocument, Statement
from awacs.sts import AssumeRole
from troposphere import AWSObject, NoValue, Ref, Sub, encode_to_dict
from troposphere.iam import ManagedPolicy, Role

from generator.conditions import condition_of
from generator.grants.statements import Allowed, Trust
from generator.naming import PREFIX, kebab

if TYPE_CHECKING:
    from generator.conditions import Condition
    from generator.layer import Layer

#: The path of what roles are granted: a deployer may change what lies there, and no policy elsewhere.
GRANTS = "grants"


def role(
    layer: Layer,
    title: str,
    trusted: Trust,
    allows: Iterable[Allowed],
    *,
    under: str = "runtime",
    apart: Mapping[str, Iterable[Allowed]] | None = None,
    besides: Mapping[Condition, Iterable[Allowed]] | None = None,
    **properties: Any,
) -> AWSObject:
    """A role whose name is derived, whose policies are its grants, and whose boundary is that of its kind.

    `apart` are grants in policies of their own, by name, where one would be too long; `besides` those on what
    is there under a condition alone. The policies are managed ones: each has versions and is seen by itself,
    which an inline policy is not (AWS Config: iam-no-inline-policy-check).
    """
    attached: list[object] = [*properties.pop("ManagedPolicyArns", ())]
    for name, granted in {"Grants": allows, **(apart or {})}.items():
        if always := list(flattened(granted)):
            policy = _policy(layer, title, name, always, **condition_of(properties))
            attached.append(Ref(policy))
    for condition, more in (besides or {}).items():
        policy = _policy(layer, title, condition.name, flattened(more), **layer.only(condition))
        attached.append(layer.choose(condition, Ref(policy), NoValue))
    assume = Statement(
        Effect=Allow,
        Action=[AssumeRole],
        Principal=trusted.principal,
        Condition=trusted.condition,
    )
    return Role(
        title,
        RoleName=layer.named(kebab(title)),
        PermissionsBoundary=boundary_arn(layer, under),
        AssumeRolePolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[assume]),
        ManagedPolicyArns=attached,
        **properties,
    )


def _policy(
    layer: Layer, title: str, name: str, statements: Iterable[Statement], **properties: Any
) -> AWSObject:
    return layer.add(
        ManagedPolicy(
            f"{title}{name}",
            ManagedPolicyName=layer.named(f"{kebab(title)}-{kebab(name)}"),
            Path=f"/{GRANTS}/",
            PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=merged(statements)),
            **properties,
        )
    )


def boundary_arn(layer: Layer, kind: str) -> Sub:
    """A boundary by its kind: `runtime` for our code, `service` for AWS's, `deployer` for what deploys."""
    name = f"{PREFIX}-${{Environment}}-{kind}-boundary-${{AWS::Region}}"
    return layer.sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{name}")


def flattened(allows: Iterable[Allowed]) -> Iterator[Statement]:
    """The statements of nested grants, in order."""
    for granted in allows:
        if isinstance(granted, Statement):
            yield granted
        else:
            yield from flattened(granted)


def merged(statements: Iterable[Statement]) -> list[Statement]:
    """Drop repetitions, and give the resources of statements that differ in nothing else to one of them."""
    by_shape: dict[str, Statement] = {}
    for statement in statements:
        actions = sorted(action.JSONrepr() for action in statement.Action)
        shape = _canonical([actions, statement.properties.get("Condition")])
        if shape not in by_shape:
            by_shape[shape] = statement
            continue
        known = by_shape[shape]
        have = {_canonical(resource) for resource in known.Resource}
        known.Resource = known.Resource + [
            resource for resource in statement.Resource if _canonical(resource) not in have
        ]
    return list(by_shape.values())


def _canonical(value: Any) -> str:
    """One text for equal values, however deep the intrinsics in them are."""
    return json.dumps(encode_to_dict(value), sort_keys=True)
