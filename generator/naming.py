"""Every string that is derived from a Python name, and the length limits that AWS puts on them."""

from __future__ import annotations

PREFIX = "tradewind"


def pascal(attribute: str) -> str:
    """`vpc_id` -> `VpcId`: the name of a Parameter, an Output or a Condition."""
    return "".join(part[:1].upper() + part[1:] for part in attribute.split("_"))


def kebab(class_name: str) -> str:
    """`LoadTest` -> `load-test`: the file of a nested template, the stem of a root."""
    return "".join("-" + c.lower() if c.isupper() else c for c in class_name).lstrip("-")


def stack_name(environment: str, root: str) -> str:
    """The name of a root's stack; the same in every region."""
    return f"{PREFIX}-{environment}-{root}"


def artifact_bucket(environment: str, account: str, region: str) -> str:
    """Where releases live in a region; foundation makes it, the tool uploads to it."""
    return f"{PREFIX}-{environment}-artifacts-{account}-{region}"
