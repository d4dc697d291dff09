"""The shop as a WSGI application: which path leads where, and how it is said when something goes wrong."""

from __future__ import annotations

import logging
from http import HTTPStatus

import falcon
from botocore.exceptions import BotoCoreError, ClientError

from . import api, draining, pages, storefront
from .envelope import REQUEST_ID, ROUTE, Envelope
from .gate import Gate
from .refusals import Refusal, Unavailable
from .same_site import SameSite
from .shop import Shop
from .stylesheet import Stylesheet

log = logging.getLogger("shop")


def application(shop: Shop) -> Envelope:
    """Envelope, gate, and behind it the shop."""
    app = falcon.App(middleware=[Noted(), SameSite(shop.settings.origin)])
    app.req_options.strip_url_path_trailing_slash = True
    for path, resource in routes(shop).items():
        app.add_route(path, resource)
    app.add_error_handler((Exception, falcon.HTTPError), Failure(shop))
    settings = shop.settings
    return Envelope(Gate(app), settings.region, encrypted=settings.encrypted)


def routes(shop: Shop) -> dict[str, object]:
    """What leads where. What a path may be kept for says generator/shop_paths.py."""
    return {
        "/healthz": HealthCheck(shop),
        "/static/{version}/style.css": Stylesheet(),
        "/": storefront.Home(shop),
        "/index.html": storefront.Home(shop),
        "/products": storefront.ProductList(shop),
        "/products/{product_id}": storefront.ProductPage(shop),
        "/categories/{name:path}": storefront.CategoryPage(shop),
        "/search": storefront.SearchPage(shop),
        "/cart": storefront.CartPage(shop),
        "/cart/lines": storefront.CartLines(shop),
        "/cart/lines/{product_id}": storefront.CartLineForm(shop),
        "/checkout": storefront.CheckoutPage(shop),
        "/orders/{order_id}": storefront.OrderPage(shop),
        "/api/products": api.Products(shop),
        "/api/products/{product_id}": api.OneProduct(shop),
        "/api/products/{product_id}/view": api.View(shop),
        "/api/search": api.Searching(shop),
        "/api/recommendations": api.Recommended(shop),
        "/api/cart": api.Cart(shop),
        "/api/cart/lines/{product_id}": api.CartLine(shop),
        "/api/checkout": api.Checkouts(shop),
        "/api/orders/{order_id}": api.OneOrder(shop),
    }


class HealthCheck:
    """GET /healthz, and /healthz?deep=1"""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def on_get(self, request, response) -> None:
        """200, or 404 for no."""
        deep = request.get_param("deep") == "1"
        well = not draining.under_way() and (not deep or self.shop.health.able())
        response.status = 200 if well else 404
        response.content_type = falcon.MEDIA_TEXT
        response.text = "well\n" if well else "not ready\n"


class Noted:
    """Falcon's hooks: the route for the log, and that nothing is kept unless a page says so."""

    def process_request(self, _request, response) -> None:
        """Before all else."""
        response.set_header("Cache-Control", "no-store")

    def process_resource(self, request, _response, _resource, _parameters) -> None:
        """Where there is a route."""
        request.env[ROUTE] = request.uri_template


class Failure:
    """How something that went wrong is said: JSON to programs, a page to people; never what was sent."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def __call__(self, request, response, error: Exception, _parameters) -> None:
        """Falcon's error handler."""
        status, refusal = judge(error)
        request_id = request.env.get(REQUEST_ID, "")
        response.status = status
        response.set_header("Cache-Control", "no-store")
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.set_header("Retry-After", "1")
        if isinstance(error, falcon.HTTPMethodNotAllowed):
            response.set_header("Allow", error.headers["Allow"])
        if request.path.startswith("/api/"):
            said = {"code": refusal.code, "says": refusal.says, **refusal.details}
            response.media = {"error": said, "request_id": request_id}
            return
        content = pages.refusal(refusal.says, request_id)
        title = (
            "We are sorry" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "That did not work"
        )
        response.text = pages.page(title, self.shop.settings.region, (), content)
        response.content_type = falcon.MEDIA_HTML


def judge(error: Exception) -> tuple[int, Refusal]:
    """The status, and what is said."""
    match error:
        case Refusal():
            return error.status, error
        case falcon.HTTPError():
            phrase = HTTPStatus(error.status_code).phrase
            return error.status_code, Refusal(phrase.lower().replace(" ", "-"), f"{phrase}.")
        case BotoCoreError() | ClientError():
            log.warning("AWS does not answer: %s", cause(error))
            return Unavailable.status, Unavailable()
        case _:
            log.error("a fault of ours", exc_info=error)
            return 500, Refusal("fault", "Something went wrong, and it is our fault.")


def cause(error: BotoCoreError | ClientError) -> str:
    """The operation and the error's code: its message may name what was asked for."""
    if isinstance(error, ClientError):
        return f"{error.operation_name} {error.response['Error'].get('Code')}"
    return type(error).__name__
