"""OpenSearch Service: a domain whose endpoint is answered for (`scripts.sandbox.search_domains`)."""

from __future__ import annotations

from scripts.sandbox import search_domains
from scripts.sandbox.resources.handlers import Handler, Properties
from scripts.sandbox.resources.schema_resources import Created
from scripts.sandbox.seams import Kind, Seam

DOMAINS = Seam(
    "ministack.services.opensearch", "_domains", None, Kind.MAPPING, None, "search domains"
)


def domain(native: Handler) -> Handler:
    """AWS::OpenSearchService::Domain: its endpoint is a name as AWS gives it, and is answered for."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        name, attributes = native["create"](logical_id, properties, stack)
        record = DOMAINS.value[name]
        endpoint = search_domains.endpoint_of(
            str(attributes["Arn"]), private="VPCOptions" in record
        )
        record["_Endpoint"] = endpoint
        if "VPCOptions" in record:
            record["Endpoints"] = {"vpc": endpoint}
        else:
            record["Endpoint"] = endpoint
        search_domains.STORE.domains[endpoint] = search_domains.Contents()
        return name, {**attributes, "DomainEndpoint": endpoint}

    def delete(name: str, properties: Properties) -> None:
        record = DOMAINS.value.get(name)
        native["delete"](name, properties)
        if record is not None:
            search_domains.STORE.domains.pop(record["_Endpoint"], None)

    return {**native, "create": create, "delete": delete}
