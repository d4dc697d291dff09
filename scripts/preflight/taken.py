"""How AWS is asked which names are taken: by a list of all, or for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from scripts.aws import AwsSaidNo, Client
from scripts.preflight.ground import Ground

#: Of these names, in a region, those that are taken -> by what.
Taken = Callable[[Ground, str, Collection[str]], Mapping[str, str]]

_THERE, _NO_SUCH = "is there already", "ResourceNotFoundException"


def listed(
    service: str, operation: str, key: str, name: Callable[[Any], str], **asked: Any
) -> Taken:
    """By a list of all that the account has there."""

    def taken(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
        held = ground.client(service, region).pages(operation, key, **asked)
        return _among(names, map(name, held))

    return taken


def turned(
    service: str,
    operation: str,
    key: str,
    name: Callable[[Any], str],
    within: str = "",
    **asked: Any,
) -> Taken:
    """By such a list where botocore has no paginator: NextMarker turns it.

    CloudFront has its lists `within` another member, and is told the Marker.
    """
    marker = "Marker" if within else "NextMarker"

    def taken(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
        client = ground.client(service, region)
        return _among(names, map(name, _pages(client)))

    def _pages(client: Client) -> Iterator[Any]:
        turn: dict[str, str] = {}
        while True:
            answer = client.call(operation, **asked, **turn)
            page = answer[within] if within else answer
            yield from page.get(key, ())
            if not page.get("NextMarker"):
                return
            turn = {marker: page["NextMarker"]}

    return taken


def described(service: str, operation: str, parameter: str) -> Taken:
    """By asking for each, where there is no list with pages."""

    def taken(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
        client = ground.client(service, region)
        return {
            name: _THERE
            for name in names
            if _told(client, operation, _NO_SUCH, **{parameter: name}) is not None
        }

    return taken


def by_name(
    service: str, operation: str, parameter: str, gone: str, key: str, member: str
) -> Taken:
    """By asking for each: of load balancers there may be thousands."""

    def taken(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
        client = ground.client(service, region)
        told = (_told(client, operation, gone, **{parameter: [name]}) or {} for name in names)
        return {one[member]: _THERE for answer in told for one in answer.get(key, ())}

    return taken


def of(*path: str) -> Callable[[Any], str]:
    """A member, or one of a member."""

    def name(one: Any) -> str:
        for member in path:
            one = one[member]
        return str(one)

    return name


def last(separator: str, member: str = "") -> Callable[[Any], str]:
    """The end of an ARN or a URL."""
    return lambda one: str(one[member] if member else one).rpartition(separator)[2]


def buckets(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
    """Bucket names are one for all accounts of a partition: HeadBucket tells of anybody's.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    client = ground.client("s3", region)
    return {name: how for name in names if (how := _bucket(client, name))}


def secrets(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
    """A secret that is to be deleted keeps its name until it is."""
    client, taken = ground.client("secretsmanager", region), {}
    for name in names:
        found = _told(client, "describe_secret", _NO_SUCH, SecretId=name)
        if found is not None:
            going = "is scheduled for deletion, and holds its name"
            taken[name] = going if found.get("DeletedDate") else _THERE
    return taken


def log_groups(ground: Ground, region: str, names: Collection[str]) -> Mapping[str, str]:
    """Listed by how names begin: an account has thousands."""
    client = ground.client("logs", region)
    begun = {"/".join(name.split("/")[:2]) for name in names}
    held = (
        one["logGroupName"]
        for prefix in sorted(begun)
        for one in client.pages("describe_log_groups", "logGroups", logGroupNamePrefix=prefix)
    )
    return _among(names, held)


def _among(names: Collection[str], held: Iterator[str]) -> Mapping[str, str]:
    return {name: _THERE for name in held if name in names}


def _told(client: Client, operation: str, gone: str, **asked: Any) -> dict[str, Any] | None:
    """What AWS tells of a thing; None where it says that there is none, by a code that begins so."""
    try:
        return client.call(operation, **asked)
    except AwsSaidNo as error:
        if error.code.startswith(gone):
            return None
        raise


def _bucket(client: Client, name: str) -> str:
    try:
        client.call("head_bucket", Bucket=name)
    except AwsSaidNo as error:
        match error.code:
            case "404" | "NoSuchBucket" | "NotFound":
                return ""
            case "403" | "AccessDenied" | "Forbidden":
                return "belongs to somebody else, or may not be read"
            case "301" | "PermanentRedirect":
                return "is there already, in another region"
        raise
    return _THERE
