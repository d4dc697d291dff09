"""Amazon Personalize, its events and its recommendations, and the way there for Step Functions.

Solutions, dataset groups, trackers, datasets and filters are those that stacks made. What is learnt and
answered from is in `personalize_models`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scripts.sandbox import seams
from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.personalize_models import LEARNT, Campaign, Refusal, Version
from scripts.sandbox.refusals import refusal
from scripts.sandbox.resources.schema_resources import STORE, Place, Record
from scripts.sandbox.seams import Kind, Seam

TARGET = "AmazonPersonalize."
SOLUTION = "AWS::Personalize::Solution"
TRACKER = "AWS::Personalize::EventTracker"
DATASET = "AWS::Personalize::Dataset"
FILTER = "AWS::Personalize::Filter"

#: Of a solution, where the record keeps it; AWS starts with true.
#: https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html
AUTOMATIC = "PerformAutoTraining"

#: What one call tells of, and how many recommendations are told unless a number is asked for.
AT_ONCE, TOLD = 10, 25

#: How Step Functions names a service in an SDK integration, and where it finds it.
INTEGRATIONS = Seam(
    "ministack.services.stepfunctions",
    "_AWS_SDK_SERVICE_MAP",
    None,
    Kind.MAPPING,
    None,
    "workflows that train",
)
SEAMS = (INTEGRATIONS,)

Said = dict[str, Any]


def service() -> Service:
    """The API, of which only what is said here is answered."""

    async def handle(head: Head, body: bytes) -> Response:
        return answer(head, body)

    return Service("Personalize", lambda head: _operation(head) != "", handle)


def install() -> None:
    """Have workflows call it, too."""

    async def handle(
        method: str, path: str, headers: dict[str, str], body: str, _query: object
    ) -> tuple[int, dict[str, str], bytes]:
        from ministack.core.responses import get_account_id, get_region

        scope = f"Credential={get_account_id()}/20260101/{get_region()}/personalize/"
        response = answer(
            Head(method, path, {}, {**headers, "authorization": scope}), body.encode()
        )
        return response.status, {}, response.body

    INTEGRATIONS.value["personalize"] = {"target_prefix": "AmazonPersonalize", "protocol": "json"}
    seams.SERVICE_HANDLERS.value["personalize"] = handle


def answer(head: Head, body: bytes) -> Response:
    """The answer to one call."""
    operation = OPERATIONS.get(_operation(head))
    if operation is None:
        return refusal(head, "personalize")
    said: Said = json.loads(body or b"{}")
    try:
        return _told(operation(_Region(*head.credential[:2]), said))
    except Refusal as no:
        told = json.dumps({"__type": no.code, "message": no.message}).encode()
        return Response(400, told, "application/x-amz-json-1.1", (("x-amzn-errortype", no.code),))


class _Region:
    """Where a call is made, and what stacks made there."""

    def __init__(self, account: str, region: str) -> None:
        self.account, self.region = account, region

    def arn(self, kind: str, name: str) -> str:
        """Of what is made by a call."""
        return f"arn:aws:personalize:{self.region}:{self.account}:{kind}/{name}"

    def made(self, kind: str, arn: str) -> Record:
        """What a stack made. Raises Refusal."""
        found = STORE.at(Place(self.account, self.region, kind)).get(arn)
        if found is None:
            raise Refusal("ResourceNotFoundException", f"Resource {arn} does not exist.")
        return found

    def solution(self, said: Said) -> tuple[str, Record]:
        """That a call names."""
        arn = str(said.get("solutionArn", ""))
        return arn, self.made(SOLUTION, arn)

    def group_of(self, solution: str) -> str:
        """The dataset group that a solution learns from."""
        return str(self.made(SOLUTION, solution).properties["DatasetGroupArn"])

    def tracked(self, tracking_id: str) -> str:
        """The dataset group that a tracker tells."""
        for tracker in STORE.at(Place(self.account, self.region, TRACKER)).values():
            if tracker.attributes.get("TrackingId") == tracking_id:
                return str(tracker.properties["DatasetGroupArn"])
        raise Refusal("InvalidInputException", f"There is no tracker {tracking_id}.")


def _describe_solution(region: _Region, said: Said) -> Said:
    arn, solution = region.solution(said)
    versions = [_summary(_version(v)) for v in LEARNT.versions.values() if v.solution == arn]
    latest = {"latestSolutionVersion": versions[-1]} if versions else {}
    told = {
        "solutionArn": arn,
        "name": solution.properties["Name"],
        "datasetGroupArn": solution.properties["DatasetGroupArn"],
        "recipeArn": solution.properties.get("RecipeArn", ""),
        "performAutoTraining": solution.attributes.get(AUTOMATIC, True),
        "status": "ACTIVE",
    }
    return {"solution": told | latest}


def _update_solution(region: _Region, said: Said) -> Said:
    arn, solution = region.solution(said)
    automatic = solution.attributes.get(AUTOMATIC, True)
    solution.attributes[AUTOMATIC] = said.get("performAutoTraining", automatic)
    return {"solutionArn": arn}


def _create_version(region: _Region, said: Said) -> Said:
    arn, _ = region.solution(said)
    name = said.get("name") or f"version-{len(LEARNT.versions)}"
    return {"solutionVersionArn": LEARNT.train(arn, name).arn}


def _describe_version(region: _Region, said: Said) -> Said:
    arn = said["solutionVersionArn"]
    version = LEARNT.version(arn, region.group_of(arn.rpartition("/")[0]))
    return {"solutionVersion": _version(version)}


def _list_versions(region: _Region, said: Said) -> Said:
    arn, _ = region.solution(said)
    group = region.group_of(arn)
    found = [v.arn for v in LEARNT.versions.values() if v.solution == arn]
    return {"solutionVersions": [_summary(_version(LEARNT.version(each, group))) for each in found]}


def _stop_version(_: _Region, said: Said) -> Said:
    LEARNT.stop(said["solutionVersionArn"])
    return {}


def _create_campaign(region: _Region, said: Said) -> Said:
    arn = region.arn("campaign", said["name"])
    LEARNT.answer(arn, said["name"], said["solutionVersionArn"], said.get("minProvisionedTPS", 1))
    return {"campaignArn": arn}


def _update_campaign(_: _Region, said: Said) -> Said:
    LEARNT.move(said["campaignArn"], said["solutionVersionArn"], said.get("minProvisionedTPS", 1))
    return {"campaignArn": said["campaignArn"]}


def _describe_campaign(_: _Region, said: Said) -> Said:
    return {"campaign": _campaign(LEARNT.campaign(said["campaignArn"]))}


def _list_campaigns(region: _Region, said: Said) -> Said:
    arn, _ = region.solution(said)
    told = []
    for campaign in [c.arn for c in LEARNT.campaigns.values() if c.version.startswith(f"{arn}/")]:
        try:
            told.append(_summary(_campaign(LEARNT.campaign(campaign))))
        except Refusal:
            continue  # this look was its last
    return {"campaigns": told}


def _delete_campaign(_: _Region, said: Said) -> Said:
    LEARNT.remove(said["campaignArn"])
    return {}


def _put_events(region: _Region, said: Said) -> Said:
    group = region.tracked(said["trackingId"])
    if not 1 <= len(said["eventList"]) <= AT_ONCE:
        raise Refusal("InvalidInputException", f"eventList takes 1 to {AT_ONCE} events.")
    LEARNT.hear(group, said.get("userId", ""), said["eventList"])
    return {}


def _put_items(region: _Region, said: Said) -> Said:
    region.made(DATASET, said["datasetArn"])
    if not 1 <= len(said["items"]) <= AT_ONCE:
        raise Refusal("InvalidInputException", f"items takes 1 to {AT_ONCE} items.")
    return {}


def _recommend(region: _Region, said: Said) -> Said:
    campaign = LEARNT.campaigns.get(said.get("campaignArn", ""))
    if campaign is None or campaign.status != "ACTIVE":
        raise Refusal("ResourceNotFoundException", f"{said.get('campaignArn')} is not active.")
    if not said.get("userId"):
        raise Refusal("InvalidInputException", "userId is required for USER_PERSONALIZATION.")
    if unbought := said.get("filterArn", ""):
        region.made(FILTER, unbought)
    group = region.group_of(LEARNT.versions[campaign.version].solution)
    items = LEARNT.recommended(group, said["userId"], unbought=bool(unbought))
    told = items[: said.get("numResults", TOLD)]
    return {"itemList": [{"itemId": item, "score": 1.0 / (n + 1)} for n, item in enumerate(told)]}


OPERATIONS: dict[str, Callable[[_Region, Said], Said]] = {
    "DescribeSolution": _describe_solution,
    "UpdateSolution": _update_solution,
    "CreateSolutionVersion": _create_version,
    "DescribeSolutionVersion": _describe_version,
    "ListSolutionVersions": _list_versions,
    "StopSolutionVersionCreation": _stop_version,
    "CreateCampaign": _create_campaign,
    "UpdateCampaign": _update_campaign,
    "DescribeCampaign": _describe_campaign,
    "ListCampaigns": _list_campaigns,
    "DeleteCampaign": _delete_campaign,
    "POST /events": _put_events,
    "POST /items": _put_items,
    "POST /recommendations": _recommend,
}


def _operation(head: Head) -> str:
    """What is called: by its name, or of its other services by method and path; empty for another's."""
    if head.target.startswith(TARGET):
        return head.target.removeprefix(TARGET)
    return f"{head.method} {head.path}" if head.credential[2] == "personalize" else ""


def _version(version: Version) -> Said:
    told = {
        "solutionVersionArn": version.arn,
        "solutionArn": version.solution,
        "name": version.name,
        "trainingMode": "FULL",
        "status": version.status,
    }
    return told | ({"failureReason": version.failure} if version.failure else {})


def _campaign(campaign: Campaign) -> Said:
    told = {
        "campaignArn": campaign.arn,
        "name": campaign.name,
        "solutionVersionArn": campaign.version,
        "minProvisionedTPS": campaign.tps,
        "status": campaign.status,
    }
    return told | ({"latestCampaignUpdate": dict(campaign.update)} if campaign.update else {})


def _summary(described: Said) -> Said:
    """As a listing tells it."""
    version = {"solutionVersionArn", "trainingMode", "status", "failureReason"}
    campaign = {"campaignArn", "name", "status"}
    known = campaign if "campaignArn" in described else version
    return {key: value for key, value in described.items() if key in known}


def _told(document: Said) -> Response:
    return Response(200, json.dumps(document).encode(), "application/x-amz-json-1.1")
