"""checkov's report, and what of it we let stand."""

from __future__ import annotations

from typing import Any

from generator.suppressions import accepted
from scripts.validate.exceptions import Accepted
from tests.audit.checkov import MOST_ACCEPTED, _bare, _skips, judged
from tests.audit.verdict import Verdict

FAILED = {
    "check_id": "CKV_AWS_27",
    "check_name": "Ensure all data stored in the SQS queue is encrypted",
    "file_path": "/eu-west-1/orders.json",
    "resource": "AWS::SQS::Queue.Jobs",
    "check_result": {"result": "FAILED"},
}
SKIP = Accepted("CKV_AWS_27", "orders.json", "Resources/Jobs", "it is empty")


def verdict(*failed: dict[str, Any], skips: tuple[Accepted, ...] = (), **more: Any) -> Verdict:
    """What is made of what checkov says."""
    none: dict[str, Any] = {"skipped_checks": [], "parsing_errors": []}
    results = {**none, "failed_checks": failed, **more}
    return judged({"results": results, "summary": {"passed": 3}}, skips, 2)


def test_a_finding_names_file_resource_and_region() -> None:
    [finding] = verdict(FAILED).found
    assert (finding.template, finding.resource, finding.rule, finding.regions) == (
        "orders.json",
        "Jobs",
        "CKV_AWS_27",
        ("eu-west-1",),
    )


def test_the_same_in_two_regions_is_one_finding() -> None:
    other = {**FAILED, "file_path": "/eu-central-1/orders.json"}
    [finding] = verdict(FAILED, other).found
    assert finding.regions == ("eu-central-1", "eu-west-1")


def test_what_holds_of_the_template_as_it_lies_names_no_region() -> None:
    [finding] = verdict(FAILED, {**FAILED, "file_path": "/out/orders.json"}).found
    assert finding.regions == ()


def test_what_could_not_be_read_is_found() -> None:
    [finding] = verdict(parsing_errors=["/somewhere/out/orders.json"]).found
    assert (finding.template, finding.rule) == ("orders.json", "unread")


def test_what_is_let_stand_is_told_with_its_reason() -> None:
    said = verdict(FAILED, skips=(SKIP,))
    assert not said.found
    assert [each.reason for each in said.excused] == ["it is empty"]
    assert [*said.lines()] == ["accepted: CKV_AWS_27, 1 time: it is empty"]


def test_a_skip_that_nothing_needs_is_found() -> None:
    [finding] = verdict(skips=(SKIP,)).found
    assert (finding.rule, finding.resource) == ("stale-exception", "Jobs")


def test_more_is_not_let_stand_than_we_allow_ourselves() -> None:
    def accepting(count: int) -> Verdict:
        rules = [f"CKV_{number}" for number in range(count)]
        return verdict(
            *({**FAILED, "check_id": rule} for rule in rules),
            skips=tuple(Accepted(rule, "orders.json", "*", "why") for rule in rules),
        )

    assert not accepting(MOST_ACCEPTED).found
    assert [f.rule for f in accepting(MOST_ACCEPTED + 1).found] == ["too-many-exceptions"]


def test_a_report_of_several_frameworks_is_a_list() -> None:
    report = {
        "results": {"failed_checks": [], "skipped_checks": [], "parsing_errors": []},
        "summary": {"passed": 3},
    }
    assert judged([report], (), 2).looked_at == "3 checks of 2 templates"


def test_checkov_is_asked_without_our_skips() -> None:
    """They are read from where it would read them, and not shown to it."""
    said = {**accepted("it is empty", checkov="CKV_AWS_27", guard="SQS"), "Note": "stays"}
    template = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Metadata": said}}}
    assert [*_skips({("out", "orders.json"): template})] == [SKIP]
    left = _bare(template)["Resources"]["Jobs"]["Metadata"]
    assert left == {"guard": {"SuppressedRules": ["SQS"]}, "Note": "stays"}
