"""What CloudFormation can't do for recommendations: train a model, and let a campaign answer from it."""

from __future__ import annotations

from typing import Any

from generator.states import awaited, choice, definition, jsonata, pause, task

#: Seconds between two looks at what takes hours, and for the whole: Personalize's own limit is four days.
PAUSE, TIMEOUT = 300, 24 * 3600

ABSENT = "Personalize.ResourceNotFoundException"
THERE = "Personalize.ResourceAlreadyExistsException"
IN_USE = "Personalize.ResourceInUseException"

#: A version has the name of its execution's time: the same call, tried again, trains no second one, for which
#: somebody would pay.
NAME = "'training-' & $string($toMillis($states.context.Execution.StartTime))"

#: A campaign that takes no change: it is made, moved to another version, or on its way out.
#: https://docs.aws.amazon.com/personalize/latest/dg/API_UpdateCampaign.html
CAMPAIGN = "$states.input.Campaign"
UPDATE = f"{CAMPAIGN}.LatestCampaignUpdate"
UNDER_WAY = "['CREATE PENDING', 'CREATE IN_PROGRESS', 'DELETE PENDING', 'DELETE IN_PROGRESS']"
BUSY = f"{CAMPAIGN}.Status in {UNDER_WAY} or {UPDATE}.Status in {UNDER_WAY}"

#: What the campaign answers from is what was trained; or what was to bring it there has failed, and not what
#: was tried some other week.
READY = f"{CAMPAIGN}.Status = 'ACTIVE' and {CAMPAIGN}.SolutionVersionArn = $version"
UNREADY = (
    f"({UPDATE}.SolutionVersionArn = $version and {UPDATE}.Status = 'CREATE FAILED') or"
    f" ({CAMPAIGN}.SolutionVersionArn = $version and {CAMPAIGN}.Status = 'CREATE FAILED')"
)


def training() -> dict[str, Any]:
    """Train a version; make the campaign with it, or have the one that is there move to it.

    The campaign answers from the version it had until it has the new one. One that cannot be moved yet is
    waited for; one that goes is waited for, too, and then made.
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
                {
                    "Name": jsonata(NAME),
                    "SolutionArn": "${SolutionArn}",
                    "TrainingMode": "FULL",
                },
                Assign={"version": jsonata("$states.result.SolutionVersionArn")},
                unless={THERE: "FindVersion"},
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
        "FindVersion": task(
            "aws-sdk:personalize:describeSolution",
            {"SolutionArn": "${SolutionArn}"},
            Assign={
                "version": jsonata(
                    "$states.result.Solution.LatestSolutionVersion.SolutionVersionArn"
                )
            },
            then="TrainWait",
        ),
        "FindCampaign": task(
            "aws-sdk:personalize:describeCampaign",
            {"CampaignArn": "${CampaignArn}"},
            unless={ABSENT: "MakeCampaign"},
            then="Movable",
        ),
        "Movable": choice((READY, "Answering"), (BUSY, "MoveLater"), otherwise="MoveCampaign"),
        "MoveLater": pause(PAUSE, then="FindCampaign"),
        "MakeCampaign": task(
            "aws-sdk:personalize:createCampaign",
            {"Name": "${Campaign}", **answers},
            unless={THERE: "AnswerWait"},
            then="AnswerWait",
        ),
        **awaited(
            "Answer",
            task(
                "aws-sdk:personalize:updateCampaign",
                {"CampaignArn": "${CampaignArn}", **answers},
                unless={IN_USE: "MoveLater", ABSENT: "MakeCampaign"},
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
