"""The item that says a drill is open: ARMED and not yet RESTORED.

It stands in the table of leases of the standby's region. A lease ends with its process; what a drill has
changed does not. While it stands, a second drill and whatever else changes the environment are refused.

Every write has the number of the drill's lease (a fencing token): whoever goes on with a drill raises it, and
from then on whoever was believed gone cannot write.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from scripts import lease_table
from scripts.aws import Aws, AwsSaidNo
from scripts.drill.calls import Call, Plane, Where
from scripts.errors import Refused

#: The item's key, beside the leases.
ITEM = "open-drill"

CALLS = (
    Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads who has a drill open"),
    Call("dynamodb", "PutItem", Where.STANDBY, Plane.DATA, "says that a drill is open"),
    Call("dynamodb", "DeleteItem", Where.STANDBY, Plane.DATA, "says that no drill is open"),
)

_KEY = {"lease": {"S": ITEM}}
_LOST, _MISSING = "ConditionalCheckFailedException", "ResourceNotFoundException"


@dataclass(frozen=True)
class OpenDrill:
    """A drill that is not over. `since`: seconds since the epoch; `bucket`: where its mirror is, in the
    standby's region.
    """

    id: str
    state: str
    who: str
    host: str
    since: float
    token: int
    bucket: str

    def __str__(self) -> str:
        began = datetime.fromtimestamp(self.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"{self.id} ({self.state}), begun by {self.who} on {self.host} at {began}"


class DrillOpen(Refused):
    """A drill is open: nothing else may change the environment."""

    def __init__(self, environment: str, standing: OpenDrill) -> None:
        super().__init__(
            f"A failover drill of {environment} is open: {standing}.",
            fix=f"See how far it is: tradewind failover-drill status {environment}. To end it: "
            f"tradewind failover-drill abort {environment}",
        )
        self.standing = standing


def read(aws: Aws, standby: str) -> OpenDrill | None:
    """Which drill is open, if any is. The table need not be there."""
    try:
        answer = aws.client("dynamodb", standby).call(
            "get_item", TableName=_table(aws), Key=_KEY, ConsistentRead=True
        )
    except AwsSaidNo as error:
        if error.code == _MISSING:
            return None
        raise
    if (item := answer.get("Item")) is None:
        return None
    said = {name: value.get("S") or value.get("N") or "" for name, value in item.items()}
    return OpenDrill(
        said["id"],
        said["state"],
        said["who"],
        said["host"],
        float(said["since"]),
        int(said["token"]),
        said["bucket"],
    )


def refuse_if_open(aws: Aws, standby: str) -> None:
    """Raise DrillOpen where a drill is open: before a deploy, a rollback, a destroy."""
    if (standing := read(aws, standby)) is not None:
        raise DrillOpen(aws.environment.name, standing)


def put(aws: Aws, standby: str, drill: OpenDrill) -> None:
    """Say that the drill is open, or how far it is. The table is there: the lease is in it.

    Raises DrillOpen where another one is, or where somebody with a later lease goes on with this one.
    """
    said = asdict(drill) | {"since": str(drill.since), "token": str(drill.token)}
    numbers = ("since", "token")
    try:
        aws.client("dynamodb", standby).call(
            "put_item",
            TableName=_table(aws),
            Item=_KEY
            | {name: {"N" if name in numbers else "S": value} for name, value in said.items()},
            ConditionExpression="attribute_not_exists(#id) OR (#id = :id AND #token <= :token)",
            ExpressionAttributeNames={"#id": "id", "#token": "token"},
            ExpressionAttributeValues={
                ":id": {"S": drill.id},
                ":token": {"N": str(drill.token)},
            },
        )
    except AwsSaidNo as error:
        standing = read(aws, standby) if error.code == _LOST else None
        if standing is None:
            raise
        raise DrillOpen(aws.environment.name, standing) from error


def remove(aws: Aws, standby: str, drill: str, token: int) -> None:
    """Say that no drill is open, if it is this one, and nobody has gone on with it since."""
    try:
        aws.client("dynamodb", standby).call(
            "delete_item",
            TableName=_table(aws),
            Key=_KEY,
            ConditionExpression="#id = :id AND #token <= :token",
            ExpressionAttributeNames={"#id": "id", "#token": "token"},
            ExpressionAttributeValues={":id": {"S": drill}, ":token": {"N": str(token)}},
        )
    except AwsSaidNo as error:
        if error.code not in (_LOST, _MISSING):
            raise


def _table(aws: Aws) -> str:
    return lease_table.name(aws.environment.name)
