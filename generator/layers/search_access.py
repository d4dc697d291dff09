"""Who may do what inside the search domain: its own roles, and the function that gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Sub
from troposphere.cloudformation import CustomResource

from generator import grants
from generator.layers.search_domain import INDEX, domain_arn

if TYPE_CHECKING:
    from generator.layers.search import Search

#: What the domain's own roles may do; `_bulk` and `_msearch` are asked of the cluster, then of each index.
#: https://docs.opensearch.org/latest/security/access-control/default-action-groups/
READER = {
    "cluster_permissions": ["cluster_composite_ops_ro"],
    "index_permissions": [{"index_patterns": [INDEX], "allowed_actions": ["read"]}],
}
WRITER = {
    "cluster_permissions": ["indices:data/write/bulk"],
    "index_permissions": [
        {
            "index_patterns": [INDEX],
            "allowed_actions": ["write", "create_index", "indices:admin/mapping/put"],
        }
    ],
}

#: The fleet's role, by the purpose that its name is derived from.
FLEET_ROLE = "shop-instance"


def access_function(layer: Search) -> AWSObject:
    """Its role is the domain's master user: nobody has a password."""
    return layer.function(
        "SearchAccess",
        "search_access",
        [grants.SearchDomain(domain_arn(layer)).administer()],
        timeout=300,
        concurrency=1,
    )


def roles(layer: Search) -> AWSObject:
    """No CloudFormation type has them. The fleet comes later: its role is told by its name."""
    fleet = Sub(
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}",
        Name=layer.named(FLEET_ROLE),
    )
    writer = GetAtt("SearchIndexerRole", "Arn")
    return layer.add(
        CustomResource(
            "SearchRoles",
            ServiceToken=GetAtt(layer.access, "Arn"),
            ServiceTimeout=360,
            Endpoint=GetAtt(layer.domain, "DomainEndpoint"),
            Roles={
                "catalogue-reader": {"Permissions": READER, "Bearers": [fleet]},
                "catalogue-writer": {"Permissions": WRITER, "Bearers": [writer]},
            },
        )
    )
