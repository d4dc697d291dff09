"""What a visitor may like: Personalize's answer where there is a campaign, else what is sold most."""

from __future__ import annotations

from .assortment import Assortment
from .fuses import Fuse
from .products import Product

#: Products of a recommendation, and of the first page.
MOST, POPULAR = 4, 12


class Recommendations:
    """For somebody, or for everybody. `client` is personalize-runtime; without a campaign it is not asked."""

    def __init__(self, client, campaign: str, unbought: str, assortment: Assortment) -> None:
        self.client, self.campaign, self.unbought = client, campaign, unbought
        self.assortment = assortment
        self.fuse = Fuse("recommendations")

    def for_everybody(self) -> list[Product]:
        """What a page shows that is the same for all."""
        return self.assortment.popular(POPULAR)

    def for_visitor(self, visitor: str) -> list[Product]:
        """What is left of the campaign's answer when what is gone or sold out is taken away."""
        told = self.fuse.ask(lambda: self.ask(visitor), []) if self.campaign else []
        liked = [one for one in self.assortment.these(told) if not one.sold_out]
        return liked[:MOST] or self.assortment.popular(MOST)

    def ask(self, visitor: str) -> list[str]:
        """Ids; a visitor is a user to Personalize, by the session that the events told of.

        https://docs.aws.amazon.com/personalize/latest/dg/recording-item-interaction-events.html
        """
        asked = {"campaignArn": self.campaign, "userId": visitor, "numResults": 3 * MOST}
        if self.unbought:
            asked["filterArn"] = self.unbought
        return [item["itemId"] for item in self.client.get_recommendations(**asked)["itemList"]]
