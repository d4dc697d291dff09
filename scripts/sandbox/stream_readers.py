"""Lambda's readers of DynamoDB streams: each takes a batch at a time, and again from what was not done.

ministack reads all streams in one thread, takes a batch for done whatever its function says of it, and knows
no setting but the records' age. Here a reader does as its event source mapping says: it begins again at the
first of the `batchItemFailures`, halves a batch whose call failed, and gives up when it may, and not before.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import contextvars
import logging
import time
from dataclasses import dataclass
from typing import Any

from scripts.sandbox import seams
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.seams import Kind, Seam

log = logging.getLogger("tradewind.sandbox")

Mapping = dict[str, Any]
Records = list[dict[str, Any]]

_LAMBDA = "ministack.services.lambda_svc"
_DYNAMODB = "ministack.services.dynamodb"
_RESPONSES = "ministack.core.responses"
_USED_BY = "readers of DynamoDB streams"


def _function(module: str, name: str, parameters: str) -> Seam:
    return Seam(module, name, None, Kind.FUNCTION, tuple(parameters.split()), _USED_BY)


POLL = _function(_LAMBDA, "_poll_dynamodb_streams", "")
DISPATCH = _function(_LAMBDA, "_dispatch_esm_batch", "esm_id fn args")
FILTER = _function(_LAMBDA, "_apply_filter_criteria", "records esm")
FUNCTION_OF = _function(_LAMBDA, "_get_func_record_for_qualifier", "name qualifier")
EXECUTE = _function(_LAMBDA, "_execute_function", "func event")
GIVE_UP = _function(
    _LAMBDA, "_send_ddb_stream_failure_record", "esm func_rec batch stream_arn result condition"
)
MAPPINGS = Seam(_LAMBDA, "_esms", None, Kind.MAPPING, used_by=_USED_BY)
UNDER_WAY = Seam(_LAMBDA, "_esm_inflight", None, Kind.MAPPING, used_by=_USED_BY)
POSITIONS = Seam(_LAMBDA, "_dynamodb_stream_positions", None, Kind.MAPPING, used_by=_USED_BY)
TABLES = Seam(_DYNAMODB, "_tables", None, Kind.MAPPING, used_by=_USED_BY)
BEGINNING = _function(_DYNAMODB, "stream_start_position", "table_name account_id region")
END = _function(_DYNAMODB, "stream_end_position", "table_name account_id region")
SINCE = _function(_DYNAMODB, "stream_records_since", "table_name position limit account_id region")
SET_ACCOUNT = _function(_RESPONSES, "set_request_account_id", "access_key_id")
SET_REGION = _function(_RESPONSES, "set_request_region", "region")
SEAMS = (
    *(POLL, DISPATCH, FILTER, FUNCTION_OF, EXECUTE, GIVE_UP, MAPPINGS, UNDER_WAY, POSITIONS),
    *(TABLES, BEGINNING, END, SINCE, SET_ACCOUNT, SET_REGION),
)

#: Seconds before a batch is tried again: so many, doubled each time, at most `LONGEST`.
SHORTEST, LONGEST = 0.25, 10.0


@dataclass
class Tries:
    """How often the batch at a position was tried in vain; not before when, and how long it may be next."""

    position: int
    times: int = 0
    not_before: float = 0.0
    most: int = 0


_TRIES: dict[str, Tries] = {}


def install() -> None:
    """Have ministack's poller ask here."""
    POLL.replace(poll)


def poll() -> bool:
    """Have every reader that is not at work already take its next batch. Whether there is more at once."""
    more = False
    for (account, region, identifier), mapping in list(seams.everywhere(MAPPINGS).items()):
        if STANDING.down(region):
            continue
        if ":dynamodb:" in mapping.get("EventSourceArn", "") and not UNDER_WAY.value.get(
            identifier
        ):
            more |= contextvars.copy_context().run(_look, account, region, mapping)
    return more


