"""Who asks: known by the cart in the cookie, and only once there is one.

The cookie comes with the first thing put into a cart; who only looks around gets none, and is not told of.
The load balancer keeps a visitor at an instance by the same cookie (generator/layers/front_door_targets.py).
"""

from __future__ import annotations

from .carts import KEPT
from .identifiers import SHAPE, new_identifier, pseudonym

COOKIE = "cart"


class Visitors:
    """`encrypted`: the cookie goes over TLS alone; the sandbox has none."""

    def __init__(self, *, encrypted: bool) -> None:
        self.encrypted = encrypted

    def cart(self, request) -> str | None:
        """The cart's id; what has not its shape is none of ours."""
        said = request.cookies.get(COOKIE, "")
        return said if SHAPE.fullmatch(said) else None

    def name(self, request) -> str | None:
        """What the visitor is called in events and sessions."""
        cart = self.cart(request)
        return self.called(cart) if cart else None

    def called(self, cart: str) -> str:
        """As `name`, of a cart."""
        return pseudonym(cart)

    def own_cart(self, request, response) -> str:
        """The visitor's cart; a new one comes with its cookie."""
        cart = self.cart(request) or new_identifier()
        response.set_cookie(
            COOKIE,
            cart,
            max_age=KEPT,
            path="/",
            secure=self.encrypted,
            http_only=True,
            same_site="Lax",
        )
        return cart
