"""No order is committed: the function that commits them may not run, and workflows try again later.

A function without concurrency is throttled, which a workflow takes for a crowd and waits through
(generator/order_states.py); whatever runs already ends within its 50 seconds, and meets a database that reads
only if it takes longer.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.naming import PREFIX
from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.steps import Standing, Token
from scripts.drill.theatre import Theatre

#: What nobody may use; and what stands where a function has no reservation of its own.
CLOSED, UNRESERVED = 0, None


class CommitsFenced:
    """The commit function of one region. `way` tells the fence of the way there from that of the way back."""

    def __init__(self, aws: Aws, theatre: Theatre, region: str, way: str) -> None:
        self._lambda = aws.client("lambda", region)
        self._region, self._way = region, way
        self._function = f"{PREFIX}-{theatre.environment}-order-commit-{region}"
        where = Where.STANDBY if region == theatre.standby.name else Where.IMPAIRED
        self.calls = tuple(
            Call("lambda", operation, where, Plane.CONTROL, why, needed=False)
            for operation, why in (
                ("GetFunctionConcurrency", "reads how many commits may run at once"),
                ("PutFunctionConcurrency", "has none run while the database moves, and all after"),
            )
        )

    @property
    def name(self) -> str:
        """As the journal has it."""
        return f"data.fence-{self._way}.{self._region}"

    @property
    def closed(self) -> bool:
        """Whether nothing is committed here now."""
        return self._read() == CLOSED

    def snapshot(self) -> Mapping[str, Any]:
        """The concurrency that is reserved for it, if any is."""
        return {"concurrency": self._read()}

    def make(self, token: Token) -> None:  # noqa: ARG002 - Lambda keeps no token
        """Let none run."""
        self._reserve(CLOSED)

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:  # noqa: ARG002
        """Whether none may run."""
        match self._read():
            case 0:
                return Standing.MADE
            case now if now == before["concurrency"]:
                return Standing.NOT_MADE
        return Standing.ANOTHERS

    def undo(self, before: Mapping[str, Any], token: Token) -> None:  # noqa: ARG002
        """As many as before, if it is still this fence that stands."""
        if self.closed:
            self._reserve(before["concurrency"])

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """Whether as many may run as before."""
        now, then = self._read(), before["concurrency"]
        if now == then:
            return ()
        return (
            f"{self._function} has a concurrency of {_said(now)} in {self._region}, and had {_said(then)}.",
        )

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """One call."""
        where = f"--region {self._region} --function-name {self._function}"
        if before["concurrency"] is UNRESERVED:
            return (f"aws lambda delete-function-concurrency {where}",)
        return (
            f"aws lambda put-function-concurrency {where}"
            f" --reserved-concurrent-executions {before['concurrency']}",
        )

    def _read(self) -> int | None:
        answer = self._lambda.call("get_function_concurrency", FunctionName=self._function)
        reserved: int | None = answer.get("ReservedConcurrentExecutions")
        return reserved

    def _reserve(self, executions: int | None) -> None:
        if executions is UNRESERVED:
            self._lambda.call("delete_function_concurrency", FunctionName=self._function)
        else:
            self._lambda.call(
                "put_function_concurrency",
                FunctionName=self._function,
                ReservedConcurrentExecutions=executions,
            )


def _said(executions: int | None) -> str:
    return "none of its own" if executions is UNRESERVED else str(executions)
