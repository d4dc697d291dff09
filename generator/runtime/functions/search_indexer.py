"""Bring the catalogue's changes into the search index, and into the one in the making.

A change bears the second in which DynamoDB had it as its version: an older one never overwrites a newer,
however late or often it is told, and beside `search_reindexer`. Within a second the one that is told last
counts: a shard tells in order. What no second try would bring in is put aside, and holds up nobody.
"""

import json
import logging
import os
import time

from catalogue_documents import document, read
from search_indices import AGAIN, bulk, searched, standing
from unindexed import put_aside

log = logging.getLogger()
log.setLevel(logging.INFO)

#: Seconds for the domain; an answer under way may take as long again as the function has left.
PATIENCE = 30


def handler(event, context):
    """The first change that the domain did not take, from which Lambda tries again."""
    end = time.monotonic() + PATIENCE
    indices = sorted(standing(end))
    if not indices:
        log.warning("there is no index: whoever makes it will find these changes in the catalogue")
        return {"batchItemFailures": []}
    told = [(change, *say(change, indices)) for change in latest(event["Records"])]
    outcomes = iter(bulk(end, f"{searched}/_bulk", [d for _, deeds, _ in told for d in deeds]))
    for change, deeds, lack in told:
        reasons = {lack, *(next(outcomes) for _ in deeds)} - {""}
        if AGAIN in reasons:
            return {"batchItemFailures": [{"itemIdentifier": change["dynamodb"]["SequenceNumber"]}]}
        if reasons:
            put_aside(change["dynamodb"]["Keys"], min(reasons))
    return {"batchItemFailures": []}


def latest(changes):
    """Of each product the last change alone: what went before is in it."""
    last = {key_of(change): change for change in changes}
    return [change for change in changes if last[key_of(change)] is change]


def say(change, indices):
    """The deeds that bring a change into the indices; or none, and why JSON cannot tell it."""
    record = change["dynamodb"]
    deed, lines = "delete", []
    if change["eventName"] != "REMOVE":
        try:
            deed, lines = "index", [json.dumps(document(record["NewImage"]))]
        except TypeError as error:
            return [], str(error)
    which = {
        "_id": key_of(change),
        "version": int(record["ApproximateCreationDateTime"]),
        "version_type": "external_gte",
    }
    return [[json.dumps({deed: {"_index": index, **which}}), *lines] for index in indices], ""


def key_of(change):
    """The product's id."""
    return read(change["dynamodb"]["Keys"][os.environ["KEY"]])
