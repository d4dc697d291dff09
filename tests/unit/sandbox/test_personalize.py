"""A solution of Personalize is what its stack made of it, and changes as AWS lets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from scripts.sandbox.gateway import Head
from scripts.sandbox.personalize import FILTER, SOLUTION, TRACKER, answer
from scripts.sandbox.personalize_models import LEARNT, Learnt
from scripts.sandbox.resources.schema_resources import STORE, Place, Record

GROUP = "arn:aws:personalize:us-east-1:111111111111:dataset-group/shop"
ARN = "arn:aws:personalize:us-east-1:111111111111:solution/shop"
CAMPAIGN = "arn:aws:personalize:us-east-1:111111111111:campaign/shop"
BOUGHT = "arn:aws:personalize:us-east-1:111111111111:filter/not-bought"
SIGNED = "AWS4-HMAC-SHA256 Credential=111111111111/20261127/us-east-1/personalize/aws4_request"


@pytest.fixture(autouse=True)
def stack() -> Iterator[None]:
    """What a stack made."""
    for kind, arn, attributes in (
        (SOLUTION, ARN, {}),
        (TRACKER, "tracker-arn", {"TrackingId": "tracker"}),
        (FILTER, BOUGHT, {}),
    ):
        properties = {"Name": "shop", "DatasetGroupArn": GROUP}
        place = Place("111111111111", "us-east-1", kind)
        STORE.at(place)[arn] = Record("stack", "Any", properties, attributes)
    yield
    STORE.reset()
    LEARNT.reset()


def call(operation: str, **said: Any) -> tuple[int, dict[str, Any]]:
    """An answer, which is as botocore's model of the service has it."""
    headers = {"x-amz-target": f"AmazonPersonalize.{operation}", "authorization": SIGNED}
    response = answer(Head("POST", "/", {}, headers), json.dumps(said).encode())
    told = json.loads(response.body)
    if response.status == 200:
        shape = Session().get_service_model("personalize").operation_model(operation).output_shape
        wrong = ParamValidator().validate(told, shape) if shape else None
        assert wrong is None or not wrong.has_errors(), wrong.generate_report()
    return response.status, told


def post(path: str, **said: Any) -> tuple[int, dict[str, Any]]:
    """A call of the services beside, which have paths."""
    response = answer(Head("POST", path, {}, {"authorization": SIGNED}), json.dumps(said).encode())
    return response.status, json.loads(response.body)


def hear(users: int, each: int, kind: str = "View", tracking_id: str = "tracker") -> None:
    """So many users do so much, each with products of his own, and with one that all have."""
    for user in range(users):
        for start in range(0, each, 10):
            events = [
                {
                    "eventId": f"{kind}-{user}-{n}",
                    "eventType": kind,
                    "itemId": "everybodys" if n == 0 else f"p{user}-{n}",
                    "sentAt": 1,
                }
                for n in range(start, min(each, start + 10))
            ]
            status, _ = post(
                "/events",
                trackingId=tracking_id,
                sessionId=f"s{user}",
                userId=f"u{user}",
                eventList=events,
            )
            assert status == 200


def trained() -> str:
    """A version that has come to its end."""
    arn = call("CreateSolutionVersion", solutionArn=ARN)[1]["solutionVersionArn"]
    while call("DescribeSolutionVersion", solutionVersionArn=arn)[1]["solutionVersion"][
        "status"
    ].endswith(("PENDING", "IN_PROGRESS")):
        pass
    return str(arn)


def statuses(times: int = 4) -> list[str]:
    """What each look at the campaign sees."""
    return [
        call("DescribeCampaign", campaignArn=CAMPAIGN)[1]["campaign"]["status"]
        for _ in range(times)
    ]


def test_a_new_solution_trains_by_itself_until_it_is_told_not_to() -> None:
    _, told = call("DescribeSolution", solutionArn=ARN)
    assert told["solution"]["performAutoTraining"] is True
    assert call("UpdateSolution", solutionArn=ARN, performAutoTraining=False)[0] == 200
    _, told = call("DescribeSolution", solutionArn=ARN)
    assert told["solution"]["performAutoTraining"] is False


def test_a_solution_that_no_stack_made_is_not_there() -> None:
    status, told = call("DescribeSolution", solutionArn=f"{ARN}-other")
    assert (status, told["__type"]) == (400, "ResourceNotFoundException")


def test_at_first_there_is_nothing_to_list() -> None:
    assert call("ListCampaigns", solutionArn=ARN) == (200, {"campaigns": []})
    assert call("ListSolutionVersions", solutionArn=ARN) == (200, {"solutionVersions": []})


def test_a_version_fails_where_aws_would_have_too_little_to_train_it_from() -> None:
    hear(users=24, each=50)
    version = call("DescribeSolutionVersion", solutionVersionArn=trained())[1]["solutionVersion"]
    assert version["status"] == "CREATE FAILED"
    assert "25 users" in version["failureReason"]


