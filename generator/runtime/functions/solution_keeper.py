"""Custom resource: what CloudFormation leaves undone of a Personalize solution.

It makes a solution that trains by itself every week, and costs; here a schedule trains. And it can't delete a
solution from which a campaign answers, or which is being trained: neither is a resource of the stack.
https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html
https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteSolution.html
"""

import time

import boto3
from custom_resource import fulfil, log

personalize = boto3.client("personalize")

#: Seconds between two looks; and before the function's end, for the answer.
PAUSE, RESERVE = 10, 30

TRAINING = ("CREATE PENDING", "CREATE IN_PROGRESS")
SETTLED = ("ACTIVE", "CREATE FAILED")


def handler(event, context):
    """CloudFormation's request; the solution's ARN is in its properties."""
    solution = event["ResourceProperties"]["SolutionArn"]
    fulfil(
        event,
        f"{solution.rsplit('/')[-1]}-kept",
        lambda: train_on_demand(solution),
        lambda: clear(solution, context),
    )


def train_on_demand(solution):
    """Said once: an update of the stack finds it as it should be."""
    if personalize.describe_solution(solutionArn=solution)["solution"].get("performAutoTraining"):
        personalize.update_solution(solutionArn=solution, performAutoTraining=False)
        log.info("%s trains on demand", solution)


def clear(solution, context):
    """Delete its campaigns and stop its training, each as soon as it lets itself be."""
    while left := [*campaigns(solution), *versions(solution)]:
        if context.get_remaining_time_in_millis() < (PAUSE + RESERVE) * 1000:
            raise TimeoutError(f"still there: {', '.join(left)}")
        time.sleep(PAUSE)


def campaigns(solution):
    """Those that are still there, asked to go."""
    for page in pages("list_campaigns", solution):
        for campaign in page["campaigns"]:
            if campaign["status"] in SETTLED:
                personalize.delete_campaign(campaignArn=campaign["campaignArn"])
            yield campaign["campaignArn"]


def versions(solution):
    """Those that are being trained, asked to stop."""
    for page in pages("list_solution_versions", solution):
        for version in page["solutionVersions"]:
            if version["status"] in TRAINING:
                arn = version["solutionVersionArn"]
                personalize.stop_solution_version_creation(solutionVersionArn=arn)
            if version["status"] in (*TRAINING, "CREATE STOPPING"):
                yield version["solutionVersionArn"]


def pages(operation, solution):
    """What a listing says of the solution."""
    return personalize.get_paginator(operation).paginate(solutionArn=solution)
