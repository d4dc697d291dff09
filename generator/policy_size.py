"""How long IAM would find a policy, before it is asked."""

from __future__ import annotations

import json

from awacs.aws import PolicyDocument

from generator.render import plain

#: IAM's quota for a managed policy, in characters that are not white space.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_LIMIT = 6144

#: The longest that a value in a policy gets to be, for measuring before AWS does.
LONGEST = {
    "AWS::Partition": "aws-us-gov",
    "AWS::AccountId": "1" * 12,
    "AWS::Region": "ap-southeast-2",
    "AWS::URLSuffix": "amazonaws.com",
    "Environment": "e" * 12,
    "HostedZoneId": "Z" * 32,
    "PeerRegion": "ap-southeast-2",
    "WitnessRegion": "ap-northeast-1",
}


def size(document: PolicyDocument) -> int:
    """The characters that IAM counts, with every parameter at its longest."""
    said = json.dumps(longest(plain(document)), separators=(",", ":"))
    return len("".join(said.split()))


def longest(value: object) -> object:
    """The document with its intrinsics resolved to the longest values that they may have."""
    match value:
        case {"Ref": name}:
            return LONGEST[str(name)]
        case {"Fn::Sub": str() as text}:
            for name, stand_in in LONGEST.items():
                text = text.replace(f"${{{name}}}", stand_in)
            return text
        case dict():
            return {key: longest(part) for key, part in value.items()}
        case list():
            return [longest(part) for part in value]
    return value
