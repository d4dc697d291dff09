"""EC2: addresses, NAT gateways, flow logs, network ACLs, rules of security groups, prefix lists."""

from __future__ import annotations

from collections.abc import Callable

from scripts.sandbox.resources.api_resources.api_type import ApiType, Call, Subject
from scripts.sandbox.resources.api_resources.calls import JSON, call

_TAG = Call("CreateTags", {"Resources": "[$id]", "Tags": "$tags"})
_UNTAG = Call("DeleteTags", {"Resources": "[$id]", "Tags": "$removed_tags"})
_TAG_ADDRESS = Call("CreateTags", {"Resources": "[@AllocationId]", "Tags": "$tags"})
_UNTAG_ADDRESS = Call("DeleteTags", {"Resources": "[@AllocationId]", "Tags": "$removed_tags"})


def _permission(peers: tuple[tuple[str, str, str], ...]) -> Callable[[Subject], JSON]:
    """The IpPermissions of a rule; `peers` are (property, list, member) of what it may name."""

    def shape(subject: Subject) -> JSON:
        given = subject.properties
        permission: JSON = {
            name: given[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in given
        }
        for property_name, group, member in peers:
            if property_name in given:
                peer = {member: given[property_name]}
                if "Description" in given:
                    peer["Description"] = given["Description"]
                permission[group] = [peer]
        return {"IpPermissions": [permission]}

    return shape


def _ranges(source: str, group: str) -> tuple[tuple[str, str, str], ...]:
    return (
        ("CidrIp", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        (source, "PrefixListIds", "PrefixListId"),
        (group, "UserIdGroupPairs", "GroupId"),
    )


_INGRESS = _permission(_ranges("SourcePrefixListId", "SourceSecurityGroupId"))
_EGRESS = _permission(_ranges("DestinationPrefixListId", "DestinationSecurityGroupId"))


def _entry(subject: Subject) -> JSON:
    """A network ACL's entry; the property names an IcmpTypeCode `Icmp`, and Egress may be left out."""
    given = subject.properties
    entry = {name: value for name, value in given.items() if name != "Icmp"}
    entry.setdefault("Egress", False)
    if "Icmp" in given:
        entry["IcmpTypeCode"] = given["Icmp"]
    return entry


def _key_of_entry(subject: Subject) -> JSON:
    given = subject.properties
    return {
        "NetworkAclId": given["NetworkAclId"],
        "RuleNumber": given["RuleNumber"],
        "Egress": given.get("Egress", False),
    }


def _entries_by_cidr(properties: object) -> dict[str, JSON]:
    entries = properties.get("Entries") or [] if isinstance(properties, dict) else []
    return {entry["Cidr"]: entry for entry in entries}


def _changed_entries(subject: Subject) -> JSON:
    """ModifyManagedPrefixList takes what to add and what to remove."""
    new, old = _entries_by_cidr(subject.properties), _entries_by_cidr(subject.previous)
    found = call("ec2", "DescribeManagedPrefixLists", {"PrefixListIds": [subject.physical_id]})
    return {
        "PrefixListId": subject.physical_id,
        "CurrentVersion": found["PrefixLists"][0]["Version"],
        "PrefixListName": subject.properties["PrefixListName"],
        "AddEntries": [entry for cidr, entry in new.items() if old.get(cidr) != entry],
        "RemoveEntries": [{"Cidr": cidr} for cidr, entry in old.items() if new.get(cidr) != entry],
    }


TYPES = (
    ApiType(
        "AWS::EC2::EIP",
        "ec2",
        create=(
            Call("AllocateAddress", {"Domain": "=vpc"}, same_names=True),
            Call(
                "AssociateAddress",
                {"PublicIp": "$id", "InstanceId": "InstanceId"},
                when="InstanceId",
            ),
        ),
        ref="PublicIp",
        read=Call("DescribeAddresses", {"PublicIps": "[$id]"}),
        attributes={"PublicIp": "Addresses.0.PublicIp", "AllocationId": "Addresses.0.AllocationId"},
        delete=(Call("ReleaseAddress", {"AllocationId": "@AllocationId"}),),
        tag_property="Tags",
        stack_tags=True,
        tag=_TAG_ADDRESS,
        untag=_UNTAG_ADDRESS,
        not_in_api=frozenset({"TransferAddress"}),
    ),
    ApiType(
        "AWS::EC2::NatGateway",
        "ec2",
        create=(Call("CreateNatGateway", {"ClientToken": "$token"}, same_names=True),),
        ref="NatGateway.NatGatewayId",
        attributes={"NatGatewayId": "NatGateway.NatGatewayId"},
        delete=(Call("DeleteNatGateway", {"NatGatewayId": "$id"}),),
        tag_property="Tags",
        stack_tags=True,
        tag=_TAG,
        untag=_UNTAG,
        not_in_api=frozenset({"MaxDrainDurationSeconds"}),
    ),
    ApiType(
        "AWS::EC2::FlowLog",
        "ec2",
        create=(Call("CreateFlowLogs", {"ResourceIds": "[ResourceId]"}, same_names=True),),
        ref="FlowLogIds.0",
        attributes={"Id": "FlowLogIds.0"},
        delete=(Call("DeleteFlowLogs", {"FlowLogIds": "[$id]"}),),
        tag_property="Tags",
        stack_tags=True,
        tag=_TAG,
        untag=_UNTAG,
        not_in_api=frozenset({"TagFieldSpecifications"}),
    ),
    ApiType(
        "AWS::EC2::NetworkAcl",
        "ec2",
        create=(Call("CreateNetworkAcl", same_names=True),),
        ref="NetworkAcl.NetworkAclId",
        attributes={"Id": "NetworkAcl.NetworkAclId"},
        delete=(Call("DeleteNetworkAcl", {"NetworkAclId": "$id"}),),
        tag_property="Tags",
        stack_tags=True,
        tag=_TAG,
        untag=_UNTAG,
    ),
    ApiType(
        "AWS::EC2::NetworkAclEntry",
        "ec2",
        create=(Call("CreateNetworkAclEntry", shape=_entry),),
        ref="$name",
        update=(Call("ReplaceNetworkAclEntry", shape=_entry),),
        delete=(Call("DeleteNetworkAclEntry", shape=_key_of_entry),),
    ),
    ApiType(
        "AWS::EC2::SecurityGroupIngress",
        "ec2",
        create=(Call("AuthorizeSecurityGroupIngress", {"GroupId": "GroupId"}, shape=_INGRESS),),
        ref="SecurityGroupRules.0.SecurityGroupRuleId",
        attributes={"Id": "SecurityGroupRules.0.SecurityGroupRuleId"},
        delete=(
            Call(
                "RevokeSecurityGroupIngress",
                {"GroupId": "GroupId", "SecurityGroupRuleIds": "[$id]"},
            ),
        ),
        not_in_api=frozenset(
            {"SourceSecurityGroupName", "SourceSecurityGroupOwnerId", "GroupName"}
        ),
    ),
    ApiType(
        "AWS::EC2::SecurityGroupEgress",
        "ec2",
        create=(Call("AuthorizeSecurityGroupEgress", {"GroupId": "GroupId"}, shape=_EGRESS),),
        ref="SecurityGroupRules.0.SecurityGroupRuleId",
        attributes={"Id": "SecurityGroupRules.0.SecurityGroupRuleId"},
        delete=(
            Call(
                "RevokeSecurityGroupEgress",
                {"GroupId": "GroupId", "SecurityGroupRuleIds": "[$id]"},
            ),
        ),
    ),
    ApiType(
        "AWS::EC2::PrefixList",
        "ec2",
        create=(Call("CreateManagedPrefixList", same_names=True),),
        ref="PrefixList.PrefixListId",
        read=Call("DescribeManagedPrefixLists", {"PrefixListIds": "[$id]"}),
        attributes={
            "PrefixListId": "PrefixLists.0.PrefixListId",
            "OwnerId": "PrefixLists.0.OwnerId",
            "Version": "PrefixLists.0.Version",
            "Arn": "PrefixLists.0.PrefixListArn",
        },
        update=(
            Call(
                "ModifyManagedPrefixList",
                shape=_changed_entries,
                on_change=("Entries", "PrefixListName"),
            ),
        ),
        delete=(Call("DeleteManagedPrefixList", {"PrefixListId": "$id"}),),
        tag_property="Tags",
        stack_tags=True,
        tag=_TAG,
        untag=_UNTAG,
    ),
)
