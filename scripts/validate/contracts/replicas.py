"""In which regions a resource is: its stack's, and those of its replicas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Type -> the property that lists its replicas.
REPLICAS = {
    "AWS::DynamoDB::GlobalTable": "Replicas",
    "AWS::SecretsManager::Secret": "ReplicaRegions",
}


def regions(resource: Mapping[str, Any], own: str) -> Iterator[str]:
    """Each of them once, as far as they are known before a deployment."""
    listed = resource.get("Properties", {}).get(REPLICAS.get(resource["Type"], ""))
    replicas = listed if isinstance(listed, list) else []
    named = [replica.get("Region") for replica in replicas if isinstance(replica, Mapping)]
    yield from dict.fromkeys((own, *(region for region in named if isinstance(region, str))))
