"""The function that a rule calls is called again if it fails, twice, and then its dead-letter queue told.

ministack calls it once, so an event whose function was killed was lost.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import json
import logging

from scripts.sandbox.seams import Kind, Seam

log = logging.getLogger("tradewind.sandbox")

_LAMBDA = "ministack.services.lambda_svc"
_USED_BY = "functions that rules call"

DISPATCH = Seam(
    "ministack.services.eventbridge",
    "_dispatch_to_lambda",
    None,
    Kind.FUNCTION,
    ("arn", "payload"),
    _USED_BY,
)
FIND = Seam(_LAMBDA, "_get_func_record_for_ref", None, Kind.FUNCTION, ("function_ref",), _USED_BY)
RECORD = Seam(
    _LAMBDA, "_execution_record_for_config", None, Kind.FUNCTION, ("func", "config"), _USED_BY
)
INVOKE = Seam(_LAMBDA, "invoke_async_with_retry", None, Kind.FUNCTION, ("func", "event"), _USED_BY)
SEAMS = (DISPATCH, FIND, RECORD, INVOKE)


def install() -> None:
    """Have rules call functions so."""
    DISPATCH.replace(_call)


def _call(arn: str, payload: str) -> None:
    function, config, name = FIND.value(arn)
    if not function or not config:
        log.warning("a rule calls the function %s, which is not there", name)
        return
    INVOKE.value(RECORD.value(function, config), json.loads(payload))
