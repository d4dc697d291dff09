"""The whole table: credentials first; what cannot be read is unknown, and the rest goes on."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.checks import Verdict
from scripts.errors import UsageError
from scripts.preflight import table
from tests.unit.preflight.grounds import PRIMARY, STANDBY, Cloud, resource

VPC = "AWS::EC2::VPC"


def of_account(account: str = "111111111111") -> dict[str, str]:
    return {"UserId": "x", "Account": account, "Arn": f"arn:aws:iam::{account}:user/ada"}


def regions(*names: str) -> dict[str, Any]:
    return {
        "Regions": [{"RegionName": name, "OptInStatus": "opt-in-not-required"} for name in names]
    }


def test_expired_credentials_refuse_and_leave_everything_unknown() -> None:
    cloud = Cloud()
    cloud.refuses("sts", "get_caller_identity", "ExpiredToken")

    first, *others = table.run(cloud.ground(resource(VPC)))

    assert (first.check.name, first.check.verdict) == ("credentials", Verdict.REFUSED)
    assert "Sign in again" in first.check.remedy
    assert others
    assert {line.check.verdict for line in others} == {Verdict.UNKNOWN}
    assert set(cloud.clients) == {("sts", PRIMARY)}, "nothing else was asked"


def test_credentials_of_another_account_read_nothing() -> None:
    cloud = Cloud()
    cloud.says("sts", "get_caller_identity", of_account("999999999999"))

    with pytest.raises(UsageError, match="999999999999"):
        list(table.run(cloud.ground(resource(VPC))))

    assert set(cloud.clients) == {("sts", PRIMARY)}


def test_what_may_not_be_read_is_unknown_and_the_rest_goes_on() -> None:
    cloud = Cloud()
    cloud.says("sts", "get_caller_identity", of_account())
    cloud.stub("ec2").add_client_error("describe_vpcs", "UnauthorizedOperation", "no")
    ground = cloud.ground(resource(VPC))
    only = [one for one in table.QUESTIONS if one.name == "quota of VPCs"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "QUESTIONS", only)
        lines = list(table.run(ground))

    (line,) = [line for line in lines if line.region == PRIMARY]
    assert line.check.verdict is Verdict.UNKNOWN
    assert "may not do ec2:DescribeVpcs" in line.check.found
    assert "Use a profile that may" in line.check.remedy


def test_only_what_is_wanted_is_asked_about_and_where() -> None:
    asked = table.asked(Cloud().ground(resource(VPC, region=STANDBY)))

    assert ("quota of VPCs", STANDBY) in [(one.name, region) for one, region in asked]
    assert ("quota of VPCs", PRIMARY) not in [(one.name, region) for one, region in asked]
    assert {one.name for one, _ in asked} == {"region is enabled", "quota of VPCs"}


def test_questions_have_names_of_their_own() -> None:
    names = [question.name for question in table.QUESTIONS]

    assert len(names) == len(set(names))