def test_an_interaction_that_is_told_again_counts_once() -> None:
    for _ in range(3):
        hear(users=25, each=20)
    version = call("DescribeSolutionVersion", solutionVersionArn=trained())[1]["solutionVersion"]
    assert "500 interactions" in version["failureReason"]


def test_a_version_goes_through_its_states_and_a_campaign_through_its_own() -> None:
    hear(users=25, each=40)
    version = trained()
    assert call("CreateCampaign", name="shop", solutionVersionArn=version)[0] == 200
    assert statuses() == ["CREATE IN_PROGRESS", "ACTIVE", "ACTIVE", "ACTIVE"]


def test_two_versions_are_not_trained_at_once_nor_two_under_one_name() -> None:
    call("CreateSolutionVersion", solutionArn=ARN, name="one")
    for name, code in (
        ("one", "ResourceAlreadyExistsException"),
        ("two", "ResourceInUseException"),
    ):
        _, told = call("CreateSolutionVersion", solutionArn=ARN, name=name)
        assert told["__type"] == code


def test_a_campaign_moves_when_it_stands_and_answers_meanwhile_from_what_it_had() -> None:
    hear(users=25, each=40)
    first, second = trained(), trained()
    call("CreateCampaign", name="shop", solutionVersionArn=first)
    move = {"campaignArn": CAMPAIGN, "solutionVersionArn": second}
    assert call("UpdateCampaign", **move)[1]["__type"] == "ResourceInUseException"
    statuses()
    assert call("UpdateCampaign", **move)[0] == 200
    assert call("UpdateCampaign", **move)[1]["__type"] == "ResourceInUseException"
    seen = [
        call("DescribeCampaign", campaignArn=CAMPAIGN)[1]["campaign"]["solutionVersionArn"]
        for _ in range(2)
    ]
    assert seen == [first, second]


def test_a_campaign_of_what_is_not_trained_is_refused() -> None:
    version = trained()
    _, told = call("CreateCampaign", name="shop", solutionVersionArn=version)
    assert told["__type"] == "ResourceInUseException"


def test_a_campaign_is_gone_some_looks_after_it_is_deleted() -> None:
    hear(users=25, each=40)
    call("CreateCampaign", name="shop", solutionVersionArn=trained())
    assert call("DeleteCampaign", campaignArn=CAMPAIGN)[1]["__type"] == "ResourceInUseException"
    statuses()
    assert call("DeleteCampaign", campaignArn=CAMPAIGN)[0] == 200
    told = [call("ListCampaigns", solutionArn=ARN)[1]["campaigns"] for _ in range(2)]
    assert [len(campaigns) for campaigns in told] == [1, 0]


def test_a_training_that_is_stopped_ends() -> None:
    _, told = call("CreateSolutionVersion", solutionArn=ARN)
    assert call("StopSolutionVersionCreation", **told)[0] == 200
    (version,) = call("ListSolutionVersions", solutionArn=ARN)[1]["solutionVersions"]
    assert version["status"] == "CREATE STOPPED"


def test_what_most_look_at_is_recommended_less_what_one_has_bought() -> None:
    hear(users=25, each=40)
    call("CreateCampaign", name="shop", solutionVersionArn=trained())
    asked = {"campaignArn": CAMPAIGN, "userId": "u0", "numResults": 2}
    assert post("/recommendations", **asked)[1]["__type"] == "ResourceNotFoundException"
    statuses()
    first = [item["itemId"] for item in post("/recommendations", **asked)[1]["itemList"]]
    assert (first[0], len(first)) == ("everybodys", 2)
    hear(users=1, each=1, kind="Purchase")
    left = post("/recommendations", **asked, filterArn=BOUGHT)[1]["itemList"]
    assert "everybodys" not in [item["itemId"] for item in left]


def test_events_for_no_tracker_and_too_many_at_once_are_refused() -> None:
    event = {"eventId": "e", "eventType": "View", "itemId": "p", "sentAt": 1}
    for tracker, events in (("nobodys", [event]), ("tracker", [event] * 11), ("tracker", [])):
        status, told = post("/events", trackingId=tracker, sessionId="s", eventList=events)
        assert (status, told["__type"]) == (400, "InvalidInputException")


def test_what_was_learnt_survives_a_stop(tmp_path: Path) -> None:
    hear(users=25, each=40)
    call("CreateCampaign", name="shop", solutionVersionArn=trained())
    LEARNT.save(tmp_path)
    read = Learnt()
    read.load(tmp_path)
    assert read == LEARNT


def test_what_it_cannot_do_is_refused() -> None:
    status, told = call("CreateBatchInferenceJob", solutionArn=ARN)
    assert status == 501
    assert "CreateBatchInferenceJob" in told["message"]
