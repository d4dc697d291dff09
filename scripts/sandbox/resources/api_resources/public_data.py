"""What AWS itself publishes in every account: Amazon Linux's image ids, prefix lists in rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scripts.sandbox.seams import Kind, Seam

_IMAGES = "/aws/service/ami-amazon-linux-latest"

PUBLIC_IMAGES = Seam(
    "ministack.services.ssm",
    "_PUBLIC_AMI_PARAMETERS",
    None,
    Kind.MAPPING,
    None,
    "Amazon Linux images",
)
PARSE_PERMISSIONS = Seam(
    "ministack.services.ec2",
    "_parse_ip_permissions",
    None,
    Kind.FUNCTION,
    ("params", "prefix"),
    "prefix lists in security group rules",
)
SEAMS = (PUBLIC_IMAGES, PARSE_PERMISSIONS)


def install() -> None:
    """Add them to what ministack publishes."""
    PUBLIC_IMAGES.value.setdefault(
        f"{_IMAGES}/al2023-ami-kernel-default-arm64", "ami-0a2023a1b2c3d4e5f"
    )
    PARSE_PERMISSIONS.replace(_with_prefix_lists(PARSE_PERMISSIONS.value))


def _with_prefix_lists(parse: Callable[..., list[dict[str, Any]]]) -> Callable[..., Any]:
    """ministack's EC2 API drops the prefix lists of a rule, and then matches unlike rules."""

    def parse_ip_permissions(params: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
        rules = parse(params, prefix)
        for number, rule in enumerate(rules, 1):
            index = 1
            while identifier := _one(params, f"{prefix}.{number}.PrefixListIds.{index}"):
                entry = {"PrefixListId": identifier}
                note = _one(params, f"{prefix}.{number}.PrefixListIds.{index}", "Description")
                if note:
                    entry["Description"] = note
                rule["PrefixListIds"].append(entry)
                index += 1
        return rules

    return parse_ip_permissions


def _one(params: Mapping[str, Any], base: str, field: str = "PrefixListId") -> str:
    value = params.get(f"{base}.{field}", "")
    return str(value[0] if isinstance(value, list) else value)
