"""The shop's paths, by what may be kept of them: CloudFront's behaviours and web ACL go by these.

A path that is not here is neither kept nor written to, until it is.
"""

from __future__ import annotations

#: Below these lie files that a new version gets a new name for: they may be kept for long.
IMAGES, STATIC = "/images/", "/static/"

#: What `/` stands for: CloudFront asks the shop for this page.
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
HOME = "/index.html"

#: Pages of the catalogue, the same for everybody.
CATALOGUE = (HOME, "/products", "/categories", "/search")

#: What belongs to one customer, and what is written to.
API, CART, CHECKOUT, LOGIN = "/api/", "/cart", "/checkout", "/login"
TRANSACTIONS = (API, CART, CHECKOUT, LOGIN)

#: Where guessing pays: a password, a card.
LOGINS = (LOGIN, "/api/login")
CHECKOUTS = (CHECKOUT, "/api/checkout")
