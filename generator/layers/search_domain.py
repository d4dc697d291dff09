"""The search domain: where it stands, how it is encrypted, what it logs, and who is let in.

Auto-Tune and hourly snapshots, kept for two weeks, are on by themselves, and no property here speaks of them.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import es, logs
from awacs.aws import (
    Allow,
    ArnLike,
    Condition,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import AWSObject, GetAtt, NoValue, Ref, Sub, Tags, encode_to_dict
from troposphere.logs import ResourcePolicy
from troposphere.opensearchservice import (
    AdvancedSecurityOptionsInput,
    ClusterConfig,
    Domain,
    DomainEndpointOptions,
    EBSOptions,
    EncryptionAtRestOptions,
    MasterUserOptions,
    NodeToNodeEncryptionOptions,
    OffPeakWindow,
    OffPeakWindowOptions,
    SoftwareUpdateOptions,
    VPCOptions,
    WindowStartTime,
    ZoneAwarenessConfig,
)
from troposphere.policies import UpdatePolicy

from generator.conditions import Conditions
from generator.log_groups import log_group, log_name
from generator.resource_policies import policy, this_account
from generator.territory import NAMES

if TYPE_CHECKING:
    from generator.layers.search import Search

ENGINE_VERSION = "OpenSearch_3.5"

#: A domain's name has 28 characters at most, too few for a region's.
PURPOSE = "shop"

#: What the shop searches: an alias. An index has a name of its own, that begins so.
INDEX = "catalogue"

#: Masters apart from the data nodes, where a setting asks for them: three, or none.
DEDICATED_MASTERS = 3

#: What is logged, and the purpose of its log group.
LOGS = {
    "AUDIT_LOGS": "search-audit",
    "ES_APPLICATION_LOGS": "search-errors",
    "INDEX_SLOW_LOGS": "search-slow-indexing",
    "SEARCH_SLOW_LOGS": "search-slow-queries",
}


class LogPolicy(ResourcePolicy):
    """AWS::Logs::ResourcePolicy whose document has intrinsics; troposphere 4.11.1 cannot check those."""

    props = {**ResourcePolicy.props, "PolicyDocument": (dict, True)}


def search_domain(layer: Search, master_arn: object) -> AWSObject:
    """The domain, with its logs. It goes with its stack: all that it holds is in the catalogue, too.

    Its policy lets in this environment's roles, each of which its own policy must let go; what they may do
    inside, the domain's own roles say.
    """
    let_in, published = _logs(layer)
    return layer.add(
        Domain(
            "SearchDomain",
            DomainName=layer.named_everywhere(PURPOSE),
            EngineVersion=ENGINE_VERSION,
            ClusterConfig=_nodes(layer),
            EBSOptions=EBSOptions(
                EBSEnabled=True, VolumeType="gp3", VolumeSize=layer.settings.search_volume_gib
            ),
            VPCOptions=VPCOptions(
                SubnetIds=layer.data_subnets(),
                SecurityGroupIds=[GetAtt(layer.domain_group, "GroupId")],
            ),
            EncryptionAtRestOptions=EncryptionAtRestOptions(
                Enabled=True, KmsKeyId=layer.data_key_arn
            ),
            NodeToNodeEncryptionOptions=NodeToNodeEncryptionOptions(Enabled=True),
            DomainEndpointOptions=DomainEndpointOptions(
                EnforceHTTPS=True, TLSSecurityPolicy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            AdvancedSecurityOptions=AdvancedSecurityOptionsInput(
                Enabled=True,
                InternalUserDatabaseEnabled=False,
                AnonymousAuthEnabled=False,
                MasterUserOptions=MasterUserOptions(MasterUserARN=master_arn),
            ),
            AccessPolicies=encode_to_dict(policy(_ours(layer))),
            LogPublishingOptions=published,
            OffPeakWindowOptions=OffPeakWindowOptions(
                Enabled=True,
                OffPeakWindow=OffPeakWindow(
                    WindowStartTime=WindowStartTime(
                        Hours=layer.settings.search_quiet_hour, Minutes=0
                    )
                ),
            ),
            SoftwareUpdateOptions=SoftwareUpdateOptions(AutoSoftwareUpdateEnabled=True),
            Tags=Tags(Name=layer.named(PURPOSE)),
            DependsOn=let_in.title,
            UpdatePolicy=UpdatePolicy(EnableVersionUpgrade=True),
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
        )
    )


def domain_arn(layer: Search) -> Sub:
    """By its name, for the roles that may use it are made before it."""
    return Sub(
        "arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/${Name}",
        Name=layer.named_everywhere(PURPOSE),
    )


def _nodes(layer: Search) -> ClusterConfig:
    """As many data nodes in each zone; masters apart from them by toggle."""
    masters = Conditions.search_dedicated_masters
    return ClusterConfig(
        InstanceType=layer.settings.search_instance_type,
        InstanceCount=layer.settings.search_nodes,
        ZoneAwarenessEnabled=True,
        ZoneAwarenessConfig=ZoneAwarenessConfig(
            AvailabilityZoneCount=layer.settings.availability_zones
        ),
        MultiAZWithStandbyEnabled=False,
        DedicatedMasterEnabled=layer.choose(masters, True, False),
        DedicatedMasterCount=layer.choose(masters, DEDICATED_MASTERS, NoValue),
        DedicatedMasterType=layer.choose(masters, layer.settings.search_master_type, NoValue),
    )


def _ours(layer: Search) -> Statement:
    """The account's roles by their names: a policy cannot name a role that comes after it."""
    ours = layer.sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{NAMES}*")
    return Statement(
        Effect=Allow,
        Principal=this_account(),
        Action=[es.ESHttpGet, es.ESHttpPost, es.ESHttpPut],
        Resource=[Sub("${Domain}/*", Domain=domain_arn(layer))],
        Condition=Condition(ArnLike("aws:PrincipalArn", ours)),
    )


def _logs(layer: Search) -> tuple[AWSObject, dict[str, object]]:
    """The policy that lets the domain write, one for all groups since a region takes ten, and the logs.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
    """
    groups = {kind: _log_group(layer, purpose) for kind, purpose in LOGS.items()}
    writes = Statement(
        Effect=Allow,
        Principal=Principal("Service", "es.amazonaws.com"),
        Action=[logs.CreateLogStream, logs.PutLogEvents],
        Resource=[GetAtt(group, "Arn") for group in groups.values()],
        Condition=Condition(
            [
                StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
                ArnLike("aws:SourceArn", domain_arn(layer)),
            ]
        ),
    )
    let_in = layer.add(
        LogPolicy(
            "SearchWritesLogs",
            PolicyName=layer.named("search"),
            PolicyDocument=encode_to_dict(policy(writes)),
        )
    )
    published: dict[str, object] = {
        kind: {"Enabled": True, "CloudWatchLogsLogGroupArn": GetAtt(group, "Arn")}
        for kind, group in groups.items()
    }
    return let_in, published


def _log_group(layer: Search, purpose: str) -> AWSObject:
    title = "".join(part.title() for part in purpose.split("-"))
    return log_group(layer, title, log_name(layer, purpose), key_arn=layer.logs_key_arn)
