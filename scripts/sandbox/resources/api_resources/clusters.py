"""RDS: the global clusters, sources, tags and protection that ministack's own types pass over."""

from __future__ import annotations

from scripts.sandbox.resources.api_resources.calls import CallRefused, call, in_region
from scripts.sandbox.resources.handlers import Handler, Properties
from scripts.sandbox.resources.schema_resources import Created
from scripts.sandbox.seams import Kind, Seam

ATTACH_TO_GLOBAL = Seam(
    "ministack.services.rds",
    "_attach_cluster_to_global",
    None,
    Kind.FUNCTION,
    ("global_cluster", "cluster", "is_writer"),
    "a cluster joins its global cluster",
)
GLOBAL_CLUSTERS = Seam(
    "ministack.services.rds", "_global_clusters", None, Kind.MAPPING, None, "global clusters"
)
CLUSTERS = Seam("ministack.services.rds", "_clusters", None, Kind.MAPPING, None, "clusters")
INSTANCES = Seam("ministack.services.rds", "_instances", None, Kind.MAPPING, None, "read replicas")


def db_cluster(native: Handler) -> Handler:
    """AWS::RDS::DBCluster: the first member of a global cluster writes, the others read."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        global_id = properties.get("GlobalClusterIdentifier")
        joined = GLOBAL_CLUSTERS.value.get(global_id) if global_id else None
        if global_id and joined is None:
            raise CallRefused(
                "rds",
                "GlobalClusterNotFoundFault",
                f"Global cluster {global_id} not found",
                404,
            )
        name, attributes = native["create"](logical_id, properties, stack)
        if joined is not None:
            is_first = not joined["GlobalClusterMembers"]
            ATTACH_TO_GLOBAL.value(joined, CLUSTERS.value[name], is_first)
        _tag(name, properties)
        return name, attributes

    def update(
        name: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Created:
        updated: Created = native["update"](name, old, new, stack, logical_id)
        _tag(updated[0], new)
        return updated

    def delete(name: str, properties: Properties) -> None:
        cluster = CLUSTERS.value.get(name)
        if cluster is None:
            return
        _refuse_protected(cluster.get("DeletionProtection"), "Cluster")
        global_id = cluster.get("GlobalClusterIdentifier")
        if global_id:
            call(
                "rds",
                "RemoveFromGlobalCluster",
                {
                    "GlobalClusterIdentifier": global_id,
                    "DbClusterIdentifier": cluster["DBClusterArn"],
                },
            )
        native["delete"](name, properties)

    return {**native, "create": create, "update": update, "delete": delete}


def _tag(cluster: str, properties: Properties) -> None:
    if properties.get("Tags"):
        arn = CLUSTERS.value[cluster]["DBClusterArn"]
        call("rds", "AddTagsToResource", {"ResourceName": arn, "Tags": properties["Tags"]})


def db_instance(native: Handler) -> Handler:
    """AWS::RDS::DBInstance: a read replica knows its source, and its source knows it."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        source = properties.get("SourceDBInstanceIdentifier")
        name, attributes = native["create"](logical_id, properties, stack)
        if source:
            try:
                _follow(name, str(source))
            except CallRefused:
                native["delete"](name, properties)
                raise
        return name, attributes

    def delete(name: str, properties: Properties) -> None:
        instance = INSTANCES.value.get(name)
        if instance is not None:
            _refuse_protected(instance.get("DeletionProtection"), "DB Instance")
        native["delete"](name, properties)

    return {**native, "create": create, "delete": delete}


def _follow(replica: str, source: str) -> None:
    """Tie a read replica to its source, an identifier here or an ARN of another Region."""
    parts = source.split(":")
    region = parts[3] if len(parts) > 6 else ""
    identifier = parts[-1]
    instance = INSTANCES.value[replica]
    if region:
        with in_region(region):
            original = INSTANCES.value.get(identifier)
    else:
        original = INSTANCES.value.get(identifier)
    if original is None:
        raise CallRefused("rds", "DBInstanceNotFound", f"DBInstance {source} not found.", 404)
    original.setdefault("ReadReplicaDBInstanceIdentifiers", []).append(
        instance["DBInstanceArn"] if region else replica
    )
    instance["ReadReplicaSourceDBInstanceIdentifier"] = source
    for name in ("Engine", "EngineVersion", "MasterUsername", "AllocatedStorage"):
        instance[name] = original.get(name, instance.get(name))


def _refuse_protected(protected: object, kind: str) -> None:
    if str(protected).lower() == "true":
        raise CallRefused(
            "rds",
            "InvalidParameterCombination",
            f"Cannot delete protected {kind}, please disable deletion protection and try again.",
            400,
        )
