"""What security groups let pass: a port over TCP, HTTPS to anywhere, or nothing at all."""

from __future__ import annotations

from typing import Any

from troposphere.ec2 import SecurityGroupRule

from generator.access_lists import ANYWHERE

HTTPS = 443


def over_tcp(port: int, says: str) -> dict[str, Any]:
    """One port: what a rule inside a group and a rule apart from it have in common."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "Description": says}


def https_leaves(where: str) -> SecurityGroupRule:
    """HTTPS to anywhere; `where` says what for."""
    return SecurityGroupRule(CidrIp=ANYWHERE, **over_tcp(HTTPS, where))


def nothing_leaves() -> SecurityGroupRule:
    """The rule that stands for no egress: a group without any rule gets EC2's allow-all instead."""
    return SecurityGroupRule(CidrIp="255.255.255.255/32", **over_tcp(1, "No egress"))
