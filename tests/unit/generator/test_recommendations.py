"""Recommendations are learnt under our key, cost nothing by themselves, and leave nothing behind."""

from __future__ import annotations

import json
from typing import Any

import jsonata  # type: ignore[import-untyped]
import pytest

from generator.availability import offers
from generator.bundles import RUNTIME
from generator.conditions import Conditions
from generator.interaction_schemas import INTERACTIONS, ITEMS, PURCHASE
from generator.layers.interactions import Interactions
from generator.layers.observability import Observability
from generator.layers.recommendation_model import RecommendationModel
from generator.layers.recommendation_training import RecommendationTraining
from generator.order_events import ORDER_CONFIRMED, SHOP_EVENTS
from generator.roots import ROOTS
from generator.training import training
from tests.unit.generator.standing import standing
from tests.unit.generator.state_machines import flaws, machine, misspelt, unfilled

LAYERS = (RecommendationModel, RecommendationTraining, Interactions)


def test_the_whole_of_it_is_there_by_one_toggle() -> None:
    assert {layer.condition for layer in LAYERS} == {Conditions.recommendations}
    assert set(LAYERS) <= set(ROOTS["platform"])


@pytest.mark.parametrize(
    ("region", "there"), [("us-east-1", True), ("us-west-1", False), ("sa-east-1", False)]
)
def test_where_a_region_has_no_personalize_there_is_none_of_it(region: str, there: bool) -> None:
    values = {"recommendations": "true", **offers(region)}
    assert Conditions.recommendations.holds(values) is there


def test_the_regions_alarm_rests_on_its_tiers_where_they_are() -> None:
    for toggle, there in (("true", True), ("false", False)):
        rule = str(standing(Observability, recommendations=toggle)["RegionUnwell"]["AlarmRule"])
        for tier in ("recommendations-tier", "training-tier", "interactions-tier"):
            assert (tier in rule) is there


def test_what_is_learnt_from_is_encrypted_under_our_key() -> None:
    made = standing(RecommendationModel)
    group = made["DatasetGroup"]
    assert group["KmsKeyArn"].startswith("arn:aws:kms:")
    assert group["RoleArn"].of == "DatasetKeyUser"
    (statement,) = made.statements("DatasetKeyUser")
    assert statement["Resource"] == [group["KmsKeyArn"]]


def test_the_filter_leaves_out_what_the_feed_tells_of_as_bought() -> None:
    assert f'("{PURCHASE}")' in standing(RecommendationModel)["NotBought"]["FilterExpression"]


@pytest.mark.parametrize("schema", [INTERACTIONS, ITEMS])
def test_a_schema_is_avro_and_has_what_personalize_wants(schema: str) -> None:
    told = json.loads(schema)
    fields = {field["name"] for field in told["fields"]}
    assert told["namespace"] == "com.amazonaws.personalize.schema"
    wanted = {
        "Interactions": {"USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"},
        "Items": {"ITEM_ID", "CATEGORY"},
    }
    assert fields == wanted[told["name"]]


def test_the_keeper_may_delete_our_campaign_and_no_other() -> None:
    statements = standing(RecommendationModel).statements("SolutionKeeperRole")
    (deletes,) = [s for s in statements if "personalize:DeleteCampaign" in s["Action"]]
    (arn,) = deletes["Resource"]
    assert arn.endswith(":campaign/tradewind-dev-recommendations-us-east-1")


def test_the_keeper_has_its_time_and_cloudformation_waits_longer() -> None:
    made = standing(RecommendationModel)
    (kept,) = made.of_type("AWS::CloudFormation::CustomResource").values()
    assert kept["SolutionArn"].of == "Solution"
    assert int(kept["ServiceTimeout"]) > made["SolutionKeeper"]["Timeout"] == 900


def test_the_training_has_no_flaw_and_nothing_left_to_fill_in() -> None:
    definition = machine(RecommendationTraining, "Training")
    assert flaws(definition) == []
    assert misspelt(definition) == []
    assert unfilled(definition) == set()


def test_a_campaign_that_is_not_there_is_made_and_one_that_is_moves_to_the_new_version() -> None:
    states = training()["States"]
    assert states["FindCampaign"]["Catch"][0]["Next"] == "MakeCampaign"
    assert states["Movable"]["Default"] == "MoveCampaign"
    for state, call in (("MakeCampaign", "createCampaign"), ("MoveCampaign", "updateCampaign")):
        assert states[state]["Resource"].endswith(call)
        assert states[state]["Arguments"]["SolutionVersionArn"] == "{% $version %}"
        assert states[state]["Next"] == "AnswerWait"


def test_the_campaign_is_kept_ready_for_no_more_than_is_asked() -> None:
    arguments = machine(RecommendationTraining, "Training")["States"]["MakeCampaign"]["Arguments"]
    assert arguments["MinProvisionedTPS"] == "{% $number('MinimumTps') %}"  # a number, not its text
    definition = RecommendationTraining().template.resources["Training"].DefinitionString
    _, given = definition.data["Fn::Sub"]
    assert given["MinimumTps"].data == {"Ref": "RecommendationsMinimumTps"}


def campaign(status: str, version: str = "old", **update: str) -> dict[str, Any]:
    """What DescribeCampaign answers; `update` is its latest."""
    told = {"Status": status, "SolutionVersionArn": version}
    return {"Campaign": told | ({"LatestCampaignUpdate": update} if update else {})}


