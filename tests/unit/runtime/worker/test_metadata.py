"""The metadata service, when it answers otherwise than well."""

from __future__ import annotations

import http.client
import io
import urllib.error
from email.message import Message
from typing import Any

import pytest

from tests.unit.runtime.worker.parts import part

Metadata = part("metadata").Metadata


class Opener:
    """Answers one after the other: a text, a status, or an exception."""

    def __init__(self, *answers: str | int | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def open(self, request: Any, timeout: float) -> Any:
        assert timeout
        self.asked.append(f"{request.get_method()} {request.selector}")
        match self.answers.pop(0):
            case str(text):
                return io.BytesIO(text.encode())
            case int(status):
                raise urllib.error.HTTPError("", status, "", Message(), None)
            case Exception() as error:
                raise error


def metadata(*answers: str | int | Exception) -> tuple[Any, Opener]:
    service = Metadata("http://imds")
    service.opener = Opener(*answers)
    return service, service.opener


def test_a_session_whose_time_is_over_is_begun_anew() -> None:
    service, opener = metadata("token", 401, "another token", "i-1")

    assert service.get("instance-id") == "i-1"
    token, asked = "PUT /latest/api/token", "GET /latest/meta-data/instance-id"
    assert opener.asked == [token, asked, token, asked]


def test_what_is_not_there_is_nothing() -> None:
    assert metadata("token", 404)[0].get("spot/instance-action") is None


@pytest.mark.parametrize("error", [http.client.BadStatusLine("?"), TimeoutError()])
def test_who_watches_gets_one_kind_of_error_alone(error: Exception) -> None:
    """Any other would end the watching, and with it the notice."""
    service, _ = metadata(error)
    with pytest.raises(OSError, match=r"no answer|^$"):
        service.get("spot/instance-action")
