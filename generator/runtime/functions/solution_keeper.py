"""Custom resource: what CloudFormation leaves undone of a Personalize solution.

It makes a solution that trains by itself every week, and costs; here a schedule trains. And it can't delete a
solution from which a campaign answers, or which is being trained: neither is a resource of the stack.
https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html
https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteSolution.html
"""

import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from custom_resource import Unable, fulfil, log

CALLS = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)

personalize = boto3.client("personalize", config=CALLS)

#: Seconds: the first pause between two looks, the longest; and for the work, which leaves time to answer.
FIRST, LONGEST, PATIENCE = 1, 10, 840

PENDING = ("CREATE PENDING", "CREATE IN_PROGRESS")
SETTLED = ("ACTIVE", "CREATE FAILED")

#: Somebody else is at it, or it is gone since the last look: the next look shows.
PASSING = ("ResourceInUseException", "ResourceNotFoundException")


def handler(event, context):
    """CloudFormation's request; the solution's ARN is in its properties."""
    fulfil(event, context, identify, train_on_demand, clear)


def identify(event):
    """As the solution's name."""
    return f"{solution_of(event).rsplit('/')[-1]}-kept"


def train_on_demand(event):
    """An update of the stack finds it as it should be. A change under way is waited for."""
    solution = solution_of(event)
    for _ in looks():
        found = personalize.describe_solution(solutionArn=solution)["solution"]
        change = found.get("latestSolutionUpdate", {})
        if change.get("status") == "ACTIVE":
            found |= change
        if not found.get("performAutoTraining"):
            log.info("%s trains on demand", solution)
            return
        if change.get("status") not in PENDING:
            ask(personalize.update_solution, solutionArn=solution, performAutoTraining=False)
    raise Unable(f"{solution} still trains by itself")


def clear(event):
    """Delete its campaigns and stop its training, each as soon as it lets itself be."""
    solution = solution_of(event)
    for _ in looks():
        if not (left := [*campaigns(solution), *versions(solution)]):
            return
    raise Unable(f"still there: {', '.join(left)}")


def campaigns(solution):
    """Those that are still there, asked to go."""
    for campaign in listed("list_campaigns", solution, "campaigns"):
        if campaign["status"] in SETTLED:
            ask(personalize.delete_campaign, campaignArn=campaign["campaignArn"])
        yield campaign["campaignArn"]


def versions(solution):
    """Those that are being trained, asked to stop."""
    for version in listed("list_solution_versions", solution, "solutionVersions"):
        arn = version["solutionVersionArn"]
        if version["status"] in PENDING:
            ask(personalize.stop_solution_version_creation, solutionVersionArn=arn)
        if version["status"] in (*PENDING, "CREATE STOPPING"):
            yield arn


def listed(operation, solution, what):
    """What there is of a solution: nothing, where there is no solution."""
    try:
        for page in personalize.get_paginator(operation).paginate(solutionArn=solution):
            yield from page[what]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def ask(operation, **request):
    """For what may not be possible yet, or not any more; the next look shows."""
    try:
        operation(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] not in PASSING:
            raise
        log.info("%s", error)


def looks():
    """The first at once, each other after a longer pause, until patience ends."""
    end, pause = time.monotonic() + PATIENCE, FIRST
    yield
    while time.monotonic() + pause < end:
        time.sleep(pause)
        yield
        pause = min(LONGEST, 2 * pause)


def solution_of(event):
    """The solution's ARN."""
    return event["ResourceProperties"]["SolutionArn"]
