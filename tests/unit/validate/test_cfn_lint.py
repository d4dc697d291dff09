"""cfn-lint over many regions at once finds what it finds in each of them.

These tests import cfn-lint (a second) and lint small templates; the rest of the suite does without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.errors import UsageError
from scripts.validate import cfn_lint
from scripts.validate.cfn_lint import Job, at_once, examine, region_by_region
from scripts.validate.findings import Finding
from scripts.validate.regions import LIKELY
from tests.unit.validate import samples

REGIONS = tuple(sorted(LIKELY))

SPRINT = {"Fn::Sub": "${AWS::Region}-" + "x" * 52}
INSTANCE = {"ImageId": "ami-0123456789abcdef0"}

#: What is wrong, as the resources of a template -> the rule that says so, and where it holds.
FAULTS: dict[str, tuple[dict[str, Any], str, tuple[str, ...]]] = {
    "a property that does not exist": (
        {"Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "b", "Colour": "red"}}},
        "E3002",
        (),
    ),
    "a value that is not allowed": (
        {
            "Vpc": {
                "Type": "AWS::EC2::VPC",
                "Properties": {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "x"},
            }
        },
        "E3030",
        (),
    ),
    "a number as a string, which only strict typing minds": (
        {
            "Vpc": {
                "Type": "AWS::EC2::VPC",
                "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": "true"},
            }
        },
        "E3012",
        (),
    ),
    "an ARN with a partition": (
        {
            "Policy": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "Protocol": "sqs",
                    "TopicArn": {"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:t"},
                    "Endpoint": {
                        "Fn::Sub": "arn:${AWS::Partition}:sqs:us-east-1:${AWS::AccountId}:q"
                    },
                },
            }
        },
        "I3042",
        (),
    ),
    "a type that one region lacks": (
        {"App": {"Type": "AWS::Cases::Domain", "Properties": {"Name": "cases"}}},
        "E3006",
        ("eu-west-1",),
    ),
    "an instance type that one region lacks": (
        {
            "Web": {
                "Type": "AWS::EC2::Instance",
                "Properties": {**INSTANCE, "InstanceType": "c5ad.large"},
            }
        },
        "E3628",
        ("ap-northeast-1",),
    ),
    "a name that only a long region makes too long": (
        {"Topic": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": SPRINT}}},
        "W1031",
        ("ap-northeast-1", "ap-southeast-2", "eu-central-1"),
    ),
    "a name that is the same twice where it is a name": (
        {
            "One": {"Type": "AWS::Cases::Layout", "Properties": {"Name": "x", "DomainId": "d"}},
            "Two": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "the-same-bucket"}},
            "Three": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "the-same-bucket"}},
        },
        "E3019",
        (),
    ),
}


def job(tmp_path: Path, template: dict[str, Any], regions: tuple[str, ...] = REGIONS) -> Job:
    said = {"AWSTemplateFormatVersion": "2010-09-09", **template}
    file = tmp_path / "template.json"
    file.write_bytes(samples.dump(said))
    return Job(file, "template.json", "as shipped", regions)


def places(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(finding.rule, finding.path) for finding in findings}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_says_where_it_holds(fault: str, tmp_path: Path) -> None:
    resources, rule, regions = FAULTS[fault]
    found = [
        finding
        for finding in examine(job(tmp_path, {"Resources": resources}))
        if finding.rule == rule
    ]
    assert found, "nothing was found"
    where = {region for finding in found for region in finding.regions}
    assert (regions == ()) == any(finding.regions == () for finding in found)
    assert tuple(sorted(where)) == regions


@pytest.mark.parametrize("fault", FAULTS)
def test_all_regions_at_once_find_what_each_finds_alone(fault: str, tmp_path: Path) -> None:
    at = job(tmp_path, {"Resources": FAULTS[fault][0]})
    assert places(at_once(at)) >= places(region_by_region(at))


def test_without_asking_every_region_a_finding_would_be_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = job(tmp_path, {"Resources": FAULTS["a name that only a long region makes too long"][0]})
    monkeypatch.setattr(cfn_lint, "_ask_every_region", lambda _rule: None)
    cfn_lint._rules.cache_clear()
    try:
        assert not places(at_once(at)) >= places(region_by_region(at))
    finally:
        cfn_lint._rules.cache_clear()


@pytest.mark.parametrize("rule", [*cfn_lint.FIRST_REGION_ONLY, *cfn_lint.ALL_REGIONS_ONLY])
def test_the_rules_that_are_asked_for_every_region_exist_and_are_wrapped(rule: str) -> None:
    wrapped = cfn_lint._rules()[rule]
    assert {"match", "validate"} & vars(wrapped).keys()


def test_a_template_cannot_silence_a_rule(tmp_path: Path) -> None:
    resources = FAULTS["a property that does not exist"][0]
    quiet = {"cfn-lint": {"config": {"ignore_checks": ["E3002"], "regions": ["us-east-1"]}}}
    resources = {name: {**said, "Metadata": quiet} for name, said in resources.items()}
    found = examine(job(tmp_path, {"Metadata": quiet, "Resources": resources}))
    assert ("E3002", "Resources/Bus/Properties/Colour") in places(found)


def test_no_configuration_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".cfnlintrc").write_text("colour: cfn-lint would refuse this\n")
    monkeypatch.chdir(tmp_path)
    cfn_lint._config.cache_clear()
    assert examine(job(tmp_path, samples.NETWORK)) == ()


def test_an_unknown_region_is_the_users_mistake(tmp_path: Path) -> None:
    bus = {"Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "b"}}}
    with pytest.raises(UsageError, match="mars-1"):
        examine(job(tmp_path, {"Resources": bus}, ("mars-1",)))


def test_a_template_without_a_fault_has_no_findings(tmp_path: Path) -> None:
    assert examine(job(tmp_path, samples.NETWORK)) == ()
