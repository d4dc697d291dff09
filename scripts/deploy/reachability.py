"""Which objects of the artifacts buckets nothing needs any more, and their removal.

Kept is what can be got to, template by template, from

- what stands in any region: the templates of its stacks, of nested ones and of change sets that wait, what
  its outputs name, and the revisions of its fleets, from which an instance is made tomorrow;
- the release and shipment that stand, and the N before, for a rollback;
- what was asked for and has not come to its end, and what the pipeline is busy with;
- whatever is younger than a day: somebody may be bringing what will refer to the rest.

What is uncertain is kept, and what cannot be read stops everything. Deleting in a versioned bucket leaves a
marker: the bucket keeps old versions for a month.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from generator.bundles import RELEASES
from scripts import inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.changes import NESTED_STACK
from scripts.deploy import change_sets, history, references, sealed, shipments
from scripts.deploy.artifacts import Artifacts, Listing, Stored
from scripts.deploy.history import Completed, Entry, History
from scripts.deploy.pipeline import names, runs
from scripts.events import Event, ObjectRemoved
from scripts.lease import Lease

if TYPE_CHECKING:
    from generator.environments import Environment

#: Releases before the one that stands that can be gone back to.
KEPT = 5

#: What is younger is left alone.
YOUNG = timedelta(days=1)

#: What was asked for and did not come to its end may still do so: an approval waits as long at most.
#: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
OPEN = timedelta(minutes=86_400)

#: How much of a pipeline's name CodePipeline takes for the prefix of its artifacts.
#: https://repost.aws/questions/QUI91tw7A9SUOMohJurNqmgA
_ARTIFACT_PREFIX = 20

#: Calls that are made side by side.
_AT_ONCE = 8


@dataclass(frozen=True)
class Ground:
    """All that decides, as it was read: objects by region, and `named`, the keys that what stands refers to.

    `artifacts` is the prefix of what the pipeline itself stores; `read` gives an object's content.
    """

    objects: Mapping[str, Listing]
    named: frozenset[str]
    entries: Sequence[Entry]
    current: Completed | None
    artifacts: str
    read: Callable[[str], bytes | None]


@dataclass(frozen=True)
class Unreached:
    """An object that nothing needs any more."""

    region: str
    object: Stored


def unreached(ground: Ground, keep: int = KEPT) -> tuple[Unreached, ...]:
    """What may go, with `keep` releases before the one that stands still to be gone back to."""
    there = frozenset(one.key for listing in ground.objects.values() for one in listing.objects)
    young = {
        one.key
        for listing in ground.objects.values()
        for one in listing.objects
        if listing.at - one.modified < _rest(ground, one.key)
    }
    wanted = {*ground.named, *young, *_kept(ground, keep)}
    reached = references.reached(wanted, there, ground.read)
    return tuple(
        Unreached(region, one)
        for region, listing in ground.objects.items()
        for one in listing.objects
        if one.key not in reached
    )


def ground(aws: Aws, environment: Environment) -> Ground:
    """Read it. Changes nothing; any call that fails fails it."""
    buckets = {region: Artifacts.of(aws, environment, region) for region in environment.regions}
    primary = buckets[environment.primary_region]
    prefix = f"{names.pipeline(environment.name)[:_ARTIFACT_PREFIX]}/"
    # What refers is read before what is referred to is listed: what comes meanwhile is young.
    past = History(primary)
    entries, current = past.entries(), past.current()
    named = {key for region in environment.regions for key in _standing(aws, region)}
    named |= _busy(aws, environment)
    objects = {region: _listing(bucket, prefix) for region, bucket in buckets.items()}
    holder = {one.key: buckets[region] for region, held in objects.items() for one in held.objects}

    def read(key: str) -> bytes | None:
        return holder[key].read(key)

    named |= {
        key
        for region in environment.regions
        for root in inventory.roots(aws, region)
        for key in _its_own(_template(aws, region, {"StackName": root.id}), root.root, holder, read)
    }
    return Ground(objects, frozenset(named), entries, current, prefix, read)


def remove(
    aws: Aws, environment: Environment, lease: Lease, agreed: Sequence[Unreached], keep: int
) -> Iterator[Event]:
    """Delete of what was agreed to what is unreached now. The lease keeps deploys away meanwhile."""
    gone = {*unreached(ground(aws, environment), keep)} & {*agreed}
    for region in environment.regions:
        bucket = Artifacts.of(aws, environment, region)
        lease.confirm()
        for key in bucket.delete(sorted(one.object.key for one in gone if one.region == region)):
            yield ObjectRemoved(region, bucket.bucket, key)


def _rest(ground: Ground, key: str) -> timedelta:
    """For how long an object is left alone. An execution that waits reads what it stored."""
    return OPEN if key.startswith(ground.artifacts) else YOUNG


def _kept(ground: Ground, keep: int) -> Iterator[str]:
    """What history may be asked for: what stands, what stood, what is under way."""
    ended = history.completed(ground.entries)
    if ground.current is not None:
        ended.insert(0, ground.current)
    stood = dict.fromkeys(one.what for one in ended)
    wanted = {what for what, _ in zip(stood, range(keep + 1), strict=False)}
    for one in ended:
        if one.what in wanted:
            yield from (sealed.key(one.release), shipments.key(one.shipment))
    latest = max((listing.at for listing in ground.objects.values()), default=None)
    for entry in ground.entries:
        asked = entry.requested
        if asked is None or entry.completed is not None or latest is None:
            continue
        if latest - datetime.fromisoformat(asked.at) < OPEN:
            yield from (sealed.key(asked.release), shipments.key(asked.shipment))


def _listing(bucket: Artifacts, prefix: str) -> Listing:
    """What is tidied in a bucket: releases, shipments, and what the pipeline stored."""
    listed = [bucket.listing(one) for one in (RELEASES, shipments.PREFIX, prefix)]
    return Listing(
        tuple(one for listing in listed for one in listing.objects),
        min(listing.at for listing in listed),
    )


def _busy(aws: Aws, environment: Environment) -> set[str]:
    """The shipments that the pipeline is busy with."""
    region = environment.primary_region
    going = runs.under_way(runs.listed(aws, region))
    return {key for run in going if (key := runs.shipment(aws, region, run))}


def _standing(aws: Aws, region: str) -> Iterator[str]:
    """The keys that the environment's stacks in a region name."""
    for root in inventory.roots(aws, region):
        resources = [*inventory.resources(aws, region, root.id)]
        nested = [one.physical_id for one in resources if one.type == NESTED_STACK]
        asked: list[dict[str, str]] = [
            {"StackName": stack} for stack in (root.id, *nested) if stack
        ]
        asked += [
            {"StackName": root.id, "ChangeSetName": made.name}
            for made in change_sets.leftovers(aws, region, root.name)
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for text in pool.map(lambda said: _template(aws, region, said), asked):
                yield from references.of_text(text)
        for value in root.outputs.values():
            yield from references.of_text(value)
        for resource in resources:
            if resource.type == "AWS::CodeDeploy::Application" and resource.physical_id:
                yield from _revisions(aws, region, resource.physical_id)


def _its_own(
    text: str, root: str, there: Collection[str], read: Callable[[str], bytes | None]
) -> Iterator[str]:
    """Where the template of a root's stack lies, which nothing else refers to."""
    template = json.loads(text) if text.startswith("{") else None
    for key in there:
        if key.startswith(RELEASES) and key.endswith(f"/{root}.json"):
            body = read(key)
            if body is not None and json.loads(body) == template:
                yield key


def _template(aws: Aws, region: str, said: Mapping[str, str]) -> str:
    """A template as CloudFormation has it; a shell has none."""
    try:
        answer = aws.client("cloudformation", region).call(
            "get_template", TemplateStage="Original", **said
        )
    except AwsSaidNo as error:
        if error.code == "ValidationError" and "does not exist" in error.detail:
            return ""
        raise
    body: Any = answer.get("TemplateBody", "")
    return body if isinstance(body, str) else json.dumps(body, default=str)


def _revisions(aws: Aws, region: str, application: str) -> Iterator[str]:
    """The objects that a fleet's instances are made of: what is to run, and what last ran well."""
    codedeploy = aws.client("codedeploy", region)
    for group in codedeploy.pages(
        "list_deployment_groups", "deploymentGroups", applicationName=application
    ):
        said = codedeploy.call(
            "get_deployment_group", applicationName=application, deploymentGroupName=group
        )["deploymentGroupInfo"]
        revisions = [said.get("targetRevision", {})]
        for which in ("lastSuccessfulDeployment", "lastAttemptedDeployment"):
            if deployment := said.get(which, {}).get("deploymentId"):
                answer = codedeploy.call("get_deployment", deploymentId=deployment)
                revisions.append(answer["deploymentInfo"].get("revision", {}))
        yield from (
            one["s3Location"]["key"] for one in revisions if one.get("s3Location", {}).get("key")
        )
