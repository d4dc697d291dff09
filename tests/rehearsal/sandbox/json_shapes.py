"""Clients of JSON protocols, whose every answer must fit botocore's model of the service."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.sandbox.modelled import misfits


def checking_json(client: Any) -> Any:
    """The client, whose every answer fails the test when the service's model does not fit it."""
    service = client.meta.service_model.service_name
    client.meta.events.register(f"before-parse.{service}", _check)
    return client


def _check(operation_model: Any, response_dict: Any, **_more: Any) -> None:
    shape = operation_model.output_shape
    if response_dict["status_code"] >= 300 or shape is None:
        return
    told = json.loads(response_dict["body"])
    assert list(misfits(told, shape, operation_model.name)) == []
