"""The shop, put together from its parts."""

from __future__ import annotations

from dataclasses import dataclass

from .assortment import Assortment
from .aws import Clients
from .background import Background
from .carts import Carts
from .catalogue import Catalogue
from .checkout import Checkout
from .events import Events
from .fleet import fleet
from .health import Health
from .metrics import Metrics
from .orders import Orders
from .prices import Prices, memcached
from .recommendations import Recommendations
from .search import Domain, Search
from .sessions import Login, Sessions, password, valkey
from .settings import Settings
from .visitors import Visitors


@dataclass(frozen=True)
class Shop:
    """What the resources work with."""

    settings: Settings
    assortment: Assortment
    catalogue: Catalogue
    prices: Prices
    search: Search
    recommendations: Recommendations
    sessions: Sessions
    carts: Carts
    orders: Orders
    checkout: Checkout
    health: Health
    events: Events
    metrics: Metrics
    visitors: Visitors

    def background(self) -> Background:
        """What goes on beside the requests; a part that is not there has nothing to mend."""
        jobs = Background()
        jobs.add("events", self.events.say, last=self.events.say_all)
        jobs.add("metrics", self.metrics.publish, last=self.metrics.publish_rest)
        there = {
            "search": (self.settings.search_endpoint, self.search.fuse),
            "sessions": (self.settings.session_cache, self.sessions.fuse),
            "prices": (self.settings.price_cache, self.prices.fuse),
            "recommendations": (self.settings.recommendations, self.recommendations.fuse),
        }
        for name, (address, fuse) in there.items():
            if address:
                jobs.add(name, fuse.mend)
        return jobs


def build(settings: Settings, clients: Clients) -> Shop:
    """What a toggle of the platform left out is not asked for, and not connected to."""
    dynamodb = clients.dynamodb()
    metrics = Metrics(clients.cloudwatch(), settings.metrics_namespace, fleet(settings.fleet))
    assortment = Assortment(dynamodb, settings.catalogue_table)
    catalogue = Catalogue(dynamodb, settings.catalogue_table)
    carts = Carts(dynamodb, settings.carts_table)
    orders = Orders(dynamodb, settings.order_intake_table)
    return Shop(
        settings=settings,
        assortment=assortment,
        catalogue=catalogue,
        prices=_prices(settings, catalogue),
        search=Search(assortment, _domain(settings, clients)),
        recommendations=Recommendations(
            clients.recommendations() if settings.recommendations else None,
            settings.recommendations,
            settings.recommendations_filter,
            assortment,
        ),
        sessions=_sessions(settings, clients),
        carts=carts,
        orders=orders,
        checkout=Checkout(
            dynamodb,
            settings.order_intake_table,
            settings.region,
            carts=carts,
            catalogue=catalogue,
            orders=orders,
            metrics=metrics,
        ),
        health=Health(
            clients.dynamodb_probe(),
            {
                settings.catalogue_table: "product_id",
                settings.carts_table: "cart_id",
                settings.order_intake_table: "order_id",
            },
            settings.region,
        ),
        events=Events(clients.events(), settings.event_bus, settings.region, metrics),
        metrics=metrics,
        visitors=Visitors(encrypted=settings.encrypted),
    )


def _prices(settings: Settings, catalogue: Catalogue) -> Prices:
    if not settings.price_cache:
        return Prices(catalogue.find)
    return Prices(catalogue.find, memcached(settings.price_cache, settings.price_cache_port))


def _domain(settings: Settings, clients: Clients) -> Domain | None:
    if not settings.search_endpoint:
        return None
    credentials = clients.session.get_credentials()
    return Domain(settings.search_endpoint, settings.search_index, settings.region, credentials)


def _sessions(settings: Settings, clients: Clients) -> Sessions:
    if not settings.session_cache:
        return Sessions()
    secret = password(clients.secrets(), settings.session_cache_secret)
    login = Login(settings.session_cache_user, secret)
    return Sessions(valkey(settings.session_cache, settings.session_cache_port, login), login)
