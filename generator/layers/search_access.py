"""What is said inside the search domain: who may do what, what is audited, and what is slow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

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

#: What the index begins with. No request is slow, and no log of them written, until a threshold says so.
#: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html
BEGINNING: dict[str, Any] = {
    "index_patterns": [INDEX],
    "template": {
        "settings": {
            "index.search.slowlog.threshold.query.warn": "1s",
            "index.search.slowlog.threshold.fetch.warn": "1s",
            "index.indexing.slowlog.threshold.index.warn": "5s",
        }
    },
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
    """No CloudFormation type has them. The fleet comes later: its role is told by its name.

    What else the domain is told goes as text: CloudFormation makes strings of numbers and booleans.
    """
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
            Settings={
                "_plugins/_security/api/audit/config": json.dumps(AUDIT, sort_keys=True),
                f"_index_template/{INDEX}": json.dumps(BEGINNING, sort_keys=True),
            },
        )
    )
