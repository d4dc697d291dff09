"""Security-group rules that more than one layer writes."""

from __future__ import annotations

from troposphere.ec2 import SecurityGroupRule


def https_leaves(where: str) -> SecurityGroupRule:
    """HTTPS to anywhere; `where` says what for."""
    return SecurityGroupRule(
        IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="0.0.0.0/0", Description=where
    )


def nothing_leaves() -> SecurityGroupRule:
    """The rule that stands for no egress: a group without any rule gets EC2's allow-all instead."""
    return SecurityGroupRule(
        IpProtocol="icmp",
        FromPort=252,
        ToPort=86,
        CidrIp="255.255.255.255/32",
        Description="No egress",
    )
