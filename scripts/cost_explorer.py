"""Asking Cost Explorer about an environment's account.

It answers in us-east-1 alone, whatever it is asked of. A request that it answers costs 0.01 USD; a further
page is a request too, an error costs nothing.
https://aws.amazon.com/aws-cost-management/aws-cost-explorer/faqs
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed
from scripts.savings import (
    RESERVABLE,
    TO_BUY,
    Commitment,
    Payment,
    Reservable,
    Savings,
    Term,
    Unanswered,
    anomaly,
    number,
    plan,
    reservation,
)

Answer = TypeVar("Answer")

REGION = "us-east-1"
#: Days that recommendations, coverage and utilisation look back.
LOOKBACK = 30

#: An AccessDeniedException that no policy mends: the account never opened Cost Explorer.
_NOT_ENABLED = "not enabled for cost explorer"
_ACTIONS = (
    "ce:GetSavingsPlansPurchaseRecommendation, ce:GetReservationPurchaseRecommendation, "
    "ce:GetSavingsPlansCoverage, ce:GetSavingsPlansUtilization, ce:GetReservationCoverage, "
    "ce:GetReservationUtilization, ce:GetAnomalies, ce:GetAnomalyMonitors"
)
_NO_DATA = "no data: nothing of the kind was bought or used, or Cost Explorer was enabled less than a day ago"


@dataclass
class CostExplorer:
    """Asks for one environment's account."""

    aws: Aws
    term: Term = "one-year"
    payment: Payment = "no-upfront"
    told: Callable[[str], None] = lambda _: None
    savings: Savings = field(default_factory=Savings)

    def ask(self) -> Savings:
        """Every question. Raises Failed where Cost Explorer cannot be asked, or may not."""
        self._answered(f"Savings Plans {TO_BUY}", self._savings_plans)
        for one in RESERVABLE:
            self._answered(f"{one.title} reservations {TO_BUY}", partial(self._reservations, one))
        covered = self._answered("Savings Plans coverage", self._plans_coverage)
        used = self._answered("Savings Plans utilisation", self._plans_utilisation)
        self.savings.commitments.append(Commitment("Savings Plans", covered, used))
        for one in RESERVABLE:
            covered = self._answered(f"{one.title} coverage", partial(self._coverage, one))
            used = self._answered(f"{one.title} utilisation", partial(self._utilisation, one))
            self.savings.commitments.append(Commitment(f"{one.title} reservations", covered, used))
        self._answered("anomaly monitors", self._monitors)
        self._answered("anomalies", self._anomalies)
        return self.savings

    def _answered(self, question: str, ask: Callable[[], Answer]) -> Answer | None:
        """The answer; None where Cost Explorer has no data for it, or does not take the question."""
        self.told(question)
        try:
            return ask()
        except AwsSaidNo as error:
            if error.code == "DataUnavailableException":
                self.savings.unanswered.append(Unanswered(question, _NO_DATA))
            elif error.code == "ValidationException":
                self.savings.unanswered.append(Unanswered(question, f"refused: {error.detail}"))
            else:
                raise _explained(error) from error
        return None

    def _pages(self, operation: str, token: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page; botocore has no paginator for most of these."""
        client = self.aws.client("ce", REGION)
        following: dict[str, str] = {}
        while True:
            answer = client.call(operation, **parameters, **following)
            self.savings.requests += 1
            yield answer
            if not answer.get(token):
                return
            following = {token: answer[token]}

    @property
    def _account(self) -> dict[str, Any]:
        account = self.aws.environment.account_id
        return {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account]}}

    def _of(self, service: str) -> dict[str, Any]:
        return {"And": [{"Dimensions": {"Key": "SERVICE", "Values": [service]}}, self._account]}

    @property
    def _offer(self) -> dict[str, str]:
        return {
            "TermInYears": self.term.upper().replace("-", "_"),
            "PaymentOption": self.payment.upper().replace("-", "_"),
            "LookbackPeriodInDays": "THIRTY_DAYS",
            "AccountScope": "LINKED",
        }

    @property
    def _period(self) -> dict[str, str]:
        """The last days, the end exclusive."""
        today = datetime.fromtimestamp(self.aws.clock.now(), UTC).date()
        return {"Start": str(today - timedelta(days=LOOKBACK)), "End": str(today)}

    def _savings_plans(self) -> None:
        for page in self._pages(
            "get_savings_plans_purchase_recommendation",
            "NextPageToken",
            SavingsPlansType="COMPUTE_SP",
            Filter=self._account,
            **self._offer,
        ):
            said = page.get("SavingsPlansPurchaseRecommendation", {})
            for one in said.get("SavingsPlansPurchaseRecommendationDetails", ()):
                self.savings.purchases.append(plan(one, self.term))

    def _reservations(self, reservable: Reservable) -> None:
        for page in self._pages(
            "get_reservation_purchase_recommendation",
            "NextPageToken",
            Service=reservable.service,
            Filter=self._account,
            **self._offer,
        ):
            for recommendation in page.get("Recommendations", ()):
                for one in recommendation.get("RecommendationDetails", ()):
                    self.savings.purchases.append(reservation(reservable, one))

    def _plans_coverage(self) -> Decimal | None:
        covered, spent = Decimal(), Decimal()
        for page in self._pages(
            "get_savings_plans_coverage",
            "NextToken",
            TimePeriod=self._period,
            Granularity="MONTHLY",
            Filter=self._account,
        ):
            for one in page["SavingsPlansCoverages"]:
                said = one.get("Coverage", {})
                covered += number(said.get("SpendCoveredBySavingsPlans")) or Decimal()
                spent += number(said.get("TotalCost")) or Decimal()
        return 100 * covered / spent if spent else None

    def _plans_utilisation(self) -> Decimal | None:
        answer = next(
            self._pages(
                "get_savings_plans_utilization",
                "NextToken",
                TimePeriod=self._period,
                Granularity="MONTHLY",
                Filter=self._account,
            )
        )
        said = answer["Total"]["Utilization"]
        bought = number(said.get("TotalCommitment"))
        return number(said.get("UtilizationPercentage")) if bought else None

    def _coverage(self, reservable: Reservable) -> Decimal | None:
        answer = next(
            self._pages(
                "get_reservation_coverage",
                "NextPageToken",
                TimePeriod=self._period,
                Granularity="MONTHLY",
                Filter=self._of(reservable.service),
            )
        )
        said = answer.get("Total", {}).get("CoverageHours", {})
        ran = number(said.get("TotalRunningHours"))
        return number(said.get("CoverageHoursPercentage")) if ran else None

    def _utilisation(self, reservable: Reservable) -> Decimal | None:
        answer = next(
            self._pages(
                "get_reservation_utilization",
                "NextPageToken",
                TimePeriod=self._period,
                Granularity="MONTHLY",
                Filter=self._of(reservable.used or reservable.service),
            )
        )
        said = answer.get("Total", {})
        bought = number(said.get("PurchasedHours"))
        return number(said.get("UtilizationPercentage")) if bought else None

    def _monitors(self) -> None:
        for page in self._pages("get_anomaly_monitors", "NextPageToken"):
            self.savings.watched = self.savings.watched or bool(page["AnomalyMonitors"])

    def _anomalies(self) -> None:
        period = self._period
        for page in self._pages(
            "get_anomalies",
            "NextPageToken",
            DateInterval={"StartDate": period["Start"], "EndDate": period["End"]},
        ):
            self.savings.anomalies += [
                anomaly(one) for one in page["Anomalies"] if not one.get("Feedback")
            ]


def _explained(error: AwsSaidNo) -> Failed:
    """What keeps an account from asking at all, with what mends it."""
    if _NOT_ENABLED in error.detail.lower():
        return Failed(
            "Cost Explorer is not enabled for this account.",
            fix="Open Cost Explorer once in the Billing console, in an organization as its management "
            "account, which also allows its members; data is there a day later.",
        )
    if error.code.startswith("AccessDenied"):
        return Failed(
            error.message,
            fix=f"Allow {_ACTIONS}, and let IAM users see billing (the account's settings; in an "
            "organization also Cost Management preferences of the management account).",
        )
    return error
