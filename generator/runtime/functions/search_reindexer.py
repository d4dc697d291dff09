"""Make the search index anew from the whole catalogue: three steps of a state machine.

`begin` makes an index, `walk` fills it as far as a run of the function goes and says where to go on, `switch`
has the shop search it and takes the old one away. The stream's changes come into it meanwhile
(`search_indexer`). Any step may run again. What is walked bears the time before it was read as its version,
less what two clocks may differ: whatever the stream tells of the same product wins.
"""

import json
import logging
import os
import time

import boto3
from botocore.config import Config
from catalogue_documents import document
from search_indices import AGAIN, ask, bulk, made, searched, standing
from unindexed import put_aside

log = logging.getLogger()
log.setLevel(logging.INFO)

CALLS = Config(
    connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3}
)

dynamodb = boto3.client("dynamodb", config=CALLS)

#: Seconds: between Lambda's clock and DynamoDB's; for the domain; left when the last page begins.
CLOCKS, PATIENCE, A_PAGE = 60, 60, 150


class Overtaken(Exception):
    """Another execution has begun since, and makes an index of its own."""


class Busy(Exception):
    """The domain did not take a page in time."""


def handler(event, context):
    """One step, of the index that the execution makes."""
    index = event["index"]
    match event["step"]:
        case "begin":
            return begin(index)
        case "walk":
            return walk(index, event["start"], context)
        case "switch":
            return switch(index)
        case other:
            raise ValueError(f"no such step: {other}")


def begin(index):
    """An empty index, and nothing left of an execution that did not come to its end."""
    end = time.monotonic() + PATIENCE
    indices = standing(end)
    left = [name for name, aliases in indices.items() if made in aliases and name != index]
    if left:
        log.warning("taking away what was never switched: %s", ", ".join(left))
        change_aliases(end, *({"remove_index": {"index": name}} for name in left))
    if index not in indices:
        ask(end, "PUT", index, {"aliases": {made: {"is_write_index": True}}})
    return {"index": index}


def walk(index, start, context):
    """Page after page, until the catalogue or the time ends: where to go on, and how many came in."""
    indexed = 0
    while True:
        before = int(time.time()) - CLOCKS
        page = dynamodb.scan(
            TableName=os.environ["CATALOGUE_TABLE"],
            ConsistentRead=True,
            **({"ExclusiveStartKey": start} if start else {}),
        )
        indexed += fill(page["Items"], before)
        start = page.get("LastEvaluatedKey")
        if not start or context.get_remaining_time_in_millis() < A_PAGE * 1000:
            log.info("%s: %d products, %s", index, indexed, "more to come" if start else "all")
            return {"start": start, "indexed": indexed}


def fill(items, version):
    """A page into the index in the making; how many products it took."""
    told = []
    for item in items:
        key = {os.environ["KEY"]: item[os.environ["KEY"]]}
        (name,) = key[os.environ["KEY"]].values()
        if name == os.environ["NO_PRODUCT"]:
            continue
        which = {"_id": name, "version": version, "version_type": "external"}
        try:
            told.append((key, [json.dumps({"index": which}), json.dumps(document(item))]))
        except TypeError as error:
            put_aside(key, str(error))
    end = time.monotonic() + PATIENCE
    outcomes = bulk(end, f"{made}/_bulk?require_alias=true", [deed for _, deed in told])
    if AGAIN in outcomes:
        raise Busy(f"the domain did not take {outcomes.count(AGAIN)} products")
    for (key, _), reason in zip(told, outcomes, strict=True):
        if reason:
            put_aside(key, reason)
    return outcomes.count("")


def switch(index):
    """All at once: the shop searches the index, and those that it searched before are gone."""
    end = time.monotonic() + PATIENCE
    indices = standing(end)
    mine = indices.get(index, set())
    if made not in mine and searched not in mine:
        raise Overtaken(f"{index} is gone: another execution has begun since")
    if made in mine:
        ask(end, "POST", f"{index}/_refresh")
        old = [name for name, aliases in indices.items() if searched in aliases]
        change_aliases(
            end,
            {"add": {"index": index, "alias": searched}},
            {"remove": {"index": index, "alias": made}},
            *({"remove_index": {"index": name}} for name in old),
        )
    log.info("%s is searched", index)
    return {"index": index}


def change_aliases(end, *actions):
    """Together, or not at all."""
    ask(end, "POST", "_aliases", {"actions": actions})
