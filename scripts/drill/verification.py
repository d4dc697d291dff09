"""Whether the shop sells from the standby: synthetic checkouts by the name that customers use, and what
becomes of their orders.

An order is good when the standby served and acknowledged it, shows it to its customer, and has it in its
table. Its workflow may have to wait for a database that stayed in the primary: nothing is lost by that, and
after the way back it has to drain.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from generator.naming import PREFIX
from scripts.aws import AwsSaidNo
from scripts.drill import ledger
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.clients import REGION
from scripts.drill.observations import Ordered
from scripts.drill.plan import Plan
from scripts.drill.shoppers import Shopper
from scripts.drill.stage import Asked, Stage, Told, Unreachable

#: From here on checkouts are numbered that verify; those of the shoppers come below.
FIRST = 900_000

#: Checkouts that verify a drill.
CHECKOUTS = 3

#: Drill seconds between two looks at orders that are not done.
_GLANCE = 5.0

#: What order-intake says of an order that its workflow has done with.
_DONE = (ledger.CONFIRMED, ledger.FAILED)

CALLS = (
    *ledger.CALLS,
    *(
        Call(
            "stepfunctions",
            "DescribeExecution",
            where,
            Plane.DATA,
            "says why an order waits",
            False,
        )
        for where in (Where.STANDBY, Where.IMPAIRED)
    ),
)


@dataclass(frozen=True)
class Verification:
    """The checkouts, and what is wrong with them, a sentence each; nothing where all is well."""

    orders: tuple[Ordered, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Drained:
    """Orders by what became of them. `waiting`: order -> what its execution says."""

    confirmed: tuple[str, ...]
    failed: tuple[str, ...] = ()
    waiting: Mapping[str, str] = field(default_factory=dict)
    unasked: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Which orders are not committed, a sentence each."""
        return (
            *(f"Order {order} failed in its workflow." for order in self.failed),
            *(f"Order {order} is not committed: {why}" for order, why in self.waiting.items()),
            *(f"Order {order} could not be looked for." for order in self.unasked),
        )


def verify(stage: Stage, plan: Plan, drill: str, numbers: Iterable[int]) -> Verification:
    """Check out so many times, each by a customer who comes for the first time."""
    orders, problems = [], []
    for number in numbers:
        visitor = stage.visitor()
        try:
            ordered = Shopper(visitor, stage.clock, drill).check_out(number)
            orders.append(ordered)
            if problem := _problem(ordered, plan) or _unshown(visitor.send, ordered, plan):
                problems.append(problem)
        finally:
            visitor.close()
    acknowledged = [one.order for one in orders if one.acknowledged]
    if acknowledged:
        look = ledger.look(stage, plan, plan.theatre.standby.name, acknowledged)
        problems += [
            f"Order {order} was acknowledged, and {look.region}'s {plan.theatre.order_intake} "
            + (f"could not be asked for it: {look.why}" if order in look.unasked else "lacks it.")
            for order in acknowledged
            if order not in look.found
        ]
    return Verification(tuple(orders), tuple(problems))


def drained(
    stage: Stage,
    plan: Plan,
    orders: Sequence[str],
    patience: float,
    until: threading.Event | None = None,
) -> Drained:
    """What the workflows made of acknowledged orders, once all are done, or so many drill seconds later."""
    regions = (plan.theatre.primary.name, plan.theatre.standby.name)
    end = stage.clock.now() + patience
    states: dict[str, str] = {}
    while True:
        left = [order for order in orders if states.get(order) not in _DONE]
        looks = [ledger.look(stage, plan, region, left) for region in regions]
        for look in looks:
            # One region says that it is done while the other has yet to hear so.
            states.update(
                {
                    order: said
                    for order, said in look.found.items()
                    if states.get(order) not in _DONE
                }
            )
        left = [order for order in orders if states.get(order) not in _DONE]
        if not left or stage.clock.now() >= end or stage.clock.sleep(_GLANCE, until):
            break
    unasked = {order for look in looks for order in look.unasked if order not in states}
    return Drained(
        confirmed=tuple(one for one in orders if states.get(one) == ledger.CONFIRMED),
        failed=tuple(one for one in orders if states.get(one) == ledger.FAILED),
        waiting={one: _waits(stage, plan, one) for one in left if one not in unasked},
        unasked=tuple(one for one in left if one in unasked),
    )


def machine_arn(plan: Plan, region: str, kind: str = "stateMachine") -> str:
    """The order workflow of a region (generator/layers/order_workflow.py), or an `execution` of it."""
    partition = next(
        (name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws"
    )
    name = f"{PREFIX}-{plan.environment}-order-workflow-{region}"
    return f"arn:{partition}:states:{region}:{plan.theatre.account}:{kind}:{name}"


_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def _problem(ordered: Ordered, plan: Plan) -> str:
    """What is wrong with how a checkout was answered."""
    standby, checkout = plan.theatre.standby.name, f"Checkout {ordered.number}"
    if ordered.status == 0:
        return f"{checkout} got no answer, or found nothing to buy."
    if not ordered.acknowledged:
        return f"{checkout} was answered {ordered.status} by {ordered.region or 'nobody that says where'}."
    if ordered.region != standby:
        return (
            f"{checkout} was served by {ordered.region or 'nobody that says where'}, not {standby}."
        )
    return ""


def _unshown(send: Callable[[Asked], Told], ordered: Ordered, plan: Plan) -> str:
    """What is wrong with how the standby shows an order to its customer."""
    try:
        told = send(Asked("GET", f"/api/orders/{ordered.order}"))
    except Unreachable as error:
        return f"Order {ordered.order} was acknowledged, and is not shown: {error}."
    region = told.headers.get(REGION, "")
    if told.status != HTTPStatus.OK or region != plan.theatre.standby.name:
        return f"Order {ordered.order} was acknowledged, and asked for answered {told.status} by {region}."
    return ""


def _waits(stage: Stage, plan: Plan, order: str) -> str:
    """What the executions that bear the order's name say."""
    said = []
    for region in (plan.theatre.primary.name, plan.theatre.standby.name):
        arn = f"{machine_arn(plan, region, 'execution')}:{order}"
        try:
            states = stage.aws.client("stepfunctions", region)
            answer = states.call("describe_execution", executionArn=arn)
        except AwsSaidNo as error:
            if error.code != "ExecutionDoesNotExist":
                said.append(error.message)
            continue
        said.append(f"its workflow in {region} is {answer['status']}.")
    return " ".join(said) or "no workflow was started for it."
