"""What the search index keeps of an item of the catalogue."""

from decimal import Decimal

from boto3.dynamodb.types import TypeDeserializer

read = TypeDeserializer().deserialize

#: What orders under way hold of a product (`order_stock`): nobody searches for it.
HELD = "reserved_"


def document(item):
    """An item, as DynamoDB tells it, as JSON has it. Raises TypeError for what JSON has not."""
    return {name: plain(read(value)) for name, value in item.items() if not name.startswith(HELD)}


def plain(value):
    """DynamoDB's numbers and sets become JSON's, however deep."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case set():
            return sorted(plain(one) for one in value)
        case list():
            return [plain(one) for one in value]
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case None | bool() | str():
            return value
    raise TypeError(f"no JSON for {type(value).__name__}")
