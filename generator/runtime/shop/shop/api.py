"""The shop for programs: JSON below /api/."""

from __future__ import annotations

from .carts import check
from .events import ADDED, CLICKED, FOUND_BY, VIEWED
from .forms import page_number, read_json
from .pages import PER_PAGE
from .products import Product
from .shop import Shop


class Products:
    """GET /api/products?page=&category="""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, request, response) -> None:
        """A page of the assortment, by name."""
        category, number = request.get_param("category"), page_number(request)
        assortment = self.shop.assortment
        found = assortment.in_category(category) if category else assortment.products()
        start = (number - 1) * PER_PAGE
        shown = [one.shown() for one in found[start : start + PER_PAGE]]
        response.media = {"products": shown, "page": number, "pages": -(-len(found) // PER_PAGE)}


class OneProduct:
    """GET /api/products/{product_id}"""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, request, response, product_id: str) -> None:
        """As it is now, or was some seconds ago."""
        found = self.shop.prices.find(product_id)
        _viewed(self.shop, request, found)
        response.media = found.shown()


class View:
    """GET /api/products/{product_id}/view: a page's pixel, for pages that CloudFront keeps."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, request, response, product_id: str) -> None:
        """Nothing to see."""
        (found,) = self.shop.assortment.these([product_id]) or [None]
        if found:
            _viewed(self.shop, request, found)
        response.status = 204


class Searching:
    """GET /api/search?q="""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, request, response) -> None:
        """The best first."""
        found = self.shop.search.find(request.get_param("q") or "")
        response.media = {"products": [one.shown() for one in found[:PER_PAGE]]}


class Recommended:
    """GET /api/recommendations"""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, request, response) -> None:
        """For the visitor, if there is one yet."""
        visitor = self.shop.visitors.name(request)
        liked = self.shop.recommendations
        found = liked.for_visitor(visitor) if visitor else liked.for_everybody()
        response.media = {"products": [one.shown() for one in found]}


class Cart:
    """GET, DELETE /api/cart"""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, request, response) -> None:
        """What is in it, at today's prices."""
        response.media = shown(self.shop, self.shop.visitors.cart(request))

    def on_delete(self, request, response) -> None:
        """Nothing is in it."""
        cart = self.shop.visitors.cart(request)
        if cart:
            self.shop.carts.empty(cart)
        response.media = shown(self.shop, None)


class CartLine:
    """PUT, DELETE /api/cart/lines/{product_id}"""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_put(self, request, response, product_id: str) -> None:
        """{"quantity": n}: so many, however many there were."""
        pieces = read_json(request).get("quantity")
        check(pieces)
        if pieces:
            self.shop.catalogue.find_on_sale(product_id)
        cart = self.shop.visitors.own_cart(request, response)
        self.shop.carts.put(cart, product_id, pieces)
        if pieces:
            self.shop.events.tell(ADDED, self.shop.visitors.called(cart), product_id)
        response.media = shown(self.shop, cart)

    def on_delete(self, request, response, product_id: str) -> None:
        """It is not in the cart."""
        cart = self.shop.visitors.cart(request)
        if cart:
            self.shop.carts.take_out(cart, product_id)
        response.media = shown(self.shop, cart)


class Checkouts:
    """POST /api/checkout, with an Idempotency-Key and {"payment_token": …}"""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_post(self, request, response) -> None:
        """202: it is acknowledged, and being worked on."""
        said = read_json(request)
        placed = self.shop.checkout.place(
            self.shop.visitors.cart(request),
            request.get_header("Idempotency-Key") or "",
            said.get("payment_token"),
        )
        response.status = 202
        response.set_header("Location", f"/api/orders/{placed.order_id}")
        response.media = placed.shown()


class OneOrder:
    """GET /api/orders/{order_id}"""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, _request, response, order_id: str) -> None:
        """How it goes."""
        response.media = self.shop.orders.find(order_id).shown()


def shown(shop: Shop, cart: str | None) -> dict[str, object]:
    """A cart; what is no longer sold is in it until it is taken out, and costs nothing."""
    lines = shop.carts.lines(cart)
    products = shop.catalogue.find_all(lines)
    found = [products[name] for name in lines if name in products]
    return {
        "lines": [
            {
                "product_id": name,
                "quantity": pieces,
                "name": products[name].name if name in products else None,
                "unit_price": products[name].price if name in products else None,
                "left": products[name].stock if name in products else 0,
            }
            for name, pieces in lines.items()
        ],
        "total": sum(one.price * lines[one.product_id] for one in found),
        "currency": found[0].currency if found else None,
    }


def _viewed(shop: Shop, request, product: Product) -> None:
    """Told of a visitor that has a cart; others are nobody."""
    visitor, found_by = shop.visitors.name(request), request.get_param("found_by")
    if visitor is None:
        return
    shop.sessions.remember(visitor, product.product_id)
    shop.events.tell(VIEWED, visitor, product.product_id)
    if found_by in FOUND_BY:
        shop.events.tell(CLICKED, visitor, product.product_id, found_by=found_by)
