"""Whether anybody could buy now: the front door answers from the primary, and something is left to sell."""

from __future__ import annotations

from scripts.checks import Answer, judged, refused
from scripts.drill.preflight.ground import Ground, Question, Questions
from scripts.drill.stage import Asked, Unreachable

#: The header by which the shop says where it answers from.
REGION = "x-tradewind-region"

#: Items that are looked at; one page of a scan.
LOOKED_AT = 500


def front_door_answers(ground: Ground) -> Answer:
    """As a customer reaches it. Whatever is wrong before the fault would be blamed on it."""
    expected = f"served by {ground.theatre.primary.name}"
    name = ground.theatre.shop_name
    visitor = ground.stage.visitor()
    try:
        told = visitor.send(Asked("GET", "/"))
    except Unreachable as error:
        return refused(f"{name} does not answer: {error}", expected, f"Mend {name} first.")
    finally:
        visitor.close()
    region = told.headers.get(REGION, "")
    return judged(
        told.status == 200 and region == ground.theatre.primary.name,
        f"{told.status} from {region or 'nobody that says where it is'}",
        expected,
        f"See which region {ground.theatre.failover_name} leads to, and why.",
    )


def something_to_sell(ground: Ground) -> Answer:
    """A synthetic checkout needs a product in stock, and reads it in the standby."""
    found = ground.standby("dynamodb").call(
        "scan",
        TableName=ground.theatre.catalogue,
        FilterExpression="stock > :none",
        ExpressionAttributeValues={":none": {"N": "0"}},
        ProjectionExpression="product_id",
        Limit=LOOKED_AT,
    )
    count = found["Count"]
    return judged(
        count > 0,
        f"{count} of {found['ScannedCount']} products looked at are in stock",
        "a product in stock",
        f"Put one into {ground.theatre.catalogue}; a rehearsal brings some: tradewind sandbox shop start",
    )


CHECKS: Questions = (
    Question("front door", front_door_answers),
    Question("something to sell", something_to_sell),
)
