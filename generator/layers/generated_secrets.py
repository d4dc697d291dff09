"""A secret that nobody has chosen: generated in the primary, replicated, and kept at home by its policy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from awacs import secretsmanager
from troposphere import AWSObject, Ref, Tags
from troposphere.secretsmanager import (
    GenerateSecretString,
    ReplicaRegion,
    ResourcePolicy,
    Secret,
)

from generator.conditions import Condition, Conditions
from generator.resource_policies import IN_THE_CLEAR, STRANGERS, policy, refuse

if TYPE_CHECKING:
    from generator.layers.secrets import Secrets

#: What a secret's policy denies to whoever should not be there.
USES = [
    secretsmanager.GetSecretValue,
    secretsmanager.PutSecretValue,
    secretsmanager.UpdateSecret,
    secretsmanager.UpdateSecretVersionStage,
    secretsmanager.DescribeSecret,
    secretsmanager.DeleteSecret,
    secretsmanager.PutResourcePolicy,
    secretsmanager.DeleteResourcePolicy,
]

#: In a secret's policy `*` is the secret itself; replicas carry the policy, under another ARN.
AT_HOME = policy(
    refuse("OnlyThisAccount", USES, ["*"], STRANGERS),
    refuse("OnlyOverTls", USES, ["*"], IN_THE_CLEAR),
)


def generated_secret(
    layer: Secrets,
    title: str,
    *,
    purpose: str,
    says: str,
    generated: str,
    beside: dict[str, str],
    replicas: Sequence[object] = (),
    there: Condition = Conditions.primary,
    **attributes: Any,
) -> AWSObject:
    """A generated secret, and a policy that keeps it at home; its replica is the peer's if none is named.

    It goes with its stack: it opens nothing that outlives it. A snapshot's password is set anew.
    """
    secret = layer.add(
        Secret(
            title,
            Name=layer.named_everywhere(purpose),
            Description=says,
            KmsKeyId=layer.secrets_key_arn,
            GenerateSecretString=GenerateSecretString(
                SecretStringTemplate=json.dumps(beside, sort_keys=True),
                GenerateStringKey=generated,
                PasswordLength=40,
                ExcludePunctuation=True,
            ),
            ReplicaRegions=list(replicas) or [in_the_peer(layer)],
            Tags=Tags(Name=layer.named_everywhere(purpose)),
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Retain",
            **attributes,
            **layer.only(there),
        )
    )
    layer.add(
        ResourcePolicy(
            f"{title}Policy",
            SecretId=Ref(secret),
            BlockPublicPolicy=True,
            ResourcePolicy=AT_HOME,
            **layer.only(there),
        )
    )
    return secret


def in_the_peer(layer: Secrets) -> ReplicaRegion:
    """The other region of the pair has it too, under its own key."""
    return ReplicaRegion(Region=layer.settings.peer_region, KmsKeyId=layer.peer_secrets_key_arn)
