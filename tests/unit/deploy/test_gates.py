"""Data that would be lost, and how a waiver lets a finding pass."""

from __future__ import annotations

from datetime import date

import pytest

from scripts.approval import refuse_loss_in_production
from scripts.changes import NESTED_STACK
from scripts.deploy.explanations import Certainty, Explained, Policy
from scripts.deploy.gates import STATEFUL, losses, refuse_another_consistency
from scripts.deploy.gates.findings import Concern, Finding, quoted
from scripts.deploy.gates.judgement import Judgement, judge
from scripts.deploy.waivers import Place, Waiver, Waivers
from scripts.errors import Refused
from tests.unit.deploy.explaining import NOTHING, explained, explanation
from tests.unit.deploy.told import change

TABLE = "AWS::DynamoDB::Table"
DATABASE = "AWS::RDS::DBInstance"

HERE = Place("prod", "eu-central-1")
TODAY = date(2026, 11, 27)


def found(*changes: Explained) -> list[Finding]:
    return list(losses(explanation(*changes)))


@pytest.mark.parametrize("type", sorted(STATEFUL))
def test_what_holds_data_may_not_be_removed(type: str) -> None:
    [finding] = found(explained("Catalog/Carts", type, "Remove"))

    assert finding.concern is Concern.DATA_LOSS
    assert finding.refuses
    assert str(finding).startswith(f"Catalog/Carts ({type}) would be removed")


@pytest.mark.parametrize(
    ("lossy", "words"),
    [
        (explained("Carts", TABLE, "Remove"), "would be removed"),
        (explained("Carts", TABLE, "Remove", certainty=Certainty.POSSIBLE), "may be removed"),
        (explained("Carts", TABLE, replacement=Certainty.CERTAIN), "would be replaced"),
        (explained("Carts", TABLE, replacement=Certainty.POSSIBLE), "may be replaced"),
        (explained("Carts", TABLE, "Dynamic"), "may be replaced or removed"),
    ],
)
def test_a_loss_is_refused_in_as_many_words_as_are_sure(lossy: Explained, words: str) -> None:
    [finding] = found(lossy)

    assert finding.refuses
    assert f"Carts ({TABLE}) {words}" in str(finding)


def test_an_announced_replacement_that_nobody_explained_away_counts() -> None:
    raw = Explained(("Carts",), change("Carts", TABLE, "Modify", "Conditional"), NOTHING)

    assert [one.refuses for one in found(raw)] == [True]


def test_a_phantom_replacement_is_shown_with_its_proof_and_stops_nothing() -> None:
    phantom = explained(
        "Orders/Database",
        DATABASE,
        replacement=Certainty.PHANTOM,
        why=("SubnetGroup comes out as it is",),
    )

    [finding] = found(phantom)

    assert not finding.refuses
    assert "will not be (SubnetGroup comes out as it is)" in finding.words


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("Delete", "what it holds is deleted"),
        ("Snapshot", "only a snapshot is kept"),
        ("Retain", "left behind, outside the stack"),
        ("RetainExceptOnCreate", "left behind, outside the stack"),
    ],
)
def test_a_loss_says_what_becomes_of_the_data(policy: Policy, words: str) -> None:
    [finding] = found(explained("Carts", TABLE, "Remove", policy=policy))

    assert finding.refuses
    assert words in finding.words


@pytest.mark.parametrize(
    "harmless",
    [
        explained("Carts", TABLE, "Add"),
        explained("Carts", TABLE, "Modify"),
        explained("Jobs", "AWS::SQS::Queue", "Remove"),
        explained("Jobs", "AWS::SQS::Queue", replacement=Certainty.CERTAIN),
        explained("Logs", "AWS::Logs::LogGroup", "Remove"),
    ],
)
def test_what_loses_no_data_passes(harmless: Explained) -> None:
    assert found(harmless) == []


LOSS = Finding(Concern.DATA_LOSS, ("Orders", "Database"), DATABASE, "would be replaced")


def judged(*waivers: Waiver, accepted: tuple[str, ...] = ()) -> Judgement:
    return judge("platform in eu-central-1", HERE, [LOSS], Waivers(waivers), TODAY, accepted)


