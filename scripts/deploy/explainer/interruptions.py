"""What an update in place does to whoever uses the resource, as AWS documents it, by type and property.

What is not here says so (`effects`): silence is no proof of harmlessness.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from scripts.deploy.explanations import Effect

_DOCS = "https://docs.aws.amazon.com/"
_RDS = f"{_DOCS}AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html"
_AURORA = f"{_DOCS}AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html"
_SEARCH = (
    f"{_DOCS}opensearch-service/latest/developerguide/managedomains-configuration-changes.html"
)
_CACHE = f"{_DOCS}AmazonElastiCache/latest/dg/Clusters.Modify.html"
_REFRESH = f"{_DOCS}AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html"

#: Property -> effect; "" stands for every other property of the type.
Table: TypeAlias = Mapping[str, Effect]

_IAM: Table = {
    "": Effect(
        "none",
        "in force within seconds, nothing is interrupted; what it no longer allows is refused from then on",
        f"{_DOCS}IAM/latest/UserGuide/troubleshoot.html",
    )
}
_GROUP: Table = {
    "": Effect(
        "brief",
        "rules are in force at once; connections that no rule allows any more may be cut",
        f"{_DOCS}AWSEC2/latest/UserGuide/security-group-connection-tracking.html",
    )
}
_WATCHING: Table = {
    "": Effect(
        "none",
        "nobody's requests pass through it; while it is changed it may miss a moment",
        f"{_DOCS}AmazonCloudWatch/latest/monitoring/WhatIsCloudWatch.html",
    )
}
_REBOOTS = Effect("outage", "the database restarts: minutes, or a failover with Multi-AZ", _RDS)
_DATABASE: Table = {
    "DBInstanceClass": _REBOOTS,
    "EngineVersion": Effect("outage", "the database is away while it is upgraded", _RDS),
    "DBParameterGroupName": Effect(
        "brief",
        "static parameters take effect at the next restart, which nobody does for you",
        _RDS,
    ),
    "AllocatedStorage": Effect(
        "none",
        "storage grows while the database runs, more slowly meanwhile; no other change for six hours",
        f"{_DOCS}AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html",
    ),
    "StorageType": Effect(
        "none", "storage is converted while the database runs, more slowly", _RDS
    ),
    "MultiAZ": Effect(
        "none", "the database runs on; latency may rise while the copy is made", _RDS
    ),
    "BackupRetentionPeriod": Effect("outage", "from or to 0 days the database restarts", _RDS),
    "CACertificateIdentifier": Effect(
        "brief", "the certificate changes; some engines restart", _RDS
    ),
    "VPCSecurityGroups": Effect(
        "brief", "connections that no rule allows any more may be cut", _RDS
    ),
    "MasterUserPassword": Effect("brief", "who logs in with the old password is refused", _RDS),
    "DeletionProtection": Effect("none", "the database runs on", _RDS),
    "PreferredMaintenanceWindow": Effect("brief", "pending maintenance may begin at once", _RDS),
}
_CLUSTER: Table = {
    "EngineVersion": Effect("outage", "the cluster is away while it is upgraded", _AURORA),
    "DBClusterParameterGroupName": Effect(
        "brief", "static parameters take effect at each instance's next restart", _AURORA
    ),
    "ServerlessV2ScalingConfiguration": Effect("none", "capacity changes under way", _AURORA),
    "BackupRetentionPeriod": Effect("none", "the cluster runs on", _AURORA),
    "DeletionProtection": Effect("none", "the cluster runs on", _AURORA),
    "VpcSecurityGroupIds": Effect(
        "brief", "connections that no rule allows any more may be cut", _AURORA
    ),
}
_FLEET = Effect(
    "brief",
    "instances are made from the new template one after the other where an UpdatePolicy says so, else when "
    "others come",
    _REFRESH,
)
_TABLE: Table = {
    "BillingMode": Effect(
        "none",
        "reads and writes go on; at most four times in a day",
        f"{_DOCS}amazondynamodb/latest/developerguide/bp-switching-capacity-modes.html",
    ),
    "GlobalSecondaryIndexes": Effect(
        "none",
        "an index is filled while the table serves; queries of one that goes fail",
        f"{_DOCS}amazondynamodb/latest/developerguide/GSI.OnlineOps.html",
    ),
    "Replicas": Effect(
        "none",
        "a replica is filled while the table serves; one that goes takes its region's reads with it",
        f"{_DOCS}amazondynamodb/latest/developerguide/GlobalTables.html",
    ),
    "StreamSpecification": Effect(
        "brief",
        "another stream begins; who reads the old one must be led to it",
        f"{_DOCS}amazondynamodb/latest/developerguide/Streams.html",
    ),
    "SSESpecification": Effect(
        "none",
        "the key changes while the table serves",
        f"{_DOCS}amazondynamodb/latest/developerguide/EncryptionAtRest.html",
    ),
    "TimeToLiveSpecification": Effect(
        "data",
        "items past their time go, within days",
        f"{_DOCS}amazondynamodb/latest/developerguide/TTL.html",
    ),
}
_BALANCERS = f"{_DOCS}elasticloadbalancing/latest/application"
_LISTENERS = f"{_BALANCERS}/load-balancer-listeners.html"
_EDGE = Effect(
    "none",
    "edge locations take it over within minutes; the old configuration answers until then",
    f"{_DOCS}AmazonCloudFront/latest/DeveloperGuide/HowToUpdateDistribution.html",
)
_WEB_ACL = Effect(
    "none",
    "in force within minutes; what it blocks from then on gets 403",
    f"{_DOCS}waf/latest/APIReference/API_UpdateWebACL.html",
)

#: Type -> what its updates do. A type or a property that is not here has not been looked up.
INTERRUPTIONS: Mapping[str, Table] = {
    "AWS::AutoScaling::AutoScalingGroup": {
        "LaunchTemplate": _FLEET,
        "VPCZoneIdentifier": _FLEET,
        "": Effect("none", "instances that run stay as they are", _REFRESH),
    },
    "AWS::CloudFront::CachePolicy": {"": _EDGE},
    "AWS::CloudFront::Distribution": {"": _EDGE},
    "AWS::CloudFront::ResponseHeadersPolicy": {"": _EDGE},
    "AWS::CloudWatch::Alarm": _WATCHING,
    "AWS::CloudWatch::CompositeAlarm": _WATCHING,
    "AWS::CloudWatch::Dashboard": _WATCHING,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::CloudFormation::CustomResource": {
        "": Effect(
            "none",
            "its own function is called, and decides",
            f"{_DOCS}AWSCloudFormation/latest/UserGuide/template-custom-resources.html",
        )
    },
    "AWS::EC2::Instance": {
        "InstanceType": Effect(
            "outage",
            "the instance is stopped and started",
            f"{_DOCS}AWSEC2/latest/UserGuide/change-instance-type-of-ebs-backed-instance.html",
        )
    },
    "AWS::EC2::LaunchTemplate": {
        "": Effect("none", "another version is made; instances that run stay as they are", _REFRESH)
    },
    "AWS::EC2::NetworkAclEntry": {
        "": Effect(
            "brief",
            "in force shortly for connections that run, too",
            f"{_DOCS}vpc/latest/userguide/vpc-network-acls.html",
        )
    },
    "AWS::EC2::Route": {
        "": Effect(
            "brief",
            "traffic takes the other way at once; connections through a NAT gateway break",
            f"{_DOCS}vpc/latest/userguide/VPC_Route_Tables.html",
        )
    },
    "AWS::EC2::SecurityGroup": _GROUP,
    "AWS::EC2::SecurityGroupEgress": _GROUP,
    "AWS::EC2::SecurityGroupIngress": _GROUP,
    "AWS::EC2::VPCEndpoint": {
        "PolicyDocument": _IAM[""],
        "": Effect(
            "brief",
            "network interfaces may come and go",
            f"{_DOCS}vpc/latest/privatelink/interface-endpoints.html",
        ),
    },
    "AWS::ElastiCache::CacheCluster": {
        "": Effect("brief", "nodes may restart, and begin empty", _CACHE)
    },
    "AWS::ElastiCache::ReplicationGroup": {
        "CacheNodeType": Effect("brief", "nodes are exchanged, with a failover of seconds", _CACHE),
        "EngineVersion": Effect("brief", "nodes are upgraded, with a failover of seconds", _CACHE),
        "": Effect("none", "the cache serves meanwhile", _CACHE),
    },
    "AWS::ElasticLoadBalancingV2::Listener": {
        "": Effect("none", "new requests follow the new rules at once", _LISTENERS)
    },
    "AWS::ElasticLoadBalancingV2::ListenerRule": {
        "": Effect("none", "new requests follow the new rules at once", _LISTENERS)
    },
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {
        "SecurityGroups": _GROUP[""],
        "Subnets": Effect(
            "brief",
            "nodes come and go; those that go drain first",
            f"{_BALANCERS}/load-balancer-subnets.html",
        ),
        "": Effect(
            "none", "attributes change under way", f"{_BALANCERS}/application-load-balancers.html"
        ),
    },
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
        "": Effect(
            "none",
            "targets are checked anew by the new rules",
            f"{_BALANCERS}/target-group-health-checks.html",
        )
    },
    "AWS::IAM::ManagedPolicy": _IAM,
    "AWS::IAM::Policy": _IAM,
    "AWS::IAM::Role": _IAM,
    "AWS::KMS::Key": {
        "Enabled": Effect(
            "outage",
            "what is under a key that is off cannot be read",
            f"{_DOCS}kms/latest/developerguide/enabling-keys.html",
        ),
        "": _IAM[""],
    },
    "AWS::KMS::ReplicaKey": {"": _IAM[""]},
    "AWS::Lambda::Function": {
        "Description": Effect(
            "none",
            "nothing runs differently",
            f"{_DOCS}lambda/latest/api/API_UpdateFunctionConfiguration.html",
        ),
        "ReservedConcurrentExecutions": Effect(
            "brief",
            "what goes beyond is throttled",
            f"{_DOCS}lambda/latest/dg/configuration-concurrency.html",
        ),
        "": Effect(
            "none",
            "new invocations take it, those that run end as they began; the first ones start cold",
            f"{_DOCS}lambda/latest/dg/lambda-runtime-environment.html",
        ),
    },
    "AWS::Logs::LogGroup": {
        "RetentionInDays": Effect(
            "data",
            "if it is shortened, older events go",
            f"{_DOCS}AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
        )
    },
    "AWS::OpenSearchService::Domain": {
        "AccessPolicies": _IAM[""],
        "": Effect(
            "none",
            "searches go on; most changes are made by blue/green deployment, with more load for hours",
            _SEARCH,
        ),
    },
    "AWS::RDS::DBCluster": _CLUSTER,
    "AWS::RDS::DBInstance": _DATABASE,
    "AWS::RDS::DBParameterGroup": {
        "": Effect(
            "brief",
            "dynamic parameters at once, static ones at the next restart",
            f"{_DOCS}AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html",
        )
    },
    "AWS::RedshiftServerless::Workgroup": {
        "": Effect(
            "brief",
            "queries that run may be ended",
            f"{_DOCS}redshift/latest/mgmt/serverless-workgroup-namespace.html",
        )
    },
    "AWS::Route53::HealthCheck": {
        "": Effect(
            "brief",
            "checkers begin anew; the answer may turn",
            f"{_DOCS}Route53/latest/DeveloperGuide/health-checks-creating.html",
        )
    },
    "AWS::Route53::RecordSet": {
        "": Effect(
            "brief",
            "answered within a minute, and by resolvers once their TTL has run out",
            f"{_DOCS}Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
        )
    },
    "AWS::S3::BucketPolicy": {"": _IAM[""]},
    "AWS::SQS::QueuePolicy": {"": _IAM[""]},
    "AWS::WAFv2::WebACL": {"": _WEB_ACL},
    "AWS::WAFv2::IPSet": {"": _WEB_ACL},
}
