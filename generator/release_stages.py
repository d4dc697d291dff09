"""What a release goes through, by name: the stages and actions of the pipeline, in their order.

Whoever starts, follows or approves an execution knows it by these names, and pipeline.json is made of them.
Nothing here asks for troposphere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from generator.naming import PREFIX
from generator.places import Role


class WaveOrder(StrEnum):
    """Which of the pair goes first: the values of the pipeline's variable of that name."""

    PRIMARY_FIRST = "primary-first"
    STANDBY_FIRST = "standby-first"


@dataclass(frozen=True)
class ReleaseWave:
    """A root in a region, as the pipeline has it: a stage that plans it, and a stage that changes it.

    `order` is the one in which it has its turn; None where it has it in both.
    """

    name: str
    root: str
    role: Role
    order: WaveOrder | None = None

    @property
    def plan(self) -> str:
        """The stage that plans it, and the namespace of its action's variables."""
        return f"Plan{self.name}"

    @property
    def change(self) -> str:
        """The stage that asks for approval, looks again, executes and verifies."""
        return f"Change{self.name}"

    def variable(self, exported: str) -> str:
        """How a later stage refers to what the plan exported."""
        return f"#{{{self.plan}.{exported}}}"


PRIMARY = ReleaseWave("Primary", "platform", "primary")

WAVES = (
    ReleaseWave("StandbyFirst", "platform", "standby", WaveOrder.STANDBY_FIRST),
    PRIMARY,
    ReleaseWave("Standby", "platform", "standby", WaveOrder.PRIMARY_FIRST),
    ReleaseWave("Edge", "edge", "edge"),
)

SOURCE, VALIDATE, SHOP, RECORD = "Source", "Validate", "Shop", "Record"
PLAN, APPROVE, GATE, EXECUTE, VERIFY = "Plan", "Approve", "Gate", "Execute", "Verify"

#: A key that is never there: an execution that names no release has none to ship.
UNNAMED = "name-a-release/none.zip"

#: The source actions, and the artifacts that they bring.
RELEASE, SHIPMENT = "Release", "Shipment"
SHOP_REVISION, WORKER_REVISION = "ShopRevision", "WorkerRevision"

#: What a plan exports: `tradewind changeset create --export`.
HAS_CHANGES, CHANGE_SET_NAME = "HasChanges", "ChangeSetName"
PLAN_HASH, PLAN_URL = "PlanHash", "PlanUrl"
SHOP_HAS_CHANGES = "ShopHasChanges"
EXPORTED = (HAS_CHANGES, CHANGE_SET_NAME, PLAN_HASH, PLAN_URL, SHOP_HAS_CHANGES)

#: The pipeline's own variables.
WAVE_ORDER, STARTED_BY, REASON = "WaveOrder", "StartedBy", "Reason"

#: Where in the artifacts bucket the pipeline's builds find and leave things, beside the releases.
SHIPMENTS, HISTORY, PLANS = "shipments/", "history/", "plans/"

#: How the folders of CodePipeline's own artifacts begin: it cuts the pipeline's name where it is long.
KEPT = f"{PREFIX}-"