def waiver(
    environment: str = "prod",
    resource: str = "Orders/Database",
    finding: Concern = Concern.DATA_LOSS,
    until: date = TODAY,
    region: str = "",
) -> Waiver:
    return Waiver(environment, resource, finding, "moved to Aurora", until, region, line=7)


def test_a_finding_is_refused_with_the_waiver_that_would_let_it_pass() -> None:
    with pytest.raises(Refused) as refused:
        judged().refuse()

    assert refused.value.exit_code == 3
    assert refused.value.message == (
        "The plan for platform in eu-central-1 does not pass its gates: "
        "Orders/Database (AWS::RDS::DBInstance) would be replaced [data-loss]"
    )
    assert (
        "params/waivers.yaml: - {environment: prod, region: eu-central-1, "
        "resource: Orders/Database, finding: data-loss, reason: WHY, until: 2026-12-04}"
    ) in refused.value.fix


def test_several_findings_are_told_line_by_line_and_each_waiver_is_proposed_once() -> None:
    again = Finding(Concern.DATA_LOSS, LOSS.path, DATABASE, "would lose its snapshots")
    drift = Finding(Concern.DRIFT, ("Queue",), "AWS::SQS::Queue", "was changed by hand")

    with pytest.raises(Refused) as refused:
        judge("x", HERE, [LOSS, again, drift], Waivers(), TODAY).refuse()

    assert refused.value.message.splitlines() == [
        "The plan for x does not pass its gates:",
        "  Orders/Database (AWS::RDS::DBInstance) would be replaced [data-loss]",
        "  Orders/Database (AWS::RDS::DBInstance) would lose its snapshots [data-loss]",
        "  Queue (AWS::SQS::Queue) was changed by hand [drift]",
    ]
    assert [line.partition(", reason")[0] for line in refused.value.fix.splitlines()[1:]] == [
        "  - {environment: prod, region: eu-central-1, resource: Orders/Database, finding: data-loss",
        "  - {environment: prod, region: eu-central-1, resource: Queue, finding: drift",
    ]


@pytest.mark.parametrize(
    "covering",
    [waiver(), waiver(resource="Database"), waiver(region="eu-central-1")],
    ids=["by path", "by logical id", "in this region"],
)
def test_the_same_finding_waived_passes_and_the_waiver_is_on_record(covering: Waiver) -> None:
    passed = judged(covering)

    passed.refuse()
    assert passed.used == (covering,)
    assert passed.to_json()["waivers"] == [
        {
            "environment": "prod",
            "region": covering.region,
            "resource": covering.resource,
            "finding": "data-loss",
            "reason": "moved to Aurora",
            "until": "2026-11-27",
            "line": 7,
        }
    ]


@pytest.mark.parametrize(
    "other",
    [
        waiver(environment="staging"),
        waiver(resource="Orders/Replica"),
        waiver(resource="Orders"),
        waiver(resource="Catalog/Database"),
        waiver(finding=Concern.DRIFT),
        waiver(region="eu-west-1"),
    ],
    ids=["environment", "resource", "its stack", "a namesake", "finding", "region"],
)
def test_a_waiver_of_something_else_lets_nothing_pass(other: Waiver) -> None:
    with pytest.raises(Refused):
        judged(other).refuse()
    assert judged(other).used == ()


def test_an_expired_waiver_is_as_none_and_the_refusal_says_when_it_expired() -> None:
    with pytest.raises(Refused, match=r"the waiver of params/waivers.yaml:7 expired on 2026-11-26"):
        judged(waiver(until=date(2026, 11, 26))).refuse()


def test_of_two_waivers_the_one_that_lasts_counts() -> None:
    lasting = waiver(resource="Database", until=date(2026, 11, 30))

    assert judged(waiver(until=date(2026, 11, 26)), lasting).used == (lasting,)


def test_data_that_somebody_let_go_passes_without_a_waiver_and_nothing_else_does() -> None:
    judged(accepted=("Database",)).refuse()
    judged(accepted=("Orders/Database",)).refuse()

    drift = Finding(Concern.DRIFT, LOSS.path, DATABASE, "was changed by hand")
    with pytest.raises(Refused):
        judge("x", HERE, [drift], Waivers(), TODAY, ["Database"]).refuse()


