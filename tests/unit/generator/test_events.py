"""The bus: whose it is, what is kept of it, and that an order reaches it in the region that works it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from generator import order_events
from generator.layers.events import Events
from generator.layers.order_intake import OrderIntake, ours
from generator.order_events import ORDER_EVENTS, SCHEMAS, SHOP_EVENTS, SOURCE
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import of_type, standing, types
from tests.unit.generator.tiers import unheard

HERE, THERE = "us-east-1", "us-west-2"

#: What no event may carry: who the customer is, and what he pays with.
PRIVATE = ("token", "card", "name", "email", "address", "phone")


@pytest.fixture(scope="module")
def made() -> Made:
    return standing(Events)


def statement(policy: Any, sid: str) -> Mapping[str, Any]:
    (found,) = (said for said in policy["Statement"] if said["Sid"] == sid)
    told: Mapping[str, Any] = found
    return told


def test_events_rest_under_our_key_on_the_bus_and_in_its_archive(made: Made) -> None:
    for title in ("Bus", "OrderArchive"):
        assert "key/" in made[title]["KmsKeyIdentifier"]


def test_another_account_says_nothing_whatever_its_own_policies_allow(made: Made) -> None:
    strangers = statement(made["Bus"]["Policy"], "OnlyThisAccount")
    assert strangers["Effect"] == "Deny"
    assert "events:PutEvents" in strangers["Action"]
    assert strangers["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": "111111111111"}
    assert strangers["Resource"][0].endswith(f":event-bus/{made['Bus']['Name']}")


def test_what_the_bus_cannot_process_is_kept_and_only_this_bus_may_send_it(made: Made) -> None:
    assert "UndeliveredEvents" in str(made["Bus"]["DeadLetterConfig"]["Arn"])
    sender = statement(made["UndeliveredEventsPolicy"]["PolicyDocument"], "EventsThatFoundNoTarget")
    assert sender["Principal"] == {"Service": "events.amazonaws.com"}
    assert all(
        f"{made['Bus']['Name']}" in arn for arn in sender["Condition"]["ArnLike"]["aws:SourceArn"]
    )
    assert sender["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}
    assert unheard(Events, "EventsTier") == []


def test_the_log_of_the_bus_tells_errors_and_nothing_of_what_was_said(made: Made) -> None:
    assert made["Bus"]["LogConfig"] == {"IncludeDetail": "NONE", "Level": "ERROR"}
    assert made["BusErrors"]["LogType"] == "ERROR_LOGS"


def test_order_events_can_be_replayed_and_visits_are_not_kept(made: Made) -> None:
    kept = made["OrderArchive"]["EventPattern"]
    assert kept == {"source": [SOURCE], "detail-type": list(ORDER_EVENTS)}
    assert not set(kept["detail-type"]) & set(SHOP_EVENTS)


def test_every_event_has_a_schema_where_a_region_has_registries() -> None:
    schemas = of_type(standing(Events), "AWS::EventSchemas::Schema")
    assert set(schemas) == {*ORDER_EVENTS, *SHOP_EVENTS}
    without = standing(Events, offers_event_schemas="false")
    assert not [kind for kind in types(without) if kind.startswith("AWS::EventSchemas::")]


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_no_event_says_who_the_customer_is_or_what_he_pays_with(
    schema: order_events.EventSchema,
) -> None:
    document = schema.document()
    assert document["additionalProperties"] is False
    fields = set(document["properties"])
    assert not [field for field in fields if any(word in field for word in PRIVATE)]


def test_an_intake_reader_may_say_that_an_order_was_acknowledged_and_no_more() -> None:
    said = [
        granted["Condition"]["StringEquals"]
        for granted in standing(OrderIntake).statements("OrderIntakeRole")
        if granted["Action"] == ["events:PutEvents"]
    ]
    assert said == [{"events:source": SOURCE, "events:detail-type": ["OrderAcknowledged"]}]


def record(name: str, now: str | None, before: str | None = None, **more: str) -> dict[str, Any]:
    """A record of the stream: which region works the order now, and which did before."""
    images = {"NewImage": now, "OldImage": before}
    shown = {
        image: {"worked_by": {"S": region}, **{k: {"S": v} for k, v in more.items()}}
        for image, region in images.items()
        if region
    }
    return {"eventName": name, "dynamodb": shown}


def passes(region: str, shown: Mapping[str, Any]) -> bool:
    """As Lambda filters in a region: any pattern, each with all of its fields."""
    filters = json.loads(json.dumps(ours()).replace("${AWS::Region}", region))
    return any(matches(wanted, shown) for wanted in filters)


def matches(wanted: Any, shown: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(shown, dict) and all(
            key in shown and matches(value, shown[key]) for key, value in wanted.items()
        )
    return any(
        shown not in one["anything-but"] if isinstance(one, dict) else shown == one
        for one in wanted
    )


@pytest.mark.parametrize("region", [HERE, THERE])
def test_a_new_order_is_told_by_the_region_that_accepted_it_and_by_no_other(region: str) -> None:
    other = THERE if region == HERE else HERE
    assert passes(region, record("INSERT", region))
    assert not passes(other, record("INSERT", region))


def test_what_the_workflow_writes_into_an_order_does_not_start_it_again() -> None:
    assert not passes(HERE, record("MODIFY", HERE, HERE, state="CONFIRMED"))
    assert not passes(HERE, record("REMOVE", None, HERE))


def test_an_order_that_changes_hands_is_told_by_the_region_that_works_it_now() -> None:
    given = record("MODIFY", THERE, HERE)
    assert passes(THERE, given)
    assert not passes(HERE, given)


def test_the_mapping_filters_by_its_own_region_in_both() -> None:
    for role, region in (("primary", HERE), ("standby", THERE)):
        mapping = standing(OrderIntake, role)["IntakeStream"]
        patterns = [json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"]]
        assert [p["dynamodb"]["NewImage"]["worked_by"]["S"] for p in patterns] == [[region]] * 2


def test_a_record_that_cannot_be_told_holds_up_no_other_and_is_not_lost() -> None:
    mapping = standing(OrderIntake)["IntakeStream"]
    assert mapping["BisectBatchOnFunctionError"] in (True, "true")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert int(mapping["MaximumRetryAttempts"]) == -1, "a bad hour of EventBridge's passes"
    assert 20 < int(mapping["MaximumRecordAgeInSeconds"]) / 3600 < 24, "the stream forgets it then"
    reader = standing(OrderIntake)["OrderIntake"]
    assert "UnreadOrders" in str(reader["Environment"]["Variables"]["UNREAD"])
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert "UnreadOrders" in str(mapping["DestinationConfig"]["OnFailure"]["Destination"])
    assert unheard(OrderIntake, "IntakeTier") == []
