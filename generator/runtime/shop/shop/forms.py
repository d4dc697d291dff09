"""What a request says: its JSON, its form, its page number. Raises BadRequest for what is none."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from .refusals import BadRequest

#: Pages of a list that anybody asks for.
MOST_PAGES = 1000


def read_json(request) -> dict[str, object]:
    """An object. Its type must be said: a form of another site cannot say it."""
    if (request.content_type or "").partition(";")[0].strip() != "application/json":
        raise BadRequest("not-json", "Content-Type must be application/json.")
    try:
        said = json.loads(request.bounded_stream.read())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise BadRequest("bad-json", "The body must be a JSON object.")
    return said


def read_form(request) -> dict[str, str]:
    """The fields; of one that comes twice, the last."""
    try:
        said = request.bounded_stream.read().decode()
        return dict(parse_qsl(said, keep_blank_values=True, max_num_fields=20))
    except ValueError:
        raise BadRequest("bad-form", "The form cannot be read.") from None


def pieces(said: str | None) -> int:
    """A form's quantity; its limits are the cart's."""
    if said is None or not (said.isascii() and said.isdecimal() and len(said) < 4):
        raise BadRequest("bad-quantity", "A quantity is a whole number.")
    return int(said)


def page_number(request) -> int:
    """From 1."""
    said = request.get_param("page") or "1"
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 5 else 0
    if not 1 <= number <= MOST_PAGES:
        raise BadRequest("bad-page", f"A page is a whole number from 1 to {MOST_PAGES}.")
    return number
