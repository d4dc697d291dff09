"""The sandbox's own pages, beside AWS's APIs: its clock, its faults, Route 53's data plane.

Asked by the endpoint alone: a build that runs in the sandbox has nothing else of it.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from scripts.errors import Failed, TradewindError, UsageError, reason

#: A page may bring a region's fleets back before it answers.
SECONDS = 180.0


def ask(endpoint: str, method: str, page: str, said: object = None) -> Any:
    """What a page answers.

    Raises UsageError, in its words, for what it does not take; Failed for what it cannot do, and where no
    sandbox answers.
    """
    body = None if said is None else json.dumps(said).encode()
    url = f"{endpoint}/_tradewind/{page}"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        request = urllib.request.Request(url, body, method=method)  # noqa: S310 - the sandbox's own address
        with direct.open(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise _refused(endpoint, refusal) from None
    except (OSError, ValueError, HTTPException) as problem:
        raise _no_sandbox(endpoint, problem) from problem


def _refused(endpoint: str, refusal: urllib.error.HTTPError) -> TradewindError:
    with refusal:
        try:
            words = str(json.load(refusal)["message"])
        except (OSError, ValueError, KeyError, TypeError, HTTPException):
            return _no_sandbox(endpoint, refusal)
    return UsageError(words) if refusal.code < 500 else Failed(words)


def _no_sandbox(endpoint: str, problem: Exception) -> Failed:
    return Failed(
        f"{endpoint} is no sandbox that answers: {reason(problem)}.",
        fix="See whether it runs (tradewind sandbox status); its log is sandbox.log in its home.",
    )
