"""EC2's instance types: which are offered, and how many vCPUs one has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from scripts.sandbox.offers import catalogue
from scripts.sandbox.seams import Kind, Seam

Parameters: TypeAlias = Any
Answer: TypeAlias = tuple[int, dict[str, str], bytes]

_EC2, _USED_BY = "ministack.services.ec2", "which machines are offered"

ACTIONS = Seam(_EC2, "_ACTION_MAP", kind=Kind.MAPPING, used_by=_USED_BY)
DESCRIBE = Seam(_EC2, "_ACTION_MAP", "DescribeInstanceTypes", parameters=("p",), used_by=_USED_BY)
LISTED = Seam(_EC2, "_parse_member_list", parameters=("params", "prefix"), used_by=_USED_BY)
XML = Seam(_EC2, "_xml", parameters=("status", "root_tag", "inner"), used_by=_USED_BY)
ERROR = Seam(_EC2, "_error", parameters=("code", "message", "status"), used_by=_USED_BY)
REGION = Seam("ministack.core.responses", "get_region", parameters=(), used_by=_USED_BY)
SEAMS = (ACTIONS, DESCRIBE, LISTED, XML, ERROR, REGION)

#: The zones of a region, as ministack has them.
ZONES = "abc"

_ITEM = re.compile(r"(?=<item>\s*<instanceType>)")
_NAME = re.compile(r"<instanceType>([^<]+)</instanceType>")
_COUNTS = re.compile(r"<(defaultVCpus|defaultCores)>\d+<")
_ARCHITECTURE = re.compile(r"(<supportedArchitectures><item>)x86_64")
_NUMBERED = re.compile(r"(\d+)xlarge")

#: vCPUs by size; `t` has two from the smallest on.
#: https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html
SIZES = {"medium": 1, "large": 2, "xlarge": 4}
BURSTABLE = {**dict.fromkeys(("nano", "micro", "small", "medium", "large"), 2), "xlarge": 4}


def install() -> None:
    """Have both calls tell so."""
    describe = DESCRIBE.value

    def described(p: Parameters) -> Answer:
        asked = LISTED.value(p, "InstanceType")
        known = catalogue.machines(REGION.value())
        if strange := [name for name in asked if name not in known]:
            named = ", ".join(strange)
            message = f"The following supplied instance types do not exist: [{named}]"
            return ERROR.value("InvalidInstanceType", message, 400)  # type: ignore[no-any-return]
        status, headers, body = describe(p)
        return status, headers, corrected(body.decode()).encode()

    DESCRIBE.replace(described)
    ACTIONS.value["DescribeInstanceTypeOfferings"] = offered


def vcpus(name: str) -> int | None:
    """Of an instance type; None where its size does not say."""
    family, _, size = name.partition(".")
    if family.startswith("t") and family != "t2":
        sizes = BURSTABLE
    elif re.match(r"(c|m|r|i|x|g)\d", family):
        sizes = SIZES
    else:
        return None
    if numbered := _NUMBERED.fullmatch(size):
        return 4 * int(numbered[1])
    return sizes.get(size)


def corrected(told: str) -> str:
    """An answer of ministack's, with AWS's sizes and architectures."""
    head, *items = _ITEM.split(told)
    return head + "".join(_corrected(item) for item in items)


def _corrected(item: str) -> str:
    named = _NAME.search(item)
    name = named[1] if named else ""
    if (count := vcpus(name)) is not None:
        item = _COUNTS.sub(rf"<\g<1>>{count}<", item)
    if re.match(r"[a-z]+\d+g", name):
        item = _ARCHITECTURE.sub(r"\1arm64", item)
    return item


def offered(p: Parameters) -> Answer:
    """DescribeInstanceTypeOfferings."""
    region = REGION.value()
    kind = (p.get("LocationType") or ["region"])[0]
    places = {
        "region": [region],
        "availability-zone": [f"{region}{letter}" for letter in ZONES],
    }.get(kind)
    if places is None:
        message = f"The sandbox knows no offerings by {kind}."
        return ERROR.value("InvalidParameterValue", message, 400)  # type: ignore[no-any-return]
    wanted = dict(_filters(p))
    items = "".join(
        f"<item><instanceType>{name}</instanceType><locationType>{kind}</locationType>"
        f"<location>{place}</location></item>"
        for place in places
        if place in wanted.get("location", (place,))
        for name in sorted(catalogue.machines(region))
        if any(_matches(name, pattern) for pattern in wanted.get("instance-type", ("*",)))
    )
    answer: Answer = XML.value(
        200,
        "DescribeInstanceTypeOfferingsResponse",
        f"<instanceTypeOfferingSet>{items}</instanceTypeOfferingSet>",
    )
    return answer


def _matches(name: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def _filters(p: Parameters) -> Iterator[tuple[str, list[str]]]:
    number = 1
    while f"Filter.{number}.Name" in p:
        yield p[f"Filter.{number}.Name"][0], LISTED.value(p, f"Filter.{number}.Value")
        number += 1
