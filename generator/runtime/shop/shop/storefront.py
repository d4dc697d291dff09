"""The shop for people: pages and forms."""

from __future__ import annotations

import falcon

from . import pages
from .events import ADDED, FOUND_BY
from .forms import page_number, pieces, read_form
from .identifiers import new_identifier
from .pages import Line
from .products import Product
from .shop import Shop

#: Seconds that CloudFront keeps a page of the catalogue.
KEPT = 60


class Page:
    """What all pages share."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def show(self, response, title: str, content, *, kept: bool = False) -> None:
        """`kept`: the page is the same for everybody."""
        region, categories = self.shop.settings.region, self.shop.assortment.categories()
        response.text = pages.page(title, region, categories, content)
        response.content_type = falcon.MEDIA_HTML
        if kept:
            response.set_header("Cache-Control", f"public, max-age={KEPT}")


class Home(Page):
    """GET / and /index.html"""

    def on_get(self, _request, response) -> None:
        """What sells best."""
        popular = self.shop.recommendations.for_everybody()
        self.show(response, "Welcome", pages.home(popular), kept=True)


class ProductList(Page):
    """GET /products"""

    def on_get(self, request, response) -> None:
        """All, by name."""
        found = self.shop.assortment.products()
        content = pages.listing(found, page_number(request), "products")
        self.show(response, "All products", content, kept=True)


class ProductPage(Page):
    """GET /products/{product_id}"""

    def on_get(self, request, response, product_id: str) -> None:
        """One."""
        found, found_by = self.shop.prices.find(product_id), request.get_param("from") or ""
        content = pages.product(found, found_by if found_by in FOUND_BY else "")
        self.show(response, found.name, content, kept=True)


class CategoryPage(Page):
    """GET /categories/{name}; a name may have slashes."""

    def on_get(self, request, response, name: str) -> None:
        """Those of a category; one that nobody has is empty."""
        found = self.shop.assortment.in_category(name)
        title = found[0].category if found else "Nothing here"
        content = pages.listing(found, page_number(request), "categories", title)
        self.show(response, title, content, kept=True)


class SearchPage(Page):
    """GET /search?q="""

    def on_get(self, request, response) -> None:
        """The best first."""
        words = (request.get_param("q") or "")[:80]
        found = self.shop.search.find(words)
        content = pages.listing(found, page_number(request), "search", found_by="search", q=words)
        self.show(response, "What we found", content, kept=True)


class CartPage(Page):
    """GET /cart"""

    def on_get(self, request, response) -> None:
        """What is in it, and what else there is."""
        visitor, assortment = self.shop.visitors.name(request), self.shop.assortment
        liked = self.shop.recommendations.for_visitor(visitor) if visitor else []
        seen = assortment.these(self.shop.sessions.seen(visitor)) if visitor else []
        lines = cart_lines(self.shop, self.shop.visitors.cart(request))
        self.show(response, "Your cart", pages.cart(lines, seen, liked))


class CartLines:
    """POST /cart/lines: put something in."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_post(self, request, response) -> None:
        """So many more; then the cart is shown."""
        form = read_form(request)
        wanted = pieces(form.get("quantity", "1"))
        found = self.shop.catalogue.find_on_sale(form.get("product_id", ""))
        cart = self.shop.visitors.own_cart(request, response)
        self.shop.carts.add(cart, found.product_id, wanted)
        self.shop.events.tell(ADDED, self.shop.visitors.called(cart), found.product_id)
        _see_other(response, "/cart")


class CartLineForm:
    """POST /cart/lines/{product_id}: change how many there are, or take them out."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_post(self, request, response, product_id: str) -> None:
        """Then the cart is shown."""
        wanted = pieces(read_form(request).get("quantity"))
        cart = self.shop.visitors.cart(request)
        if cart and wanted:
            found = self.shop.catalogue.find_on_sale(product_id)
            self.shop.carts.put(cart, found.product_id, wanted)
        elif cart:
            self.shop.carts.take_out(cart, product_id)
        _see_other(response, "/cart")


class CheckoutPage(Page):
    """GET, POST /checkout"""

    def on_get(self, request, response) -> None:
        """The form, with a key of its own."""
        lines = cart_lines(self.shop, self.shop.visitors.cart(request))
        if not lines:
            _see_other(response, "/cart")
            return
        self.show(response, "Checkout", pages.checkout(lines, new_identifier()))

    def on_post(self, request, response) -> None:
        """Then the order is shown."""
        form = read_form(request)
        placed = self.shop.checkout.place(
            self.shop.visitors.cart(request),
            form.get("idempotency_key", ""),
            form.get("payment_token", ""),
        )
        _see_other(response, f"/orders/{placed.order_id}")


class OrderPage(Page):
    """GET /orders/{order_id}"""

    def on_get(self, _request, response, order_id: str) -> None:
        """How it stands."""
        self.show(response, "Your order", pages.order(self.shop.orders.find(order_id)))


def cart_lines(shop: Shop, cart: str | None) -> list[Line]:
    """As the cart has them; what is no longer sold is shown, so that it can be taken out."""
    lines = shop.carts.lines(cart)
    products = shop.catalogue.find_all(lines)
    return [
        Line(products.get(name) or Product(name, "No longer sold", 0, _currency(products)), number)
        for name, number in lines.items()
    ]


def _currency(products: dict[str, Product]) -> str:
    return next((found.currency for found in products.values()), "")


def _see_other(response, address: str) -> None:
    """After a form: reloading the next page sends nothing again."""
    response.status = falcon.HTTP_303
    response.set_header("Location", address)