def _look(account: str, region: str, mapping: Mapping) -> bool:
    """Begin the next batch beside this thread; or, where the filter lets none of it through, pass it by."""
    SET_ACCOUNT.value(account)
    SET_REGION.value(region)
    arn, identifier = mapping["EventSourceArn"], mapping["UUID"]
    name = arn.partition("/stream/")[0].rpartition("/")[2]
    function, _ = FUNCTION_OF.value(mapping["FunctionName"], mapping.get("Qualifier"))
    table = TABLES.value.get(name)
    if not mapping.get("Enabled", True) or function is None or not table:
        return False
    if table.get("LatestStreamArn") != arn:
        return False
    position = _position(mapping, name)
    tries = _TRIES.get(identifier)
    if tries is None or tries.position != position:
        tries = _TRIES[identifier] = Tries(position)
    if time.monotonic() < tries.not_before:
        return False
    records: Records = SINCE.value(name, position, tries.most or mapping.get("BatchSize", 100))
    shown = FILTER.value(records, mapping)
    if not shown:
        POSITIONS.value[identifier] = position + len(records)
        return bool(records)
    DISPATCH.value(identifier, _work, mapping, function, records, shown, tries)
    return False


def _position(mapping: Mapping, table: str) -> int:
    """Where the reader stands: what has expired is passed by."""
    horizon: int = BEGINNING.value(table)
    if mapping["UUID"] not in POSITIONS.value:
        trims = mapping.get("StartingPosition") == "TRIM_HORIZON"
        POSITIONS.value[mapping["UUID"]] = horizon if trims else END.value(table)
    position: int = max(POSITIONS.value[mapping["UUID"]], horizon)
    return position


def _work(
    mapping: Mapping, function: dict[str, Any], records: Records, shown: Records, tries: Tries
) -> None:
    """Call the function, and stand where it says."""
    result = EXECUTE.value(function, {"Records": shown})
    done = _done(mapping, records, shown, result)
    mapping["LastProcessingResult"] = "OK" if done == len(records) else "FAILED"
    if done:
        _stand(mapping, tries.position + done)
    if done == len(records):
        return
    if result.get("error"):
        log.warning("%s failed on a batch of its stream", mapping["FunctionName"])
    if not done:
        tries.times += 1
    condition = _exhausted(mapping, records[done:], tries)
    if condition:
        GIVE_UP.value(mapping, function, shown, mapping["EventSourceArn"], result, condition)
        _stand(mapping, tries.position + len(records))
        return
    again = Tries(tries.position + done, 0 if done else tries.times)
    again.not_before = time.monotonic() + min(SHORTEST * 2**again.times, LONGEST)
    if mapping.get("BisectBatchOnFunctionError") and not done:
        again.most = max(1, len(records) // 2)
    _TRIES[mapping["UUID"]] = again


def _stand(mapping: Mapping, position: int) -> None:
    """Unless somebody has removed the mapping in the meantime."""
    if mapping["UUID"] in POSITIONS.value:
        POSITIONS.value[mapping["UUID"]] = position


def _done(mapping: Mapping, records: Records, shown: Records, result: dict[str, Any]) -> int:
    """How many of the records need not come again: those before the first that is named as failed.

    A name that is none of the batch's is taken for a failure of all of it.
    """
    if result.get("error"):
        return 0
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or ()):
        return len(records)
    body = result.get("body")
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    if not failures:
        return len(records)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    known = {record["dynamodb"]["SequenceNumber"] for record in shown}
    named = [failure.get("itemIdentifier") for failure in failures]
    if not known.issuperset(named):
        return 0
    return min(numbers.index(name) for name in named)


def _exhausted(mapping: Mapping, left: Records, tries: Tries) -> str:
    """Why the reader gives a batch up, in AWS's words; empty while it does not."""
    most = int(mapping.get("MaximumRetryAttempts", -1))
    if 0 <= most < tries.times:
        return "RetryAttemptsExhausted"
    oldest = min(record["dynamodb"]["ApproximateCreationDateTime"] for record in left)
    age = int(mapping.get("MaximumRecordAgeInSeconds", -1))
    if 0 < age < time.time() - float(oldest):
        return "MaxRecordAgeExceeded"
    return ""
