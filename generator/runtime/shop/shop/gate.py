"""The gate before the shop: a request that is too large, or carries a card number, gets no further.

It is WSGI, so that it stands before whatever parses a request or writes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO

from . import cards

#: Bytes of a body. A checkout has some hundred.
LARGEST = 64 * 1024

#: Variables of the request itself; headers begin with HTTP_.
WRITTEN = ("PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "REQUEST_METHOD")

CARD = b'{"error": {"code": "card-number", "says": "This shop takes no card numbers, only payment tokens."}}'
TOO_LARGE = b'{"error": {"code": "too-large", "says": "A request has 64 KiB at most."}}'
UNREADABLE = b'{"error": {"code": "unreadable", "says": "The request cannot be read."}}'


class Gate:
    """Reads the body, so that what is behind it has it whole."""

    def __init__(self, application: Callable) -> None:
        self.application = application

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """WSGI."""
        try:
            body = self.body(environ)
        except ValueError:
            return refuse(start_response, HTTPStatus.BAD_REQUEST, UNREADABLE)
        if body is None:
            return refuse(start_response, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)
        if carries_card(environ, body):
            return refuse(start_response, HTTPStatus.BAD_REQUEST, CARD)
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return self.application(environ, start_response)

    def body(self, environ: dict) -> bytes | None:
        """All of it, or nothing where it is too large. Raises ValueError where it is not what it says."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        chunked = environ.pop("HTTP_TRANSFER_ENCODING", "") != ""
        if length < 0:
            raise ValueError
        if length > LARGEST:
            return None
        if not (length or chunked):
            return b""
        body = environ["wsgi.input"].read(LARGEST + 1 if chunked else length)
        if len(body) < length:
            raise ValueError
        return body if len(body) <= LARGEST else None


def carries_card(environ: dict, body: bytes) -> bool:
    """Anywhere in it."""
    headers = (
        f"{name[5:].replace('_', '-')}: {text(environ[name])}"
        for name in environ
        if name.startswith("HTTP_")
    )
    written = (text(environ.get(name, "")) for name in WRITTEN)
    return (
        cards.in_text("|".join(written))
        or cards.in_text(body.decode("utf-8", "replace"))
        or cards.in_header("\n".join(headers))
    )


def text(value: str) -> str:
    """WSGI gives bytes as Latin-1 (PEP 3333); they are mostly UTF-8."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")


def refuse(start_response: Callable, status: HTTPStatus, body: bytes) -> list[bytes]:
    """The same words whatever was sent. What is unread of the body goes with the connection."""
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
