"""What the shop is told: the environment file that the first boot wrote, and how it is to serve.

What a toggle of the platform left out is empty here; then the part that would use it does without.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


class SettingMissing(Exception):
    """The environment lacks what the shop cannot do without."""


@dataclass(frozen=True)
class Settings:
    """Names and addresses; no secret."""

    region: str
    catalogue_table: str
    carts_table: str
    order_intake_table: str
    origin: str = ""
    event_bus: str = ""
    metrics_namespace: str = ""
    fleet: str = ""
    search_endpoint: str = ""
    search_index: str = ""
    session_cache: str = ""
    session_cache_port: int = 0
    session_cache_user: str = ""
    session_cache_secret: str = ""
    price_cache: str = ""
    price_cache_port: int = 0
    recommendations: str = ""
    recommendations_filter: str = ""
    certificate: str = ""

    @property
    def encrypted(self) -> bool:
        """Whether the shop serves TLS; plain HTTP is for the sandbox."""
        return bool(self.certificate)


#: Field -> variable, of what must be there.
NEEDED = {
    "region": "AWS_DEFAULT_REGION",
    "catalogue_table": "CATALOGUE_TABLE",
    "carts_table": "CARTS_TABLE",
    "order_intake_table": "ORDER_INTAKE_TABLE",
}

#: Field -> variable, of what may be empty.
OPTIONAL = {
    "origin": "SHOP_ORIGIN",
    "event_bus": "EVENT_BUS",
    "metrics_namespace": "METRICS_NAMESPACE",
    "fleet": "SHOP_FLEET",
    "search_endpoint": "SEARCH_ENDPOINT",
    "search_index": "SEARCH_INDEX",
    "session_cache": "SESSION_CACHE",
    "session_cache_user": "SESSION_CACHE_USER",
    "session_cache_secret": "SESSION_CACHE_SECRET",
    "price_cache": "PRICE_CACHE",
    "recommendations": "RECOMMENDATIONS",
    "recommendations_filter": "RECOMMENDATIONS_FILTER",
    "certificate": "SHOP_CERTIFICATE",
}

#: Field -> variable, of ports.
PORTS = {"session_cache_port": "SESSION_CACHE_PORT", "price_cache_port": "PRICE_CACHE_PORT"}


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises SettingMissing, naming every variable that is not there."""
    missing = [variable for variable in NEEDED.values() if not environment.get(variable)]
    if missing:
        raise SettingMissing(f"the shop's environment lacks {', '.join(missing)}")
    told = {
        field: environment.get(variable, "").strip()
        for field, variable in (NEEDED | OPTIONAL).items()
    }
    ports = {field: int(environment.get(variable) or 0) for field, variable in PORTS.items()}
    return Settings(**told, **ports)
