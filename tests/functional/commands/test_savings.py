"""`tradewind savings`, against answers that botocore's model of Cost Explorer accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import cli
from scripts.sandbox.cost_explorer import ANSWERS
from tests.functional.stubbed import StubbedSession

Captured = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parents[3]
ACCOUNT = "111111111111"

PLAN = {
    "HourlyCommitmentToPurchase": "0.412",
    "EstimatedMonthlySavingsAmount": "101.105",
    "UpfrontCost": "1804.56",
    "CurrencyCode": "EUR",
    "EstimatedAverageUtilization": "98.4",
}
RESERVATION = {
    "AccountId": ACCOUNT,
    "InstanceDetails": {
        "RDSInstanceDetails": {
            "InstanceType": "db.r7g.large",
            "DatabaseEngine": "PostgreSQL",
            "DeploymentOption": "Multi-AZ",
            "Region": "eu-central-1",
        }
    },
    "RecommendedNumberOfInstancesToPurchase": "2.0",
    "EstimatedMonthlySavingsAmount": "60.20",
    "UpfrontCost": "0.0",
    "CurrencyCode": "EUR",
    "EstimatedBreakEvenInMonths": "0.0",
    "AverageUtilization": "83",
}
DOMAIN = {
    "InstanceDetails": {
        "ESInstanceDetails": {"InstanceClass": "r7g", "InstanceSize": "large.search"}
    },
    "RecommendedNumberOfInstancesToPurchase": "3",
    "EstimatedMonthlySavingsAmount": "9.99",
    "CurrencyCode": "EUR",
    "EstimatedBreakEvenInMonths": "7.25",
    "AverageUtilization": "41",
}


def anomaly(**said: Any) -> dict[str, Any]:
    return {
        "AnomalyId": "one",
        "AnomalyStartDate": "2026-03-01T00:00:00Z",
        "AnomalyEndDate": "2026-03-02T00:00:00Z",
        "DimensionValue": "Amazon EC2",
        "RootCauses": [{"Service": "Amazon EC2", "Region": "eu-central-1"}],
        "AnomalyScore": {"MaxScore": 0.8, "CurrentScore": 0.5},
        "Impact": {"MaxImpact": 12.5, "TotalImpact": 40.1},
        "MonitorArn": "arn:aws:ce::111111111111:anomalymonitor/shop",
        **said,
    }


#: Every question in its order; what a test does not say is answered as to a new account.
ORDER = (
    "savings_plans_purchase_recommendation",
    *["reservation_purchase_recommendation"] * 4,
    "savings_plans_coverage",
    "savings_plans_utilization",
    *["reservation_coverage", "reservation_utilization"] * 4,
    "anomaly_monitors",
    "anomalies",
)
NEW = {
    **ANSWERS,
    "GetSavingsPlansUtilization": {"Total": {"Utilization": {"TotalCommitment": "0"}}},
}


class Account:
    """AWS as a test tells it, and what the command said of it."""

    def __init__(self, captured: Captured) -> None:
        self.session, self.captured = StubbedSession(), captured
        self.ce = self.session.stub("ce")
        self.session.stub("sts").add_response(
            "get_caller_identity",
            {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/u", "UserId": "u"},
        )

    def answers(self, **said: list[Any] | str) -> None:
        """The answers of one run: a list of an operation's, or the code of its error."""
        for name in ORDER:
            default = NEW["Get" + name.title().replace("_", "")]
            match said.get(name):
                case str(code):
                    self.ce.add_client_error(f"get_{name}", code, "told by AWS")
                case [first, *rest]:
                    said[name] = rest
                    self.ce.add_response(f"get_{name}", first)
                    while "NextPageToken" in first:
                        first, *rest = rest
                        said[name] = rest
                        self.ce.add_response(f"get_{name}", first)
                case _:
                    self.ce.add_response(f"get_{name}", default)

    def shown(self, *words: str) -> str:
        assert cli.main(["--project", str(PROJECT), "savings", "dev", *words]) == 0
        self.session.assert_all_asked()
        return self.captured.readouterr().out

    def document(self, *words: str) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.shown("--json", *words))
        return said


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Account:
    made = Account(capsys)
    monkeypatch.delenv("TRADEWIND_SANDBOX", raising=False)
    monkeypatch.setattr(cli, "_on_aws", lambda _: lambda _: made.session.aws())
    return made


def recommended(*details: dict[str, Any], **page: str) -> dict[str, Any]:
    return {"Recommendations": [{"RecommendationDetails": list(details)}], **page}


def plans(*details: dict[str, Any]) -> dict[str, Any]:
    return {
        "SavingsPlansPurchaseRecommendation": {
            "SavingsPlansPurchaseRecommendationDetails": list(details)
        }
    }


def test_what_to_buy_is_ordered_by_what_it_saves_and_summed_to_the_cent(account: Account) -> None:
    account.answers(
        savings_plans_purchase_recommendation=[plans(PLAN)],
        reservation_purchase_recommendation=[
            recommended(RESERVATION),
            recommended(),
            recommended(DOMAIN),
        ],
    )
    buy, plan, database, search, together, *_ = account.shown().splitlines()

    assert buy.split("  ")[0] == "BUY"
    assert "Compute Savings Plan, 0.412 EUR an hour" in plan
    assert "RDS: 2 x db.r7g.large (PostgreSQL, Multi-AZ, eu-central-1)" in database
    assert "60.20 EUR" in database
    assert "at once" in database
    assert "OpenSearch: 3 x r7g.large.search" in search
    assert "7.2 months" in search
    assert together == "together 171.30 EUR a month"


