"""What an account could commit to, how far its commitments reach, and what is out of line in its bill.

Money is exact and in the currency that Cost Explorer gives with it; shares are in percent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeAlias

from scripts.errors import Failed

Term: TypeAlias = Literal["one-year", "three-years"]
Payment: TypeAlias = Literal["no-upfront", "partial-upfront", "all-upfront"]
MONTHS: Mapping[Term, int] = {"one-year": 12, "three-years": 36}

#: How the questions of what to buy end.
TO_BUY = "to buy"

#: USD that a request to Cost Explorer costs on AWS.
PRICE = Decimal("0.01")


@dataclass(frozen=True)
class Reservable:
    """A service that sells reservations, by the names that Cost Explorer has for it.

    `details` is the member of a recommendation that describes the instance. GetReservationUtilization still
    knows OpenSearch by its old name.
    """

    title: str
    service: str
    details: str
    used: str = ""


RESERVABLE = (
    Reservable("RDS", "Amazon Relational Database Service", "RDSInstanceDetails"),
    Reservable("ElastiCache", "Amazon ElastiCache", "ElastiCacheInstanceDetails"),
    Reservable(
        "OpenSearch",
        "Amazon OpenSearch Service",
        "ESInstanceDetails",
        used="Amazon Elasticsearch Service",
    ),
    Reservable("Redshift", "Amazon Redshift", "RedshiftInstanceDetails"),
)


@dataclass(frozen=True)
class Purchase:
    """A recommendation. Money is a month's, but for `upfront`; utilisation is in percent."""

    what: str
    saving: Decimal
    upfront: Decimal
    currency: str
    break_even_months: Decimal | None
    utilisation: Decimal | None

    @property
    def confidence(self) -> str:
        """How much of the commitment would have been used, in words."""
        match self.utilisation:
            case None:
                return "unknown"
            case share if share >= 95:
                return "high"
            case share if share >= 80:
                return "fair"
        return "low"


@dataclass(frozen=True)
class Commitment:
    """How far what is already bought reaches, in percent; None where there is nothing to tell."""

    title: str
    covered: Decimal | None
    used: Decimal | None


@dataclass(frozen=True)
class Anomaly:
    """Spending out of line that nobody has judged yet. Cost Explorer gives the amount without a currency."""

    id: str
    since: str
    until: str
    where: str
    impact: Decimal


@dataclass(frozen=True)
class Unanswered:
    """A question without an answer, and why."""

    question: str
    reason: str


@dataclass
class Savings:
    """All that was answered. `watched` tells whether an anomaly monitor is at work."""

    purchases: list[Purchase] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    anomalies: list[Anomaly] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    watched: bool = False
    requests: int = 0

    @property
    def totals(self) -> Mapping[str, Decimal]:
        """Currency -> what all purchases together would save in a month."""
        sums: dict[str, Decimal] = {}
        for purchase in self.purchases:
            sums[purchase.currency] = sums.get(purchase.currency, Decimal()) + purchase.saving
        return sums

    @property
    def complete(self) -> bool:
        """Whether every question of what to buy was answered."""
        return not any(one.question.endswith(TO_BUY) for one in self.unanswered)

    @property
    def cost(self) -> Decimal:
        """What asking cost, in USD."""
        return PRICE * self.requests


def plan(said: Mapping[str, Any], term: Term) -> Purchase:
    """A Savings Plan that Cost Explorer recommends."""
    currency = said.get("CurrencyCode", "")
    saving = number(said.get("EstimatedMonthlySavingsAmount")) or Decimal()
    upfront = number(said.get("UpfrontCost")) or Decimal()
    hourly = number(said.get("HourlyCommitmentToPurchase")) or Decimal()
    return Purchase(
        what=f"Compute Savings Plan, {hourly} {currency} an hour",
        saving=saving,
        upfront=upfront,
        currency=currency,
        break_even_months=_break_even(upfront, saving, MONTHS[term]),
        utilisation=number(said.get("EstimatedAverageUtilization")),
    )


def reservation(reservable: Reservable, said: Mapping[str, Any]) -> Purchase:
    """Reserved instances that Cost Explorer recommends."""
    details = said.get("InstanceDetails", {}).get(reservable.details, {})
    size = details.get("InstanceType") or details.get("NodeType")
    if not size:
        size = ".".join(
            details[key] for key in ("InstanceClass", "InstanceSize") if details.get(key)
        )
    also = ", ".join(
        details[key]
        for key in ("DatabaseEngine", "ProductDescription", "DeploymentOption", "Region")
        if details.get(key)
    )
    count = number(said.get("RecommendedNumberOfInstancesToPurchase")) or Decimal()
    return Purchase(
        what=f"{reservable.title}: {count.normalize():f} x {size}" + (f" ({also})" if also else ""),
        saving=number(said.get("EstimatedMonthlySavingsAmount")) or Decimal(),
        upfront=number(said.get("UpfrontCost")) or Decimal(),
        currency=said.get("CurrencyCode", ""),
        break_even_months=number(said.get("EstimatedBreakEvenInMonths")),
        utilisation=number(said.get("AverageUtilization")),
    )


def _break_even(upfront: Decimal, saving: Decimal, months: int) -> Decimal | None:
    """After how many months what was paid upfront is earned; None for never.

    The estimated saving is less a monthly share of what is paid upfront; that share flows back, too.
    """
    if not upfront:
        return Decimal()
    back = saving + upfront / months
    return upfront / back if back > 0 else None


def anomaly(said: Mapping[str, Any]) -> Anomaly:
    """Spending that Cost Explorer finds out of line."""
    causes = [
        " ".join(one[key] for key in ("Service", "Region", "UsageType") if one.get(key))
        for one in said.get("RootCauses", ())
    ]
    return Anomaly(
        id=said["AnomalyId"],
        since=said.get("AnomalyStartDate", ""),
        until=said.get("AnomalyEndDate", ""),
        where="; ".join(filter(None, causes)) or said.get("DimensionValue", ""),
        impact=Decimal(str(said["Impact"].get("TotalImpact", said["Impact"]["MaxImpact"]))),
    )


def number(text: str | None) -> Decimal | None:
    """Cost Explorer writes numbers as text, and none as an empty one."""
    if not text:
        return None
    try:
        read = Decimal(text)
    except InvalidOperation as error:
        raise Failed(f"Cost Explorer answered {text!r} where a number belongs.") from error
    return read if read.is_finite() else None
