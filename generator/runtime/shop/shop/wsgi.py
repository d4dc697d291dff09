"""What gunicorn loads, once, before it forks: the shop of this environment."""

from __future__ import annotations

import os

from . import aws, logs, settings
from .application import application as wsgi
from .shop import build

logs.configure(os.environ.get("AWS_DEFAULT_REGION", ""), os.environ.get("SHOP_LOG", ""))

_settings = settings.read()
_shop = build(_settings, aws.Clients(_settings.region))

application = wsgi(_shop)
background = _shop.background()
