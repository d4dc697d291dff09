"""What Personalize learns, and makes of it: interactions, versions of a solution, campaigns.

Nothing is trained. A version and a campaign go through the states that AWS's go through, one with each look,
and a version fails where AWS would have too little to train it from.
https://docs.aws.amazon.com/personalize/latest/dg/limits.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from scripts.sandbox import stores

_Kept = TypeVar("_Kept")

#: What a training takes: so many interactions, and so many users with two at least.
INTERACTIONS, USERS = 1000, 25

#: A status, and what the next look sees.
_NEXT = {
    "CREATE PENDING": "CREATE IN_PROGRESS",
    "CREATE IN_PROGRESS": "ACTIVE",
    "CREATE STOPPING": "CREATE STOPPED",
    "DELETE PENDING": "DELETE IN_PROGRESS",
}
PENDING = ("CREATE PENDING", "CREATE IN_PROGRESS")
SETTLED = ("ACTIVE", "CREATE FAILED")


class Refusal(Exception):
    """Personalize says no: its code, and why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Version:
    """A version of a solution."""

    arn: str
    solution: str
    name: str
    status: str = "CREATE PENDING"
    failure: str = ""


@dataclass
class Campaign:
    """What answers from a version; `update` is the latest, with the version that it is to bring."""

    arn: str
    name: str
    version: str
    tps: int = 1
    status: str = "CREATE PENDING"
    update: dict[str, Any] = field(default_factory=dict)


@dataclass
class Learnt:
    """All of it, in every account: by ARN, and event id -> item, type and user by dataset group."""

    versions: dict[str, Version] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    events: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def save(self, directory: Path) -> None:
        """As one document."""
        stores.write_atomically(directory / "learnt.json", json.dumps(asdict(self)))

    def load(self, directory: Path) -> None:
        """What was saved."""
        kept = stores.read_json(directory / "learnt.json") or {}
        self.versions = {arn: Version(**v) for arn, v in kept.get("versions", {}).items()}
        self.campaigns = {arn: Campaign(**c) for arn, c in kept.get("campaigns", {}).items()}
        self.events = kept.get("events", {})

    def reset(self) -> None:
        """Nothing is known."""
        self.versions, self.campaigns, self.events = {}, {}, {}

    def hear(self, group: str, user: str, events: Iterable[dict[str, Any]]) -> None:
        """Interactions of one user: one that is told again counts once."""
        known = self.events.setdefault(group, {})
        for event in events:
            known.setdefault(event["eventId"], [event.get("itemId", ""), event["eventType"], user])

    def lack(self, group: str) -> str:
        """Why a version cannot be trained from what is known."""
        told = self.events.get(group, {}).values()
        users = Counter(user for _, _, user in told if user)
        if len(told) < INTERACTIONS:
            return f"There are {len(told)} interactions; training needs {INTERACTIONS} at least."
        if sum(count > 1 for count in users.values()) < USERS:
            return f"Training needs {USERS} users with two interactions at least."
        return ""

    def recommended(self, group: str, user: str, *, unbought: bool) -> list[str]:
        """What most have been busy with; `unbought`: less what the user has bought."""
        told = self.events.get(group, {}).values()
        bought = {
            item for item, kind, who in told if unbought and (kind, who) == ("Purchase", user)
        }
        counted = Counter(item for item, _, _ in told if item and item not in bought)
        return [item for item, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]

    def train(self, solution: str, name: str) -> Version:
        """A new version; one at a time."""
        of_it = [version for version in self.versions.values() if version.solution == solution]
        if any(version.name == name for version in of_it):
            raise Refusal(
                "ResourceAlreadyExistsException", f"Another resource with the name {name} exists."
            )
        if any(version.status in PENDING for version in of_it):
            raise Refusal("ResourceInUseException", f"A version of {solution} is being created.")
        version = Version(f"{solution}/{len(self.versions):08x}", solution, name)
        self.versions[version.arn] = version
        return version

    def version(self, arn: str, group: str) -> Version:
        """As this look sees it."""
        version = _found(self.versions, arn)
        if version.status == "CREATE IN_PROGRESS" and (lack := self.lack(group)):
            version.status, version.failure = "CREATE FAILED", lack
        version.status = _NEXT.get(version.status, version.status)
        return version

    def stop(self, arn: str) -> None:
        """End a training."""
        version = _found(self.versions, arn)
        if version.status not in PENDING:
            raise Refusal("ResourceInUseException", f"{arn} is {version.status}.")
        version.status = "CREATE STOPPING"

    def answer(self, arn: str, name: str, version: str, tps: int) -> None:
        """A new campaign."""
        if arn in self.campaigns:
            raise Refusal(
                "ResourceAlreadyExistsException", f"Another resource with the name {name} exists."
            )
        self._trained(version)
        self.campaigns[arn] = Campaign(arn, name, version, tps)

    def move(self, arn: str, version: str, tps: int) -> None:
        """Have a campaign answer from another version."""
        campaign = _found(self.campaigns, arn)
        if campaign.status not in SETTLED or campaign.update.get("status") in PENDING:
            raise Refusal("ResourceInUseException", f"{arn} is {campaign.status}, or is updated.")
        self._trained(version)
        campaign.update = {
            "solutionVersionArn": version,
            "minProvisionedTPS": tps,
            "status": "CREATE PENDING",
        }

    def campaign(self, arn: str) -> Campaign:
        """As this look sees it."""
        campaign = _found(self.campaigns, arn)
        if campaign.status == "DELETE IN_PROGRESS":
            del self.campaigns[arn]
            raise Refusal("ResourceNotFoundException", f"Resource {arn} does not exist.")
        campaign.status = _NEXT.get(campaign.status, campaign.status)
        if campaign.update:
            campaign.update["status"] = _NEXT.get(
                campaign.update["status"], campaign.update["status"]
            )
            if campaign.update["status"] == "ACTIVE":
                campaign.version = campaign.update["solutionVersionArn"]
                campaign.tps = campaign.update["minProvisionedTPS"]
                campaign.status = "ACTIVE"
        return campaign

    def remove(self, arn: str) -> None:
        """Delete a campaign that is not on its way anywhere."""
        campaign = _found(self.campaigns, arn)
        if campaign.status not in SETTLED or campaign.update.get("status") in PENDING:
            raise Refusal("ResourceInUseException", f"{arn} is {campaign.status}, or is updated.")
        campaign.status = "DELETE PENDING"

    def _trained(self, version: str) -> None:
        if _found(self.versions, version).status != "ACTIVE":
            raise Refusal("ResourceInUseException", f"{version} is not active.")


def _found(held: dict[str, _Kept], arn: str) -> _Kept:
    if arn not in held:
        raise Refusal("ResourceNotFoundException", f"Resource {arn} does not exist.")
    return held[arn]


LEARNT = Learnt()
stores.register("personalize", LEARNT)
