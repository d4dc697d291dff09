"""Every kind of job, by the name that a message has for it."""

from __future__ import annotations

from . import image_audit, product_feed

KINDS = {kind.name: kind for kind in (product_feed.KIND, image_audit.KIND)}
