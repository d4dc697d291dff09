"""Short ways to write what the explainer would have said."""

from __future__ import annotations

from typing import Any

from scripts.changes import Action, Change
from scripts.deploy.explanations import (
    Certainty,
    Effect,
    Explained,
    Explanation,
    Policy,
    PropertyChange,
)

ACCOUNT = "111111111111"
REGION = "us-east-1"
NOTHING = Effect("none", "")


def explained(
    path: str,
    type: str,
    action: Action = "Modify",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    *,
    physical_id: str = "",
    replacement: Certainty | None = None,
    certainty: Certainty = Certainty.CERTAIN,
    policy: Policy = "Delete",
    why: tuple[str, ...] = (),
    properties: tuple[PropertyChange, ...] = (),
) -> Explained:
    """A change at `Orders/OrdersDatabase`, with all its properties in both worlds."""
    steps = tuple(path.split("/"))
    announced = {None: "False", Certainty.POSSIBLE: "Conditional"}.get(replacement, "True")
    change = Change(
        action,
        steps[-1],
        type,
        physical_id or steps[-1].lower(),
        announced if action == "Modify" else "",  # type: ignore[arg-type]
    )
    return Explained(
        steps,
        change,
        NOTHING,
        properties=properties,
        certainty=certainty,
        replacement=replacement,
        why=why,
        policy=policy,
        before=before,
        after=after,
    )


def explanation(*changes: Explained) -> Explanation:
    """A plan for platform in us-east-1."""
    return Explanation("platform", REGION, changes)