def test_how_sure_a_saving_is_follows_from_what_would_have_been_used(account: Account) -> None:
    account.answers(
        savings_plans_purchase_recommendation=[plans(PLAN)],
        reservation_purchase_recommendation=[recommended(RESERVATION, DOMAIN)],
    )
    said = account.document()["purchases"]

    assert [one["confidence"] for one in said] == ["high", "fair", "low"]


def test_a_plan_is_earned_when_its_upfront_payment_has_flowed_back(account: Account) -> None:
    account.answers(savings_plans_purchase_recommendation=[plans(PLAN)])

    (said,) = account.document("--payment", "all-upfront")["purchases"]
    assert float(said["break_even_months"]) == pytest.approx(1804.56 / (101.105 + 1804.56 / 12))
    assert said["monthly_saving"] == "101.105"


def test_what_is_wished_is_what_is_asked(account: Account) -> None:
    asked: list[dict[str, Any]] = []
    client = account.session.clients["ce", "us-east-1"]
    client.meta.events.register(
        "provide-client-params.ce.*", lambda params, **_: asked.append(params)
    )
    account.answers()
    account.shown("--term", "three-years", "--payment", "partial-upfront")

    for question in asked[:5]:
        assert question["TermInYears"] == "THREE_YEARS"
        assert question["PaymentOption"] == "PARTIAL_UPFRONT"
        assert question["AccountScope"] == "LINKED"
        assert question["Filter"]["Dimensions"] == {"Key": "LINKED_ACCOUNT", "Values": [ACCOUNT]}
    assert asked[5]["TimePeriod"] == {"Start": "1969-12-13", "End": "1970-01-12"}


def test_every_page_is_read_and_counted(account: Account) -> None:
    account.answers(
        reservation_purchase_recommendation=[
            recommended(RESERVATION, NextPageToken="more"),
            recommended(DOMAIN),
        ]
    )
    said = account.document()

    assert len(said["purchases"]) == 2
    assert said["requests"] == len(ORDER) + 1
    assert said["cost_usd"] == "0.18"


def test_coverage_is_of_all_that_was_spent_in_the_days_asked_for(account: Account) -> None:
    def month(covered: str, total: str) -> dict[str, Any]:
        return {"Coverage": {"SpendCoveredBySavingsPlans": covered, "TotalCost": total}}

    account.answers(
        savings_plans_coverage=[{"SavingsPlansCoverages": [month("10", "90"), month("15", "10")]}],
        savings_plans_utilization=[
            {"Total": {"Utilization": {"TotalCommitment": "30", "UtilizationPercentage": "99.5"}}}
        ],
        reservation_coverage=[
            {
                "CoveragesByTime": [],
                "Total": {
                    "CoverageHours": {"TotalRunningHours": "720", "CoverageHoursPercentage": "50"}
                },
            }
        ],
        reservation_utilization=[
            {
                "UtilizationsByTime": [],
                "Total": {"PurchasedHours": "720", "UtilizationPercentage": "87.25"},
            }
        ],
    )
    said = account.document()["commitments"]

    assert said[0] == {"title": "Savings Plans", "covered_percent": "25", "used_percent": "99.5"}
    assert said[1]["covered_percent"] == "50"
    assert said[1]["used_percent"] == "87.25"
    assert said[2]["covered_percent"] is None, "nothing ran: 0 % would be a lie"


def test_an_anomaly_is_open_until_somebody_judges_it(account: Account) -> None:
    account.answers(
        anomaly_monitors=[
            {"AnomalyMonitors": [{"MonitorName": "shop", "MonitorType": "DIMENSIONAL"}]}
        ],
        anomalies=[{"Anomalies": [anomaly(), anomaly(AnomalyId="two", Feedback="NO")]}],
    )
    shown = account.shown()

    assert "2026-03-01     2026-03-02  Amazon EC2 eu-central-1  40.10" in shown
    assert shown.count("Amazon EC2") == 1


def test_no_anomaly_means_little_where_nothing_watches(account: Account) -> None:
    account.answers()

    assert "No anomaly monitor watches this account" in account.shown()


def test_where_there_is_no_data_it_says_so_and_claims_nothing(account: Account) -> None:
    account.answers(
        reservation_purchase_recommendation="DataUnavailableException",
        savings_plans_coverage="DataUnavailableException",
    )
    shown = account.shown()

    assert "recommends nothing" not in shown
    assert "RDS reservations to buy: no data" in shown
    assert "Savings Plans coverage: no data" in shown


def test_a_question_that_is_refused_spoils_no_other(account: Account) -> None:
    account.answers(
        savings_plans_purchase_recommendation=[plans(PLAN)],
        reservation_utilization="ValidationException",
    )
    said = account.document()

    assert len(said["purchases"]) == 1
    assert {"question": "RDS utilisation", "reason": "refused: told by AWS"} in said["unanswered"]


@pytest.mark.parametrize(
    ("message", "told", "fix"),
    [
        ("User not enabled for cost explorer access", "is not enabled", "management account"),
        ("User: u is not authorized to perform: ce:GetX", "may not do", "ce:GetAnomalies"),
    ],
)
def test_who_may_not_ask_is_told_what_mends_it(
    message: str, told: str, fix: str, account: Account, capsys: Captured
) -> None:
    account.ce.add_client_error(
        "get_savings_plans_purchase_recommendation", "AccessDeniedException", message
    )
    assert cli.main(["--project", str(PROJECT), "savings", "dev"]) == 1
    said = capsys.readouterr().err

    assert told in said
    assert fix in said
