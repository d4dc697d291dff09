"""The KMS keys of a region: one for each domain of data, elsewhere a replica of the primary's.

A domain's key policy lets the account's own IAM policies administer and use the key, and names the services
that use it by themselves (`generator.key_services`). No statement names a role: a key whose policy names a
principal that does not exist yet cannot be made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from awacs import kms
from awacs.aws import Allow, BoolIfExists, Statement
from troposphere import FindInMap, GetAtt, If, Ref, Sub, encode_to_dict
from troposphere.kms import Alias, Key, ReplicaKey

from generator.conditions import Conditions
from generator.key_services import USE, artifacts_services, data_services, logs_services
from generator.naming import pascal
from generator.resource_policies import policy, refuse, this_account
from generator.territory import NAMES

if TYPE_CHECKING:
    from generator.layer import Layer

#: Days between the request to delete a key and its end: the longest that KMS offers.
DELETION_WINDOW = 30

ADMINISTRATION = [
    kms.CancelKeyDeletion,
    kms.CreateAlias,
    kms.DeleteAlias,
    kms.DescribeKey,
    kms.DisableKey,
    kms.DisableKeyRotation,
    kms.EnableKey,
    kms.EnableKeyRotation,
    kms.GetKeyPolicy,
    kms.GetKeyRotationStatus,
    kms.ListAliases,
    kms.ListGrants,
    kms.ListKeyPolicies,
    kms.ListResourceTags,
    kms.PutKeyPolicy,
    kms.ReplicateKey,
    kms.RetireGrant,
    kms.RevokeGrant,
    kms.ScheduleKeyDeletion,
    kms.TagResource,
    kms.UntagResource,
    kms.UpdateAlias,
    kms.UpdateKeyDescription,
]


def no_services(_: Layer) -> list[Statement]:
    """Nobody but the account's own principals."""
    return []


@dataclass(frozen=True)
class Domain:
    """A kind of data with a key of its own.

    `services` are those that use the key by themselves; `after` is what must be there before it.
    """

    purpose: str
    services: Callable[[Layer], list[Statement]]
    after: tuple[str, ...] = ()


#: A grant that no service of AWS makes, nor asks for: Control Tower's CT.KMS.PR.3, in its words.
NO_SERVICE = [
    BoolIfExists({"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"})
]

#: The data key's policy names the fleets' role, and KMS refuses a principal that it does not see yet. IAM
#: takes seconds to tell everybody of a new role, and meanwhile another key is made.
#: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
DOMAINS = (
    Domain("data", data_services, after=("LogsKey",)),
    Domain("logs", logs_services, after=("FleetRole",)),
    Domain("secrets", no_services),
    Domain("artifacts", artifacts_services),
)

#: Where the template says, once for all keys, what the account does with them: it must fit into a call.
ACCOUNT_ACTIONS = ("KeyActions", "Account", "Actions")


class MappedStatement(Statement):
    """A statement whose actions a mapping holds; awacs takes only a list."""

    props = {**Statement.props, "Action": (FindInMap, True)}


def domain_key(layer: Layer, domain: Domain, primary_key_arn: Ref) -> If:
    """The domain's key with its alias; gives the ARN of the key that this region has.

    A replica shares the primary's key material and rotates with it, so a replica has no rotation to set.
    https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
    """
    title = pascal(domain.purpose)
    kept: dict[str, Any] = {
        "KeyPolicy": encode_to_dict(policy(*_account(layer), *domain.services(layer))),
        "PendingWindowInDays": DELETION_WINDOW,
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
    }
    made_before: dict[str, Any] = {"DependsOn": list(domain.after)} if domain.after else {}
    key = layer.add(
        Key(
            f"{title}Key",
            Description=f"Tradewind {domain.purpose}",
            MultiRegion=True,
            EnableKeyRotation=True,
            **made_before,
            **kept,
            **layer.only(Conditions.primary),
        )
    )
    replica = layer.add(
        ReplicaKey(
            f"{title}ReplicaKey",
            Description=f"Tradewind {domain.purpose}, a replica of the primary's",
            PrimaryKeyArn=primary_key_arn,
            **kept,
            **layer.only(Conditions.has_replica_keys),
        )
    )
    layer.add(
        Alias(
            f"{title}KeyAlias",
            AliasName=alias(domain.purpose),
            TargetKeyId=layer.choose(Conditions.primary, Ref(key), Ref(replica)),
        )
    )
    return layer.choose(Conditions.primary, GetAtt(key, "Arn"), GetAtt(replica, "Arn"))


def alias(purpose: str) -> Sub:
    """The alias of a domain's key, the same in both regions."""
    return Sub(f"alias/{NAMES}{purpose}")


def _account(layer: Layer) -> list[Statement]:
    """The account's IAM policies decide who administers and who uses the key; grants are for services alone.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    mapping, of, name = ACCOUNT_ACTIONS
    actions = sorted(action.JSONrepr() for action in {*ADMINISTRATION, *USE, kms.CreateGrant})
    layer.template.mappings.setdefault(mapping, {of: {name: actions}})
    return [
        MappedStatement(
            Sid="AccountAdministersAndUses",
            Effect=Allow,
            Principal=this_account(),
            Action=FindInMap(*ACCOUNT_ACTIONS),
            Resource=["*"],
        ),
        refuse("OnlyServicesGrant", [kms.CreateGrant], ["*"], NO_SERVICE),
    ]
