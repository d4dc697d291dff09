"""Whether somebody else is changing the environment: a deploy, a pipeline, CodeDeploy, another drill."""

from __future__ import annotations

from generator.naming import PREFIX, stack_name
from scripts import inventory
from scripts.checks import Answer, all_of, judged, not_applicable, passed, refused
from scripts.drill import open_drill
from scripts.drill.preflight.ground import Ground, Question, Questions
from scripts.lease import DEPLOY, LeaseHeld, Leases

#: Of CodeDeploy's, those that are not at an end.
DEPLOYING = ("Created", "Queued", "InProgress", "Baking", "Ready")
PIPELINE = "AWS::CodePipeline::Pipeline"
#: Of CodePipeline's, those that are not at an end.
RUNNING = ("InProgress", "Stopping")


def no_lease(ground: Ground) -> Answer:
    """A deploy holds one as long as it runs."""
    expected = "nobody changes the environment"
    try:
        Leases(ground.aws, ground.theatre.primary.name).refuse_if_held(DEPLOY)
    except LeaseHeld as held:
        return refused(held.message, expected, held.fix)
    return passed("nobody does", expected)


def stacks_rest(ground: Ground) -> Answer:
    """In every region; a nested stack moves with its root."""
    moving = [
        f"{stack.name} in {region} is {stack.status}"
        for region in ground.environment.regions
        for stack in inventory.roots(ground.aws, region)
        if stack.in_progress
    ]
    return all_of(
        moving,
        "all rest",
        "no stack is being changed",
        f"Wait until they are done: tradewind status {ground.environment.name}",
    )


def pipeline_rests(ground: Ground) -> Answer:
    """One that waits for an approval has begun, too."""
    region = ground.theatre.primary.name
    stack = inventory.stack(ground.aws, region, stack_name(ground.environment.name, "pipeline"))
    if stack is None:
        return not_applicable("there is no pipeline")
    client = ground.primary("codepipeline")
    running = [
        f"{found.physical_id} runs {one['pipelineExecutionId']} ({one['status']})"
        for found in inventory.resources(ground.aws, region, stack.id)
        if found.type == PIPELINE
        for one in client.call("list_pipeline_executions", pipelineName=found.physical_id)[
            "pipelineExecutionSummaries"
        ]
        if one["status"] in RUNNING
    ]
    return all_of(
        running,
        "nothing runs",
        "no execution is in progress",
        f"Let it end: tradewind watch {ground.environment.name}",
    )


def nothing_deploys(ground: Ground) -> Answer:
    """Revisions of the shop or the workers on their way to instances."""
    ours = f"{PREFIX}-{ground.environment.name}-"
    moving = []
    for region in (ground.theatre.primary.name, ground.theatre.standby.name):
        client = ground.aws.client("codedeploy", region)
        known = list(
            client.pages("list_deployments", "deployments", includeOnlyStatuses=list(DEPLOYING))
        )
        if not known:
            continue
        told = client.call("batch_get_deployments", deploymentIds=known[:25])["deploymentsInfo"]
        moving += [
            f"{one['deploymentId']} of {one['applicationName']} in {region} is {one['status']}"
            for one in told
            if one["applicationName"].startswith(ours)
        ]
    return all_of(moving, "none", "no revision is on its way", "Wait until they are done.")


def no_drill(ground: Ground) -> Answer:
    """ARMED and not RESTORED, from whichever machine."""
    found = open_drill.read(ground.aws, ground.theatre.standby.name)
    name = ground.environment.name
    return judged(
        found is None,
        f"{found.id} of {found.who} is {found.state}" if found else "none is open",
        "no drill is open",
        f"tradewind failover-drill status {name}, then resume or abort it.",
    )


CHECKS: Questions = (
    Question("no deploy", no_lease),
    Question("stacks at rest", stacks_rest),
    Question("pipeline at rest", pipeline_rests),
    Question("no deployment", nothing_deploys),
    Question("no open drill", no_drill),
)