def test_of_what_passes_the_waived_comes_first_and_all_of_it_is_in_the_document() -> None:
    shown = Finding(Concern.IAM_WIDENED, ("Role",), "AWS::IAM::Role", "would ...", refuses=False)
    expired = waiver(finding=Concern.DRIFT, until=date(2026, 11, 26))
    drift = Finding(Concern.DRIFT, LOSS.path, DATABASE, "was changed by hand")
    waived = waiver()

    together = judge("x", HERE, [shown, LOSS, drift], Waivers((waived, expired)), TODAY)

    assert [one.finding for one in together.judged] == [drift, LOSS, shown]
    document = together.to_json()
    assert document["refused"] == 1
    assert [
        (one["finding"], one["refused"], one["accepted"], one["waiver"], one["lapsed"])
        for one in document["findings"]
    ] == [
        ("drift", True, False, None, expired.to_json()),
        ("data-loss", False, False, waived.to_json(), None),
        ("iam-widened", False, False, None, None),
    ]
    assert judged(accepted=("Database",)).to_json()["findings"][0]["accepted"] is True


def test_a_waiver_for_too_long_is_questioned_with_the_plan() -> None:
    long = waiver(until=date(2027, 11, 27))

    assert judged(long).warnings == Waivers((long,)).warnings("prod", TODAY) != ()
    assert judged(long).to_json()["warnings"] == list(judged(long).warnings)


def test_production_lets_no_data_go_by_a_word_on_the_command_line() -> None:
    with pytest.raises(Refused, match="--accept-loss is not accepted there"):
        refuse_loss_in_production("prod", ["Database"])

    refuse_loss_in_production("prod", [])
    refuse_loss_in_production("staging", ["Database"])


def test_a_long_value_is_cut_and_a_structure_is_told_as_json() -> None:
    assert quoted({"b": 1, "a": 2}) == '{"a": 2, "b": 1}'
    assert quoted("x" * 100) == "x" * 100
    assert quoted("x" * 101) == "x" * 97 + "..."


def test_what_is_only_shown_stops_nothing_and_comes_after_what_does() -> None:
    shown = Finding(Concern.IAM_WIDENED, ("Role",), "AWS::IAM::Role", "would ...", refuses=False)

    together = judge("x", HERE, [shown, LOSS], Waivers(), TODAY)

    assert [one.finding for one in together.judged] == [LOSS, shown]
    assert [one.finding for one in together.shown] == [shown]
    judge("x", HERE, [shown], Waivers(), TODAY).refuse()


EVENTUAL = {"OrderIntakeConsistency": "eventual", "WitnessRegion": ""}
STRONG = {"OrderIntakeConsistency": "strong", "WitnessRegion": "eu-west-2"}


@pytest.mark.parametrize(
    ("standing", "wanted", "key"),
    [
        (EVENTUAL, STRONG, "order_intake_consistency"),
        (STRONG, EVENTUAL, "order_intake_consistency"),
        (STRONG, {**STRONG, "WitnessRegion": "eu-west-3"}, "witness_region"),
    ],
)
def test_a_global_table_keeps_its_consistency_for_life(
    standing: dict[str, str], wanted: dict[str, str], key: str
) -> None:
    with pytest.raises(Refused, match=f"^{key} is .* in platform in eu-west-1") as refused:
        refuse_another_consistency("platform in eu-west-1", standing, wanted)

    assert f"Set {key}: " in refused.value.fix


@pytest.mark.parametrize(
    ("standing", "wanted"),
    [
        (STRONG, STRONG),
        (EVENTUAL, {**EVENTUAL, "WitnessRegion": "eu-west-2"}),
        ({"VpcCidr": "10.0.0.0/16"}, {"VpcCidr": "10.1.0.0/16"}),
    ],
)
def test_what_leaves_a_global_table_as_it_is_passes(
    standing: dict[str, str], wanted: dict[str, str]
) -> None:
    refuse_another_consistency("platform in eu-west-1", standing, wanted)


def test_a_nested_stack_that_may_go_may_take_all_that_it_holds() -> None:
    [finding] = found(explained("Catalog", NESTED_STACK, "Dynamic", certainty=Certainty.POSSIBLE))

    assert finding.refuses
    assert "may be replaced or removed" in finding.words
