"""The operator's machine: credentials that last, and a clock that agrees with AWS's."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from scripts.aws import AwsSaidNo
from scripts.checks import Answer, judged, passed, refused, unknown, warned
from scripts.drill.preflight.ground import Ground, Question, Questions

#: Seconds that two clocks may differ before what is written in both cannot be laid side by side; AWS refuses
#: what is signed five minutes off. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
NOTICEABLE, HARMFUL = 5, 120


def credentials_last(ground: Ground) -> Answer:
    """At least as long as the drill may take, and the way back after it."""
    longest = timedelta(seconds=ground.plan.pace.longest / ground.stage.clock.speed)
    expected = f"they last for {_minutes(longest)}"
    try:
        ground.aws.client("sts", ground.theatre.standby.name).call("get_caller_identity")
    except AwsSaidNo as error:
        return refused(error.message, expected, error.fix)
    if "aws_access_key_id" in ground.aws.options:
        return passed("they do not expire", expected)
    read = getattr(ground.aws.session, "get_credentials", None)
    credentials = read() if read else None
    if credentials is None:
        return unknown("this session does not tell its credentials", expected)
    ends = getattr(credentials, "_expiry_time", None)
    if not isinstance(ends, datetime):
        if not credentials.token:
            return passed("they do not expire", expected)
        return unknown(
            "they are temporary, and it is not known until when", expected, "Use a fresh session."
        )
    left = ends - ground.now
    found = f"they last for {_minutes(left)}"
    if left >= longest:
        return passed(found, expected)
    return warned(
        f"{found}, and are renewed ({credentials.method}) while the session lasts",
        expected,
        "Sign in again (aws sso login), so that the session outlasts the drill.",
    )


def clocks_agree(ground: Ground) -> Answer:
    """By the Date of an answer, which has whole seconds."""
    expected = f"within {NOTICEABLE} s of AWS's"
    before = ground.aws.clock.now()
    answer = ground.standby("dynamodb").call(
        "describe_table", TableName=ground.theatre.order_intake
    )
    after = ground.aws.clock.now()
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if not date:
        return unknown("AWS's answer has no date", expected)
    theirs = parsedate_to_datetime(date).timestamp()
    off = max(before - theirs - 1, theirs - after, 0.0)
    found = f"{off:.0f} s apart"
    remedy = "Have the clock set by NTP: timedatectl set-ntp true"
    if off >= HARMFUL:
        return refused(found, expected, remedy)
    return (
        judged(True, found, expected, "") if off <= NOTICEABLE else warned(found, expected, remedy)
    )


def _minutes(length: timedelta) -> str:
    return f"{length.total_seconds() / 60:.0f} min"


CHECKS: Questions = (
    Question("credentials last", credentials_last),
    Question("clocks agree", clocks_agree),
)
