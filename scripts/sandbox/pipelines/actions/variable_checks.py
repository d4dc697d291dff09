"""The rule VariableCheck: a value against another.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
"""

from __future__ import annotations

import re

from scripts.sandbox.pipelines.providers import Ended, Job, Refused


class VariableCheck:
    """The provider: there is nothing to wait for."""

    def begin(self, job: Job) -> str:
        """Nothing is under way."""
        return job.id

    def look(self, job: Job, _external_id: str) -> Ended:
        """Whether it holds."""
        asked = job.configuration
        operator, found, wanted = asked["Operator"], asked["Variable"], asked["Value"]
        if holds(operator, found, wanted):
            return Ended(True, summary=f"'{found}' {operator} '{wanted}'")
        message = f"The check failed: '{found}' {operator} '{wanted}' does not hold."
        return Ended(False, summary=message, message=message)

    def stop(self, job: Job, external_id: str) -> None:
        """Nothing is under way."""


def holds(operator: str, found: str, wanted: str) -> bool:
    """Whether a check holds. Raises Refused for a pattern that is none."""
    match operator:
        case "EQ":
            return found == wanted
        case "NE":
            return found != wanted
        case "CONTAINS":
            return wanted in found
        case "MATCHES":
            try:
                return re.fullmatch(wanted, found) is not None
            except re.error as problem:
                raise Refused(f"'{wanted}' is not a regular expression: {problem}") from None
        case _:
            raise Refused(f"{operator} is not an operator of VariableCheck.")
