"""What the shop refuses, and how it says so.

    Refusal
    ├── BadRequest      400: what was sent is not what is asked for
    ├── NotOurs         403: a form that another site sent
    ├── Unknown         404: there is no such product or order
    ├── Conflict        409: sold out, a full cart, a key that was used for another order
    └── Unavailable     503: what the answer depends on does not answer; trying again helps

A refusal never repeats what was sent: that may be anything, a card number included.
"""

from __future__ import annotations


class Refusal(Exception):
    """`code` is for programs, `says` for people; `details` are facts of ours, never what was sent."""

    status = 400

    def __init__(self, code: str, says: str, **details: object) -> None:
        super().__init__(says)
        self.code, self.says, self.details = code, says, details


class BadRequest(Refusal):
    """What was sent is not what is asked for."""


class NotOurs(Refusal):
    """A form that another site sent."""

    status = 403


class Unknown(Refusal):
    """There is no such thing."""

    status = 404


class Conflict(Refusal):
    """It cannot be as things stand."""

    status = 409


class Unavailable(Refusal):
    """What the answer depends on does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__("unavailable", "The shop cannot answer this just now. Please try again.")
