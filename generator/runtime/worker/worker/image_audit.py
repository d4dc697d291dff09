"""image-audit: products whose picture is not in the bucket, a line each, with what they say it is called."""

from __future__ import annotations

from .objects import Objects
from .walk import Kind, Line, Results


def line(product: dict[str, object], images: Objects) -> Line | None:
    """None for a product whose picture is there."""
    image = product.get("image")
    if isinstance(image, str) and image and images.exists(image):
        return None
    return {"product_id": product["product_id"], "image": image if isinstance(image, str) else None}


#: No line is the best of all results.
KIND = Kind("image-audit", Results.REPORTS, "missing-images.json", line, may_be_empty=True)
