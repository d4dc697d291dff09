"""Names of what keeps and carries data: how they are asked for, and what frees one."""

from __future__ import annotations

from scripts.preflight.naming import Named, delete
from scripts.preflight.taken import buckets, described, last, listed, log_groups, of, secrets

STORES: tuple[Named, ...] = (
    Named(
        "buckets",
        {"AWS::S3::Bucket": "BucketName"},
        buckets,
        "If it is yours, empty and delete it: aws s3 rb s3://{name} --force; else name the environment "
        "otherwise: rename {params}.",
    ),
    Named(
        "tables",
        {"AWS::DynamoDB::Table": "TableName", "AWS::DynamoDB::GlobalTable": "TableName"},
        listed("dynamodb", "list_tables", "TableNames", str),
        delete("dynamodb delete-table --table-name"),
        copies="Replicas",
    ),
    Named(
        "log groups",
        {"AWS::Logs::LogGroup": "LogGroupName"},
        log_groups,
        delete("logs delete-log-group --log-group-name"),
    ),
    Named(
        "secrets",
        {"AWS::SecretsManager::Secret": "Name"},
        secrets,
        "Delete it for good: aws secretsmanager delete-secret --region {region} --secret-id {name} "
        "--force-delete-without-recovery (or keep it: aws secretsmanager restore-secret).",
        copies="ReplicaRegions",
    ),
    Named(
        "queues",
        {"AWS::SQS::Queue": "QueueName"},
        listed("sqs", "list_queues", "QueueUrls", last("/")),
        "Look whose it is, then delete the queue {name} in {region}: aws sqs delete-queue --queue-url URL",
    ),
    Named(
        "topics",
        {"AWS::SNS::Topic": "TopicName"},
        listed("sns", "list_topics", "Topics", last(":", "TopicArn")),
        "Look whose it is, then delete the topic {name} in {region}: aws sns delete-topic --topic-arn ARN",
    ),
    Named(
        "databases",
        {"AWS::RDS::DBInstance": "DBInstanceIdentifier"},
        listed("rds", "describe_db_instances", "DBInstances", of("DBInstanceIdentifier")),
        delete("rds delete-db-instance --db-instance-identifier"),
    ),
    Named(
        "database clusters",
        {"AWS::RDS::DBCluster": "DBClusterIdentifier"},
        listed("rds", "describe_db_clusters", "DBClusters", of("DBClusterIdentifier")),
        delete("rds delete-db-cluster --db-cluster-identifier"),
    ),
    Named(
        "global databases",
        {"AWS::RDS::GlobalCluster": "GlobalClusterIdentifier"},
        listed("rds", "describe_global_clusters", "GlobalClusters", of("GlobalClusterIdentifier")),
        delete("rds delete-global-cluster --global-cluster-identifier"),
    ),
    Named(
        "database subnet groups",
        {"AWS::RDS::DBSubnetGroup": "DBSubnetGroupName"},
        listed("rds", "describe_db_subnet_groups", "DBSubnetGroups", of("DBSubnetGroupName")),
        delete("rds delete-db-subnet-group --db-subnet-group-name"),
    ),
    Named(
        "caches",
        {"AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId"},
        listed(
            "elasticache",
            "describe_replication_groups",
            "ReplicationGroups",
            of("ReplicationGroupId"),
        ),
        delete("elasticache delete-replication-group --replication-group-id"),
    ),
    Named(
        "cache clusters",
        {"AWS::ElastiCache::CacheCluster": "ClusterName"},
        listed("elasticache", "describe_cache_clusters", "CacheClusters", of("CacheClusterId")),
        delete("elasticache delete-cache-cluster --cache-cluster-id"),
    ),
    Named(
        "cache users",
        {"AWS::ElastiCache::User": "UserId"},
        listed("elasticache", "describe_users", "Users", of("UserId")),
        delete("elasticache delete-user --user-id"),
    ),
    Named(
        "cache user groups",
        {"AWS::ElastiCache::UserGroup": "UserGroupId"},
        listed("elasticache", "describe_user_groups", "UserGroups", of("UserGroupId")),
        delete("elasticache delete-user-group --user-group-id"),
    ),
    Named(
        "cache subnet groups",
        {"AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName"},
        listed(
            "elasticache",
            "describe_cache_subnet_groups",
            "CacheSubnetGroups",
            of("CacheSubnetGroupName"),
        ),
        delete("elasticache delete-cache-subnet-group --cache-subnet-group-name"),
    ),
    Named(
        "search domains",
        {"AWS::OpenSearchService::Domain": "DomainName"},
        described("opensearch", "describe_domain", "DomainName"),
        delete("opensearch delete-domain --domain-name"),
    ),
    Named(
        "backup vaults",
        {"AWS::Backup::BackupVault": "BackupVaultName"},
        listed("backup", "list_backup_vaults", "BackupVaultList", of("BackupVaultName")),
        "Its recovery points first, then: aws backup delete-backup-vault --region {region} "
        "--backup-vault-name {name}",
    ),
    Named(
        "delivery streams",
        {"AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName"},
        described("firehose", "describe_delivery_stream", "DeliveryStreamName"),
        delete("firehose delete-delivery-stream --delivery-stream-name"),
    ),
)
