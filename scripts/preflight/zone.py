"""The hosted zone: it is there before any stack, and the world is sent to it."""

from __future__ import annotations

from typing import Any

from scripts.aws import AwsSaidNo
from scripts.checks import Answer, all_of, passed, refused, unknown, warned
from scripts.preflight.ground import Ground, NoName, Question, Questions, Reply

RECORD = "AWS::Route53::RecordSet"
CERTIFICATE = "AWS::CertificateManager::Certificate"

#: A CAA record that names one of these lets ACM issue.
#: https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
AUTHORITIES = frozenset({"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"})


def zone_is_there(ground: Ground, region: str) -> Reply:
    """In this account, public, and of the environment's domain."""
    zone, domain = ground.environment.hosted_zone
    expected = f"a public hosted zone of {domain}"
    correct = f"Correct hosted_zone_id in {ground.params}"
    try:
        told = _zone(ground, region)
    except AwsSaidNo as error:
        if error.code != "NoSuchHostedZone":
            raise
        make = f"aws route53 create-hosted-zone --name {domain} --caller-reference {domain}"
        return Reply(refused(f"{zone} is not in this account", expected, f"{correct}, or: {make}"))
    name, private = _plain(told["Name"]), told.get("Config", {}).get("PrivateZone", False)
    troubles = [f"{zone} is of {name}"] if name != domain else []
    troubles += [f"{zone} is private"] if private else []
    return Reply(all_of(troubles, f"{zone} is of {name}", expected, f"{correct}."))


def zone_is_delegated(ground: Ground, region: str) -> Reply:
    """The zone above names the servers of this very zone: else no certificate is ever issued."""
    zone, domain = ground.environment.hosted_zone
    told = ground.client("route53", region).call("get_hosted_zone", Id=zone)
    ours = {_plain(one) for one in told.get("DelegationSet", {}).get("NameServers", ())}
    return Reply(_delegated(ground, domain, ours))


def _delegated(ground: Ground, domain: str, ours: set[str]) -> Answer:
    expected = f"the zone above {domain} names {', '.join(sorted(ours)) or 'its servers'}"
    remedy = f"Put NS records of {domain} into the zone above it, or tell its registrar."
    try:
        named = {_plain(one) for one in ground.names.delegation(domain)}
    except NoName as error:
        return unknown(str(error).rstrip("."), expected, remedy)
    if not named:
        return refused(f"nobody is sent to {domain}", expected, remedy)
    if not named & ours:
        return refused(f"it names {', '.join(sorted(named))}", expected, remedy)
    if named != ours:
        return warned(f"it names {', '.join(sorted(named))}", expected, remedy)
    return passed(f"{len(named)} servers, as the zone has them", expected)


def records_are_free(ground: Ground, region: str) -> Reply:
    """No record of ours is there that no stack of ours has, nor one that tolerates none beside it.

    A name with a CNAME has no other record.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat
    """
    zone, _ = ground.environment.hosted_zone
    fresh = ground.missing(ground.wanted.of([RECORD]))
    wanted = {(_plain(one.text("Name")), one.text("Type")): one for one in fresh}
    listed = ground.client("route53", region).pages(
        "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone
    )
    ours = {
        (_plain(one.text("Name")), one.text("Type"), one.text("SetIdentifier"))
        for one in ground.wanted.of([RECORD])
        if ground.standing.holds(one)
    }
    theirs = {
        key
        for one in listed
        if (*(key := (_plain(one["Name"]), one["Type"])), one.get("SetIdentifier", "")) not in ours
    }
    taken = {there for there in theirs if any(_collide(there, key) for key in wanted)}
    answer = all_of(
        [f"{name} {kind} is there already" for name, kind in sorted(taken)],
        f"{len(wanted)} are free",
        "records that nobody has",
        f"Look whose it is, then delete it: aws route53 change-resource-record-sets --hosted-zone-id {zone}",
    )
    concerned = (key for key in sorted(wanted) if any(_collide(key, there) for there in taken))
    return Reply(answer, tuple(wanted[key] for key in concerned))


def _collide(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two records, each a name and a type, cannot be there together."""
    return one[0] == other[0] and (one[1] == other[1] or "CNAME" in (one[1], other[1]))


def certificates_may_be_issued(ground: Ground, _region: str) -> Reply:
    """CAA records of the names, or of what is above them, let Amazon issue. No record lets everybody."""
    wanted = ground.wanted.of([CERTIFICATE])
    names = sorted({one.text("DomainName") for one in wanted})
    expected = "no CAA record, or one that names Amazon"
    try:
        told = {name: set(ground.names.authorities(name)) for name in names}
    except NoName as error:
        return Reply(unknown(str(error).rstrip("."), expected))
    barred = [name for name, said in told.items() if said and not said & AUTHORITIES]
    answer = all_of(
        [f"{name} is for {', '.join(sorted(told[name]))}" for name in barred],
        f"{len(names)} names, open to Amazon",
        expected,
        'Add a record CAA 0 issue "amazon.com" to where the others stand.',
    )
    return Reply(answer, tuple(one for one in wanted if one.text("DomainName") in barred))


def _zone(ground: Ground, region: str) -> dict[str, Any]:
    zone, _ = ground.environment.hosted_zone
    told: dict[str, Any] = ground.client("route53", region).call("get_hosted_zone", Id=zone)[
        "HostedZone"
    ]
    return told


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


CHECKS: Questions = (
    Question("hosted zone", "account", (RECORD,), zone_is_there),
    Question("delegation of the zone", "account", (CERTIFICATE,), zone_is_delegated),
    Question("records of the zone", "account", (RECORD,), records_are_free),
    Question("certificates may be issued", "account", (CERTIFICATE,), certificates_may_be_issued),
)