def way(choice: str, seen: dict[str, Any]) -> str:
    """Where a choice of the training leads, once the version `new` is trained."""
    told = training()["States"][choice]
    for each in told["Choices"]:
        condition = jsonata.Jsonata(each["Condition"][2:-2])
        condition.assign("states", {"input": seen})
        condition.assign("version", "new")
        if condition.evaluate(None) is True:
            return str(each["Next"])
    return str(told["Default"])


@pytest.mark.parametrize(
    ("seen", "then"),
    [
        (campaign("ACTIVE"), "MoveCampaign"),
        (campaign("CREATE FAILED"), "MoveCampaign"),
        (campaign("CREATE PENDING"), "MoveLater"),
        (campaign("CREATE IN_PROGRESS"), "MoveLater"),
        (campaign("DELETE PENDING"), "MoveLater"),
        (campaign("DELETE IN_PROGRESS"), "MoveLater"),
        (campaign("ACTIVE", SolutionVersionArn="x", Status="CREATE IN_PROGRESS"), "MoveLater"),
        (campaign("ACTIVE", SolutionVersionArn="x", Status="CREATE FAILED"), "MoveCampaign"),
        (campaign("ACTIVE", "new", SolutionVersionArn="new", Status="ACTIVE"), "Answering"),
    ],
)
def test_a_campaign_is_moved_when_personalize_lets_it(seen: dict[str, Any], then: str) -> None:
    assert way("Movable", seen) == then


@pytest.mark.parametrize(
    ("seen", "then"),
    [
        (campaign("CREATE IN_PROGRESS", "new"), "AnswerWait"),
        (campaign("ACTIVE", "new"), "Answering"),
        (campaign("CREATE FAILED", "new"), "JobFailed"),
        (campaign("ACTIVE", SolutionVersionArn="new", Status="CREATE PENDING"), "AnswerWait"),
        (campaign("ACTIVE", "new", SolutionVersionArn="new", Status="ACTIVE"), "Answering"),
        (campaign("ACTIVE", SolutionVersionArn="new", Status="CREATE FAILED"), "JobFailed"),
        # One that failed some other week is no answer to this one.
        (campaign("ACTIVE", SolutionVersionArn="x", Status="CREATE FAILED"), "AnswerWait"),
        # One that could not be made is being moved, and may yet answer.
        (
            campaign("CREATE FAILED", SolutionVersionArn="new", Status="CREATE PENDING"),
            "AnswerWait",
        ),
    ],
)
def test_a_training_ends_when_the_campaign_answers_from_it_or_never_will(
    seen: dict[str, Any], then: str
) -> None:
    assert way("AnswerSettled", seen) == then


def test_a_call_that_is_tried_again_trains_no_second_model() -> None:
    """Whether the first arrived nobody knows; hours of training are paid for."""
    states = training()["States"]
    assert "Execution.StartTime" in states["Train"]["Arguments"]["Name"]
    assert states["Train"]["Catch"][0] == {
        "ErrorEquals": ["Personalize.ResourceAlreadyExistsException"],
        "Next": "FindVersion",
    }
    assert states["FindVersion"]["Next"] == states["Train"]["Next"]


@pytest.mark.parametrize(("role", "state"), [("primary", "ENABLED"), ("standby", "DISABLED")])
def test_the_standby_trains_nothing(role: str, state: str) -> None:
    assert standing(RecommendationTraining, role)["TrainWeekly"]["State"] == state


def test_what_trains_goes_before_what_it_trains() -> None:
    """Otherwise the schedule might make a campaign that the keeper has just deleted."""
    needs = RecommendationTraining().template.parameters
    assert "SolutionArn" in needs  # an Input: CloudFormation deletes the reader's stack first


def test_personalize_is_told_of_what_customers_do_and_the_feed_knows_every_kind() -> None:
    made = standing(Interactions)
    told = made["CustomersDo"]["EventPattern"]["detail-type"]
    assert told == [*SHOP_EVENTS, ORDER_CONFIRMED]
    source = (RUNTIME / "functions/interactions.py").read_text()
    for detail_type in told:
        assert f'"{detail_type}": ' in source
    assert f'"{ORDER_CONFIRMED}": "{PURCHASE}"' in source


def test_what_customers_do_waits_in_a_queue_that_only_the_bus_fills() -> None:
    """A call of the function for each event would need more runs at a time than an account has."""
    made = standing(Interactions)
    (target,) = made["CustomersDo"]["Targets"]
    assert target["Arn"].of == "Interactions"
    (sends,) = [
        statement
        for statement in made["InteractionsPolicy"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert sends["Principal"] == {"Service": "events.amazonaws.com"}
    assert sends["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}


def test_the_feed_takes_many_at_once_and_gives_back_the_few_that_failed() -> None:
    made = standing(Interactions)
    told = made["InteractionsTold"]
    assert told["EventSourceArn"].of == "Interactions"
    assert told["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (
        told["ScalingConfig"]["MaximumConcurrency"]
        == made["InteractionFeed"]["ReservedConcurrentExecutions"]
    )
    assert made["Interactions"]["VisibilityTimeout"] >= 6 * made["InteractionFeed"]["Timeout"]


def test_an_interaction_that_is_given_up_is_seen() -> None:
    made = standing(Interactions)
    (target,) = made["CustomersDo"]["Targets"]
    assert target["DeadLetterConfig"]["Arn"].of == "UntoldInteractions"
    assert made["Interactions"]["RedrivePolicy"]["deadLetterTargetArn"].of == "UntoldInteractions"
    assert made["UntoldInteractionsWaiting"]["AlarmActions"]
