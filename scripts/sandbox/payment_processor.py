"""A payment processor that takes no money: https://payments.sandbox.example, for functions of the sandbox.

It is what an environment names that rehearses payments. It knows tokens alone, by how they begin (`TOKENS`),
charges an order once however often it is asked under one idempotency key, and refuses with 422, unread and
unkept, whatever holds a card number.

Its API keys are those that stacks generate: the first version of a secret is the key that was given at the
sign-up, further ones are registered with it (PUT /keys). A key that was followed by another dies when the new
one is first used for a payment. `GET /_tradewind/payments` tells what was charged and voided, order by order;
`PUT` there sets `longest_wait`, the seconds within which an answer is given at random (at first 0).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox import seams, stores
from scripts.sandbox.gateway import Head, Response, Service, json_response
from scripts.sandbox.seams import Kind, Seam

HOST = "payments.sandbox.example"
PAGE = "/_tradewind/payments"

SECRETS = Seam(
    "ministack.services.secretsmanager",
    "_secrets",
    None,
    Kind.MAPPING,
    used_by="API keys of the payment processor",
)
SEAMS = (SECRETS,)

#: How a token begins -> what comes of it. `lost` is charged, and the first answer never arrives; `flaky` is
#: turned away once. A token that begins otherwise is declined, as one that nobody gave out.
TOKENS = {
    "tok_ok": "authorized",
    "tok_declined": "declined",
    "tok_broken": "broken",
    "tok_lost": "lost",
    "tok_flaky": "flaky",
}

#: Digits of a card number, which may stand in groups.
SHORTEST_CARD, LONGEST_CARD = 13, 19

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+(?:[ -][0-9]+)*")


@dataclass
class Order:
    """What an order was asked for, and what came of it. `total` is in minor units."""

    total: str = ""
    currency: str = ""
    state: str = ""
    requests: int = 0
    charges: int = 0
    voids: int = 0


@dataclass
class Keys:
    """The keys of one customer of the processor, by their digests."""

    current: str
    following: str = ""
    retired: list[str] = field(default_factory=list)


@dataclass
class Books:
    """All that the processor keeps: no token, no key, no card."""

    orders: dict[str, Order] = field(default_factory=dict)
    keys: list[Keys] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    longest_wait: float = 0.0

    def save(self, directory: Path) -> None:
        """As one document."""
        stores.write_atomically(directory / "books.json", json.dumps(asdict(self)))

    def load(self, directory: Path) -> None:
        """What was saved."""
        kept = stores.read_json(directory / "books.json") or {}
        self.orders = {name: Order(**order) for name, order in kept.get("orders", {}).items()}
        self.keys = [Keys(**keys) for keys in kept.get("keys", [])]
        self.answers = kept.get("answers", {})
        self.longest_wait = kept.get("longest_wait", 0.0)

    def reset(self) -> None:
        """A new processor."""
        self.__init__()  # type: ignore[misc]


BOOKS = Books()
stores.register("payments", BOOKS)


def services() -> tuple[Service, Service]:
    """The processor, by its host; and the page that tells of it."""

    async def handle(head: Head, body: bytes) -> Response:
        await asyncio.sleep(random.uniform(0, BOOKS.longest_wait))  # noqa: S311 - nothing secret
        return answer(head, body)

    async def told(head: Head, body: bytes) -> Response:
        return page(head, body)

    def ours(head: Head) -> bool:
        return head.headers.get("host", "").partition(":")[0] == HOST

    return (
        Service("payment processor", ours, handle),
        Service("payments", lambda head: head.path == PAGE, told),
    )


def page(head: Head, body: bytes) -> Response:
    """Every order; or how long to wait from now on."""
    if head.method == "PUT":
        try:
            BOOKS.longest_wait = max(0.0, float(json.loads(body)["longest_wait"]))
        except (ValueError, KeyError, TypeError):
            return json_response({"message": 'say {"longest_wait": <seconds>}'}, 400)
    orders = {name: asdict(order) for name, order in BOOKS.orders.items()}
    return json_response({"orders": orders, "longest_wait": BOOKS.longest_wait})


def answer(head: Head, body: bytes) -> Response:
    """What the processor says to one request."""
    told = "\n".join((head.path, *head.headers.values(), body.decode(errors="replace")))
    if holds_card_number(told):
        return _said(422, "no card numbers: tokens alone")
    key = head.headers.get("authorization", "").removeprefix("Bearer ")
    keys = _keys_of(key)
    if keys is None:
        return _said(401, "no such key")
    match head.method, head.path:
        case "GET", "/keys":
            return _said(200, "in force")
        case "PUT", "/keys":
            return _register(keys, body)
        case "POST", "/authorizations" | "/voids":
            _use(keys, _digest(key))
            return _once(head, body)
    return _said(404, "no such thing")


def holds_card_number(text: str) -> bool:
    """Whether there are 13 to 19 digits in it, in groups or in a row, that end in their check digit.

    A UUID may look so, and is none.
    """
    for run in _DIGITS.findall(_UUID.sub(" . ", text)):
        groups = re.split("[ -]", run)
        for first in range(len(groups)):
            for last in range(first, len(groups)):
                digits = "".join(groups[first : last + 1])
                if SHORTEST_CARD <= len(digits) <= LONGEST_CARD and _luhn(digits):
                    return True
    return False


def _luhn(digits: str) -> bool:
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _register(keys: Keys, body: bytes) -> Response:
    try:
        keys.following = _digest(str(json.loads(body)["api_key"]))
    except (ValueError, KeyError, TypeError):
        return _said(400, "no api_key")
    return _said(200, "registered")


def _use(keys: Keys, digest: str) -> None:
    """The key before it is no longer in force."""
    if digest == keys.following:
        keys.retired.append(keys.current)
        keys.current, keys.following = digest, ""


def _keys_of(key: str) -> Keys | None:
    """Those of whom the key is of, if it is in force."""
    digest = _digest(key)
    for keys in BOOKS.keys:
        if digest in keys.retired:
            return None
        if digest in (keys.current, keys.following):
            return keys
    if key and key in _signed_up():
        BOOKS.keys.append(Keys(digest))
        return BOOKS.keys[-1]
    return None


def _signed_up() -> set[str]:
    """The first key of every secret that holds one."""
    found = set()
    for secret in list(seams.everywhere(SECRETS).values()):
        first = min(secret["Versions"].values(), key=lambda version: version["CreatedDate"])
        try:
            held = json.loads(first.get("SecretString") or "")
        except ValueError:
            continue
        if isinstance(held, dict) and "api_key" in held:
            found.add(str(held["api_key"]))
    return found


def _once(head: Head, body: bytes) -> Response:
    """The answer that was given under the same idempotency key, or a new one."""
    under = head.headers.get("idempotency-key", "")
    try:
        asked = {name: str(value) for name, value in json.loads(body).items()}
        order_id = asked["order_id"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return _said(400, "no order_id")
    if not under:
        return _said(400, "no Idempotency-Key")
    order = BOOKS.orders.setdefault(order_id, Order())
    order.requests += 1
    digest = _digest(json.dumps(asked, sort_keys=True))
    if under in BOOKS.answers:
        before, status, says = BOOKS.answers[under]
        return _said(status, says) if before == digest else _said(409, "another request")
    charging = head.path == "/authorizations"
    status, says, is_final = _authorize(order, asked) if charging else _void(order)
    if is_final:
        BOOKS.answers[under] = [digest, status, says]
    return _said(*_on_the_way(asked.get("payment_token", ""), order, status, says))


def _authorize(order: Order, asked: dict[str, str]) -> tuple[int, str, bool]:
    """Status, what is said, and whether the same request will hear the same again."""
    fate = _fate(asked.get("payment_token", ""))
    if fate == "broken":
        return 500, "broken", False
    if fate == "flaky" and order.requests == 1:
        return 503, "come again", False
    if fate == "declined":
        order.state = "declined"
        return 402, "declined", True
    order.charges += 1
    order.state = "authorized"
    order.total, order.currency = asked.get("total", ""), asked.get("currency", "")
    return 200, "authorized", True


def _void(order: Order) -> tuple[int, str, bool]:
    if not order.charges:
        return 404, "nothing was charged", True
    order.voids += order.state != "voided"
    order.state = "voided"
    return 200, "voided", True


def _on_the_way(token: str, order: Order, status: int, says: str) -> tuple[int, str]:
    """What arrives of an answer."""
    lost = _fate(token) == "lost" and order.requests == 1
    return (504, "lost on the way") if lost else (status, says)


def _fate(token: str) -> str:
    return next((fate for begins, fate in TOKENS.items() if token.startswith(begins)), "declined")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _said(status: int, outcome: str) -> Response:
    return json_response({"outcome": outcome}, status)
