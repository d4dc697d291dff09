"""What is said inside the search domain: who may do what, what is audited, and what is slow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.cloudformation import CustomResource

from generator import grants
from generator.layers.search_domain import INDEX, domain_arn
from generator.layers.search_reindexing import reindexing_arn

if TYPE_CHECKING:
    from generator.layers.search import Search

#: The catalogue's indices, and the aliases by which they are known.
ALL = [INDEX, f"{INDEX}-*"]

#: What the domain's own roles may do; `_bulk` and `_msearch` are asked of the cluster, then of each index.
#: Who writes makes no index: else one would come to be by itself, under the alias's name and with no mapping.
#: https://docs.opensearch.org/latest/security/access-control/default-action-groups/
READER = {
    "cluster_permissions": ["cluster_composite_ops_ro"],
    "index_permissions": [{"index_patterns": ALL, "allowed_actions": ["read"]}],
}
WRITER = {
    "cluster_permissions": ["indices:data/write/bulk"],
    "index_permissions": [
        {"index_patterns": ALL, "allowed_actions": ["write", "indices:admin/aliases/get"]}
    ],
}
MAKER = {
    "cluster_permissions": ["indices:data/write/bulk"],
    "index_permissions": [
        {
            "index_patterns": ALL,
            "allowed_actions": [
                "write",
                "create_index",
                "manage_aliases",
                "indices:admin/delete",
                "indices:admin/refresh*",
            ],
        }
    ],
}

#: Who failed to get in or was refused, and who changed roles: without it the domain's audit log stays empty.
#: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html
UNTOLD = ["AUTHENTICATED", "GRANTED_PRIVILEGES"]
AUDIT: dict[str, Any] = {
    "enabled": True,
    "audit": {
        "enable_rest": True,
        "disabled_rest_categories": UNTOLD,
        "enable_transport": True,
        "disabled_transport_categories": UNTOLD,
        "log_request_body": False,
        "exclude_sensitive_headers": True,
    },
    "compliance": {"enabled": True, "internal_config": True},
}

#: What an index begins with. Only these fields are searched: what else an item says is told, and no field.
#: No request is slow, and no log of them written, until a threshold says so. That a product is deleted is
#: known for as long as an older change of it may still come, a walk through the catalogue among them.
#: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html
BEGINNING: dict[str, Any] = {
    "index_patterns": [f"{INDEX}-*"],
    "template": {
        "settings": {
            "index.number_of_shards": 1,
            "index.number_of_replicas": 1,
            "index.gc_deletes": "1h",
            "index.search.slowlog.threshold.query.warn": "1s",
            "index.search.slowlog.threshold.fetch.warn": "1s",
            "index.indexing.slowlog.threshold.index.warn": "5s",
        },
        "mappings": {
            "dynamic": False,
            "properties": {
                "product_id": {"type": "keyword"},
                "name": {"type": "text"},
                "description": {"type": "text"},
                "category": {"type": "text"},
                "price": {"type": "long"},
                "currency": {"type": "keyword"},
                "stock": {"type": "long"},
                "image": {"type": "keyword"},
            },
        },
    },
}

#: The fleet's role, by the purpose that its name is derived from.
FLEET_ROLE = "shop-instance"


def access_function(layer: Search) -> AWSObject:
    """Its role is the domain's master user: nobody has a password."""
    return layer.function(
        "SearchAccess",
        "search_access",
        [
            grants.SearchDomain(domain_arn(layer)).administer(INDEX),
            grants.StateMachine(reindexing_arn(layer), layer.data_key_arn).start(),
        ],
        timeout=300,
        concurrency=1,
    )


def roles(layer: Search) -> AWSObject:
    """No CloudFormation type has them. The fleet comes later: its role is told by its name.

    Where there is no index yet, in a domain that is new, its making is started.
    What else the domain is told goes as text: CloudFormation makes strings of numbers and booleans.
    """
    fleet = Sub(
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}",
        Name=layer.named(FLEET_ROLE),
    )
    writer, maker = GetAtt("SearchIndexerRole", "Arn"), GetAtt("SearchReindexerRole", "Arn")
    return layer.add(
        CustomResource(
            "SearchRoles",
            ServiceToken=GetAtt(layer.access, "Arn"),
            ServiceTimeout=360,
            Endpoint=GetAtt(layer.domain, "DomainEndpoint"),
            Roles={
                "catalogue-reader": {"Permissions": READER, "Bearers": [fleet]},
                "catalogue-writer": {"Permissions": WRITER, "Bearers": [writer]},
                "catalogue-maker": {"Permissions": MAKER, "Bearers": [maker]},
            },
            Index={"Alias": INDEX, "Maker": Ref(layer.reindexing)},
            Settings={
                "_plugins/_security/api/audit/config": json.dumps(AUDIT, sort_keys=True),
                f"_index_template/{INDEX}": json.dumps(BEGINNING, sort_keys=True),
            },
        )
    )
