"""P2 and E1: the caches, and product search."""

from __future__ import annotations

from tests.coverage.claims import LEAN, PAIR, PRIMARY, STANDBY, Claim, Every, No, Some, row
from tests.coverage.contents import Holds, Refers
from tests.coverage.expectations import Absent, AtLeast, Given
from tests.coverage.rows.names import DATA_KEY, LOG_GROUP, QUEUE, SECURITY_GROUP

SESSIONS, PRICES = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"
USER = "AWS::ElastiCache::User"
SUBNETS = {"SubnetIds": Refers(*(f"network/DataSubnet{zone}" for zone in "ABC"), times=3)}

P2 = row(
    "P2",
    "ElastiCache Redis/Memcached: sessions, hot queries",
    Claim(
        "Valkey for sessions: over zones, with failover, over TLS",
        Every(
            SESSIONS,
            {
                "Engine": "valkey",
                "MultiAZEnabled": True,
                "AutomaticFailoverEnabled": True,
                "NumCacheClusters": AtLeast(2),
                "TransitEncryptionEnabled": True,
                "TransitEncryptionMode": "required",
                "AtRestEncryptionEnabled": True,
                "KmsKeyId": DATA_KEY,
                "SnapshotRetentionLimit": AtLeast(1),
                "LogDeliveryConfigurations[*].DestinationDetails.CloudWatchLogsDetails.LogGroup": (
                    Refers(LOG_GROUP)
                ),
            },
        ),
    ),
    Claim(
        "whoever uses it is a user of its group",
        Every(
            SESSIONS,
            {
                "UserGroupIds": Refers("AWS::ElastiCache::UserGroup"),
                "UserGroupIds[*]->UserIds": Refers("cache/ShopUser", "cache/NobodyUser", times=2),
            },
        ),
    ),
    Claim(
        "the shop, by a password from a secret",
        Some(
            USER,
            {
                "UserName": "shop",
                "AuthenticationMode.Type": "password",
                "AuthenticationMode.Passwords[*]": Holds(
                    "{{resolve:secretsmanager:", "secrets/CacheSecret", ":SecretString:password}}"
                ),
                "AccessString": Holds("on ", "-@dangerous", "resetchannels"),
            },
            times=1,
        ),
        PRIMARY,
    ),
    Claim(
        "and nobody who gives no name",
        Some(USER, {"UserName": "default", "AccessString": Holds("off ", "-@all")}, times=1),
    ),
    Claim(
        "it stands in the data subnets, for the fleet alone",
        Every(
            SESSIONS,
            {
                **{f"CacheSubnetGroupName->{name}": wanted for name, wanted in SUBNETS.items()},
                "SecurityGroupIds": Refers(SECURITY_GROUP),
                "SecurityGroupIds[*]->SecurityGroupIngress[*].SourceSecurityGroupId": Refers(
                    "front-door/FleetGroup"
                ),
            },
        ),
    ),
    Claim(
        "Memcached for prices, over zones, over TLS, for the fleet alone",
        Every(
            PRICES,
            {
                "Engine": "memcached",
                "AZMode": "cross-az",
                "NumCacheNodes": AtLeast(2),
                "TransitEncryptionEnabled": True,
                **{f"CacheSubnetGroupName->{name}": wanted for name, wanted in SUBNETS.items()},
                "VpcSecurityGroupIds[*]->SecurityGroupIngress[*].SourceSecurityGroupId": Refers(
                    "front-door/FleetGroup"
                ),
            },
        ),
    ),
    *(
        Claim(
            f"{kind.rpartition('::')[2]} is a toggle",
            No(kind, {}, stands=PAIR),
            LEAN,
        )
        for kind in (SESSIONS, PRICES)
    ),
)

DOMAIN = "AWS::OpenSearchService::Domain"
LOGS = "LogPublishingOptions"


def feed(stream: Refers | Given) -> Some:
    """The catalogue's changes, brought to the index; what it does not take is kept."""
    return Some(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionName": Refers("search/SearchIndexer"),
            "EventSourceArn": stream,
            "FunctionResponseTypes": Holds("ReportBatchItemFailures"),
            "BisectBatchOnFunctionError": True,
            "DestinationConfig.OnFailure.Destination": Refers(QUEUE),
            "MaximumRecordAgeInSeconds": AtLeast(3600),
        },
        times=1,
    )


E1 = row(
    "E1",
    "OpenSearch product search",
    Claim(
        "a domain in the VPC, over zones",
        Every(
            DOMAIN,
            {
                "VPCOptions.SubnetIds": Refers(
                    *(f"network/DataSubnet{zone}" for zone in "ABC"), times=3
                ),
                "VPCOptions.SecurityGroupIds": Refers(SECURITY_GROUP),
                "VPCOptions.SecurityGroupIds[*]->SecurityGroupIngress[*].CidrIp": Absent(
                    "0.0.0.0/0"
                ),
                "ClusterConfig.ZoneAwarenessEnabled": True,
                "ClusterConfig.ZoneAwarenessConfig.AvailabilityZoneCount": 3,
                "ClusterConfig.InstanceCount": AtLeast(2),
            },
        ),
    ),
    Claim(
        "encrypted at rest and from node to node, over HTTPS alone",
        Every(
            DOMAIN,
            {
                "EncryptionAtRestOptions.Enabled": True,
                "EncryptionAtRestOptions.KmsKeyId": DATA_KEY,
                "NodeToNodeEncryptionOptions.Enabled": True,
                "DomainEndpointOptions.EnforceHTTPS": True,
                "DomainEndpointOptions.TLSSecurityPolicy": Holds("Policy-Min-TLS-1-2"),
            },
        ),
    ),
    Claim(
        "with fine-grained access, whose master is an IAM role",
        Every(
            DOMAIN,
            {
                "AdvancedSecurityOptions.Enabled": True,
                "AdvancedSecurityOptions.InternalUserDatabaseEnabled": False,
                "AdvancedSecurityOptions.AnonymousAuthEnabled": False,
                "AdvancedSecurityOptions.MasterUserOptions.MasterUserARN": Refers(
                    "search/SearchAccessRole"
                ),
            },
        ),
    ),
    Claim(
        "a one-shot function of that role maps the roles",
        Some(
            "AWS::CloudFormation::CustomResource",
            {
                "ServiceToken": Refers("search/SearchAccess"),
                "ServiceToken->Role": Refers("search/SearchAccessRole"),
                "Endpoint": Refers(DOMAIN),
                "Roles.catalogue-reader.Bearers[*]": Holds("shop-instance"),
                "Roles.catalogue-writer.Bearers": Refers("search/SearchIndexerRole"),
            },
            times=1,
        ),
    ),
    Claim(
        "logs are published, under our retention",
        Every(
            DOMAIN,
            {
                f"{LOGS}.{kind}.{name}": wanted
                for kind in (
                    "AUDIT_LOGS",
                    "ES_APPLICATION_LOGS",
                    "INDEX_SLOW_LOGS",
                    "SEARCH_SLOW_LOGS",
                )
                for name, wanted in (
                    ("Enabled", True),
                    ("CloudWatchLogsLogGroupArn", Refers(LOG_GROUP)),
                )
            },
        ),
    ),
    Claim(
        "the catalogue's stream loads the index", feed(Refers("catalog/CatalogueTable")), PRIMARY
    ),
    Claim("in the standby that of its replica", feed(Given()), STANDBY),
    Claim("it is a toggle", No(DOMAIN, {}, stands=PAIR), LEAN),
)
