"""What CloudFormation can't do for recommendations: train a model, and let a campaign answer from it."""

from __future__ import annotations

from typing import Any

from generator.states import awaited, definition, jsonata, task

#: Seconds between two looks at what takes hours, and for the whole: Personalize's own limit is four days.
PAUSE, TIMEOUT = 300, 24 * 3600

ABSENT = "Personalize.ResourceNotFoundException"
READY = (
    "$states.input.Campaign.Status = 'ACTIVE' and ($not($exists("
    "$states.input.Campaign.LatestCampaignUpdate)) or"
    " $states.input.Campaign.LatestCampaignUpdate.Status = 'ACTIVE')"
)
UNREADY = (
    "$states.input.Campaign.Status = 'CREATE FAILED' or"
    " $states.input.Campaign.LatestCampaignUpdate.Status = 'CREATE FAILED'"
)


def training() -> dict[str, Any]:
    """Train a version; make the campaign with it, or have the one that is there move to it.

    The campaign answers from the version it had until it has the new one.
    """
    answers = {
        "SolutionVersionArn": jsonata("$version"),
        "MinProvisionedTPS": jsonata("$number('${MinimumTps}')"),
    }
    look = task("aws-sdk:personalize:describeCampaign", {"CampaignArn": "${CampaignArn}"})
    states = {
        **awaited(
            "Train",
            task(
                "aws-sdk:personalize:createSolutionVersion",
                {"SolutionArn": "${SolutionArn}", "TrainingMode": "FULL"},
                Assign={"version": jsonata("$states.result.SolutionVersionArn")},
            ),
            task(
                "aws-sdk:personalize:describeSolutionVersion",
                {"SolutionVersionArn": jsonata("$version")},
            ),
            done="$states.input.SolutionVersion.Status = 'ACTIVE'",
            failed="$states.input.SolutionVersion.Status in ['CREATE FAILED', 'CREATE STOPPED']",
            every=PAUSE,
            then="FindCampaign",
        ),
        "FindCampaign": task(
            "aws-sdk:personalize:describeCampaign",
            {"CampaignArn": "${CampaignArn}"},
            unless={ABSENT: "MakeCampaign"},
            then="MoveCampaign",
        ),
        "MakeCampaign": task(
            "aws-sdk:personalize:createCampaign",
            {"Name": "${Campaign}", **answers},
            then="AnswerWait",
        ),
        **awaited(
            "Answer",
            task(
                "aws-sdk:personalize:updateCampaign", {"CampaignArn": "${CampaignArn}", **answers}
            ),
            look,
            done=READY,
            failed=UNREADY,
            every=PAUSE,
            then="Answering",
        ),
        "Answering": {"Type": "Succeed"},
    }
    states["MoveCampaign"] = states.pop("Answer")
    return definition("Train", states, timeout=TIMEOUT)
