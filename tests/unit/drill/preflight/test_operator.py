"""Who drills, and from where: permissions, credentials, clock, and whether the shop sells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts.checks import Verdict
from scripts.drill.plan import Trigger
from scripts.drill.preflight import operator, permissions, shopping
from scripts.drill.preflight.ground import Ground
from scripts.drill.stage import Told
from tests.unit.drill.preflight.grounds import PRIMARY, THEATRE, Cloud
from tests.unit.drill.theatres import ACCOUNT

SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/ada"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/people/Operator"


def who(arn: str) -> dict[str, str]:
    return {"Account": ACCOUNT, "Arn": arn, "UserId": "AROAX:ada"}


def asked(*denied: str) -> dict[str, Any]:
    """What IAM says of everything that is asked."""
    return {
        "EvaluationResults": [
            {
                "EvalActionName": action,
                "EvalDecision": "implicitDeny" if action in denied else "allowed",
            }
            for action in ("dynamodb:PutItem", "s3:PutObject")
        ]
    }


def simulated(cloud: Cloud, *answers: dict[str, Any]) -> Ground:
    cloud.says("sts", "get_caller_identity", who(SESSION), PRIMARY)
    role = {
        "Path": "/people/",
        "RoleName": "Operator",
        "RoleId": "AROAEXAMPLEID1234",
        "Arn": ROLE,
        "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
    }
    cloud.stub("iam", PRIMARY).add_response("get_role", {"Role": role}, {"RoleName": "Operator"})
    for answer in answers:
        cloud.says("iam", "simulate_principal_policy", answer, PRIMARY)
    return cloud.ground()


def test_the_role_behind_a_session_is_asked_for_with_its_path() -> None:
    answer = permissions.may_undo(simulated(Cloud(), asked(), asked(), asked()))

    assert answer.verdict is Verdict.PASSED
    assert answer.found == f"{ROLE} may"


def test_a_call_of_the_way_back_that_is_denied_is_refused_by_name_and_resource() -> None:
    ground = simulated(Cloud(), asked(), asked(), asked("dynamodb:PutItem"))

    answer = permissions.may_undo(ground)

    assert answer.verdict is Verdict.REFUSED
    assert answer.found == (
        "not allowed: dynamodb:PutItem on "
        f"arn:aws:dynamodb:us-west-2:{ACCOUNT}:table/{THEATRE.switch_table}"
    )


def test_who_may_not_ask_iam_is_not_known_to_be_allowed() -> None:
    cloud = Cloud()
    cloud.says("sts", "get_caller_identity", who(SESSION), PRIMARY)
    cloud.refuses("iam", "get_role", "AccessDenied", PRIMARY)

    answer = permissions.may_undo(cloud.ground())

    assert answer.verdict is Verdict.UNKNOWN
    assert "iam:SimulatePrincipalPolicy" in answer.remedy


def test_the_root_user_may_and_nobody_is_asked() -> None:
    cloud = Cloud()
    cloud.says("sts", "get_caller_identity", who(f"arn:aws:iam::{ACCOUNT}:root"), PRIMARY)

    assert permissions.may_undo(cloud.ground()).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("trigger", "data", "said"),
    [
        (Trigger.TAKEOVER, False, "table/tradewind-dev-switch"),
        (Trigger.APP_HEALTH, False, "table/tradewind-dev-carts"),
        (Trigger.INVERT, False, "healthcheck/primary-endpoint"),
        (Trigger.TAKEOVER, True, "global-cluster:"),
    ],
)
def test_each_trigger_is_undone_on_its_own_resource(
    trigger: Trigger, data: bool, said: str
) -> None:
    cloud = Cloud()
    cloud.says("sts", "get_caller_identity", who(SESSION), PRIMARY)

    resources = [one for one, _ in permissions._needed(cloud.ground(trigger=trigger, data=data))]

    assert any(said in one for one in resources)


@dataclass
class Borrowed:
    """Credentials as botocore has them."""

    token: str | None
    method: str = "sso"
    _expiry_time: datetime | None = None


@pytest.mark.parametrize(
    ("credentials", "verdict"),
    [
        (Borrowed(None), Verdict.PASSED),
        (Borrowed("t"), Verdict.UNKNOWN),
        (Borrowed("t", _expiry_time=timedelta(minutes=31)), Verdict.PASSED),  # type: ignore[arg-type]
        (Borrowed("t", _expiry_time=timedelta(minutes=29)), Verdict.WARNED),  # type: ignore[arg-type]
    ],
)
def test_credentials_must_outlast_the_longest_drill(
    credentials: Borrowed, verdict: Verdict
) -> None:
    cloud = Cloud()
    cloud.says("sts", "get_caller_identity", who(SESSION))
    ground = cloud.ground()
    if isinstance(credentials._expiry_time, timedelta):
        credentials = replace(credentials, _expiry_time=ground.now + credentials._expiry_time)
    cloud.get_credentials = lambda: credentials  # type: ignore[attr-defined]

    assert operator.credentials_last(ground).verdict is verdict


def test_expired_credentials_are_refused_not_unknown() -> None:
    cloud = Cloud()
    cloud.refuses("sts", "get_caller_identity", "ExpiredToken")

    answer = operator.credentials_last(cloud.ground())

    assert answer.verdict is Verdict.REFUSED
    assert "Sign in again" in answer.remedy


@pytest.mark.parametrize(
    ("off", "verdict"),
    [(0, Verdict.PASSED), (-30, Verdict.WARNED), (30, Verdict.WARNED), (300, Verdict.REFUSED)],
)
def test_the_clock_is_held_against_the_date_of_an_answer(off: int, verdict: Verdict) -> None:
    cloud = Cloud()
    theirs = datetime.fromtimestamp(1_000_000 + off, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    answer = {"Table": {}, "ResponseMetadata": {"HTTPHeaders": {"date": theirs}}}
    cloud.says("dynamodb", "describe_table", answer)

    assert operator.clocks_agree(cloud.ground()).verdict is verdict


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (Told(200, {"x-tradewind-region": PRIMARY}, b"", 0.1), Verdict.PASSED),
        (Told(200, {"x-tradewind-region": "us-west-2"}, b"", 0.1), Verdict.REFUSED),
        (Told(503, {"x-tradewind-region": PRIMARY}, b"", 0.1), Verdict.REFUSED),
        (Told(200, {}, b"", 0.1), Verdict.REFUSED),
        (None, Verdict.REFUSED),
    ],
)
def test_the_front_door_answers_from_the_primary_before_it_is_left(
    told: Told | None, verdict: Verdict
) -> None:
    assert shopping.front_door_answers(Cloud(told=told).ground()).verdict is verdict


@pytest.mark.parametrize(("count", "verdict"), [(1, Verdict.PASSED), (0, Verdict.REFUSED)])
def test_a_synthetic_checkout_needs_something_to_sell(count: int, verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("dynamodb", "scan", {"Count": count, "ScannedCount": 40})

    assert shopping.something_to_sell(cloud.ground()).verdict is verdict
