"""What the periods of a metric say of an alarm, as CloudWatch judges it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

State: TypeAlias = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

#: Periods looked at beside those that are evaluated, so that late data do not go missing.
BESIDES = 2

#: Comparisons with a threshold, by CloudWatch's names; those with a band are none.
BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def breaching(
    values: Sequence[float | None], comparison: str, threshold: float
) -> list[bool | None]:
    """Whether the value of each period breaches; None for a period without one."""
    breaches = BREACHES[comparison]
    return [None if value is None else breaches(value, threshold) for value in values]


def state(
    said: Sequence[bool | None], *, periods: int, enough: int, missing: str, before: State
) -> State:
    """What periods come to, the newest last: whether each breaches, None for one without data.

    `enough` breaching ones of `periods` alarm. The data there are come first; what lacks is as `missing` has
    it. Breaching ones alone, and fewer than it takes, alarm once the oldest is as old as all of them.
    """
    known = [(age, one) for age, one in enumerate(reversed(said), start=1) if one is not None]
    known = known[:periods]
    breaches = sum(one for _, one in known)
    lacking = periods - len(known)
    match missing:
        case "breaching":
            breaches += lacking
        case "notBreaching":
            pass
        case _ if not known:
            return before if missing == "ignore" else "INSUFFICIENT_DATA"
        case _ if lacking and breaches == len(known) and breaches < enough:
            if missing == "ignore" or known[-1][0] < enough:
                return before
            return "ALARM"
    return "ALARM" if breaches >= enough else "OK"
