"""What the explainer foretells is what happens: change sets are explained, then executed, then looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import environments
from generator.environments import Environment
from scripts.aws import Aws, connect_endpoint
from scripts.changes import NESTED_STACK
from scripts.deploy import change_sets, release
from scripts.deploy.change_sets import ChangeSet, Request
from scripts.deploy.explainer.reading import explained
from scripts.deploy.explanations import Certainty, Explanation
from scripts.deploy.plan import Inputs, WavePlan
from scripts.deploy.planner import Planner
from scripts.deploy.waves import Wave, roll_out
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.deploy.conftest import PRIMARY, Project
from tests.rehearsal.sandbox.stacks import Account, Template, output, parameter, template

REGION = "eu-west-1"
STACK = "tradewind-dev-platform"
TAG = [{"Key": "Team", "Value": "shop"}]


class Scene:
    """One stack of an account of its own: deployed, planned, explained, executed."""

    def __init__(self, account: Account, params: Path) -> None:
        self.account, self.params = account, params
        self.environment = Environment("dev", account.number, REGION, "us-east-1", {})

    @property
    def aws(self) -> Aws:
        return connect_endpoint(self.environment, self.account.sandbox.endpoint)

    def explain(self, body: Template, **parameters: str) -> tuple[Explanation, ChangeSet]:
        url = self.account.upload(body, "root.json")
        wanted = {
            name: parameters.get(name, str(said.get("Default", "")))
            for name, said in body.get("Parameters", {}).items()
        }
        made = change_sets.create(
            self.aws,
            Request(REGION, STACK, "UPDATE", {"TemplateURL": url}, wanted, description="one"),
        )
        assert change_sets.wait(self.aws, made)
        changes = change_sets.read(self.aws, made)
        wave = Wave("platform", REGION)
        plan = WavePlan(
            wave, "dev", self.account.number, "UPDATE", Inputs("", wanted), made, changes
        )
        return explained(self.aws, plan, self.environment, self.params), made

    def execute(self, made: ChangeSet) -> str:
        """Execute it; the status that the stack ends in."""
        self.account.cfn.execute_change_set(ChangeSetName=made.id)
        status: str = self.account.settled(made.stack_id)["StackStatus"]
        return status

    def ids(self, stack: str = STACK, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
        """The physical id of everything that stands, by path."""
        return dict(self._ids(stack, above))

    def _ids(self, stack: str, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        pages = self.account.cfn.get_paginator("list_stack_resources").paginate(StackName=stack)
        for page in pages:
            for one in page["StackResourceSummaries"]:
                path = (*above, one["LogicalResourceId"])
                yield path, one["PhysicalResourceId"]
                if one["ResourceType"] == NESTED_STACK:
                    yield from self._ids(one["PhysicalResourceId"], path)


@pytest.fixture
def scene(sandbox: Sandbox, tmp_path: Path) -> Scene:
    return Scene(Account(sandbox, region=REGION), tmp_path)


def foretold(scene: Scene, body: Template, **parameters: str) -> Explanation:
    """Explain, execute, and hold what was said against what happened."""
    before = scene.ids()
    said, made = scene.explain(body, **parameters)
    assert scene.execute(made) == "UPDATE_COMPLETE"
    after = scene.ids()
    for one in said.changes:
        was, held = before.get(one.path), after.get(one.path)
        match one.change.action, one.certainty, one.replacement:
            case _, Certainty.POSSIBLE, _:
                continue
            case "Add", Certainty.CERTAIN, _:
                assert was is None, one.path
                assert held, one.path
            case "Remove", Certainty.CERTAIN, _:
                assert held is None, one.path
            case _, Certainty.PHANTOM, _:
                assert held == was, one.path
            case _, _, Certainty.CERTAIN:
                assert held != was, one.path
            case _, _, None | Certainty.PHANTOM:
                assert held == was, one.path
    replaced = {path for path in before.keys() & after.keys() if before[path] != after[path]}
    feared = {one.path for one in said.changes if one.removes}
    assert replaced <= feared
    return said


def network(cidr: str = "10.0.0.0/16", **more: Any) -> Template:
    return template(
        {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}},
            "Routes": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": ref("Vpc"), **more}},
        },
        Outputs={"VpcId": output(ref("Vpc"))},
    )


def hosts(cidr: str = "10.0.1.0/24") -> Template:
    return template(
        {
            "Private": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": ref("VpcId"), "CidrBlock": cidr},
            }
        },
        Parameters={"VpcId": {"Type": "String"}},
        Outputs={"SubnetId": output(ref("Private"))},
    )


def root(account: Account, network: Template, hosts: Template) -> Template:
    return template(
        {
            "Network": account.child(network),
            "Hosts": account.child(hosts, Parameters={"VpcId": out("Network", "VpcId")}),
        }
    )


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def out(stack: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [stack, f"Outputs.{name}"]}


def test_a_subnet_that_is_only_feared_for_stays(scene: Scene) -> None:
    scene.account.create(STACK, root(scene.account, network(), hosts()))

    said = foretold(scene, root(scene.account, network(Tags=TAG), hosts()))

    private = said.at("Hosts", "Private")
    assert private.change.replacement == "Conditional"
    assert private.replacement is Certainty.PHANTOM
    assert "Network/Vpc stays as it is" in private.why[-1]
    assert said.at("Network", "Routes").certainty is Certainty.CERTAIN


def test_a_subnet_of_a_vpc_that_is_replaced_is_replaced(scene: Scene) -> None:
    scene.account.create(STACK, root(scene.account, network(), hosts()))

    said = foretold(scene, root(scene.account, network("10.0.0.0/17"), hosts()))

    assert said.at("Network", "Vpc").replacement is Certainty.CERTAIN
    assert said.at("Network", "Routes").replacement is Certainty.CERTAIN
    assert said.at("Hosts", "Private").replacement is Certainty.CERTAIN


def test_two_levels_down_it_is_foretold_as_well(scene: Scene) -> None:
    account = scene.account

    def tall(network: Template) -> Template:
        middle = template(
            {"Inner": account.child(hosts(), Parameters={"VpcId": ref("VpcId")})},
            Parameters={"VpcId": {"Type": "String"}},
        )
        above = template(
            {"Core": account.child(network)}, Outputs={"VpcId": output(out("Core", "VpcId"))}
        )
        return root(account, above, middle)

    account.create(STACK, tall(network()))

    stays = foretold(scene, tall(network(Tags=TAG)))
    assert stays.at("Hosts", "Inner", "Private").replacement is Certainty.PHANTOM

    goes = foretold(scene, tall(network("10.0.0.0/17")))
    assert goes.at("Hosts", "Inner", "Private").replacement is Certainty.CERTAIN


def test_what_conditions_bring_and_take_is_foretold(scene: Scene) -> None:
    body = template(
        {
            "Jobs": {"Type": "AWS::SQS::Queue", "Condition": "Busy"},
            "Quiet": {"Type": "AWS::SNS::Topic", "Condition": "Idle"},
            "Name": parameter({"Fn::If": ["Busy", "many", "none"]}),
        },
        Parameters={"Work": {"Type": "String", "Default": "no"}},
        Conditions={
            "Busy": {"Fn::Equals": [ref("Work"), "yes"]},
            "Idle": {"Fn::Not": [{"Condition": "Busy"}]},
        },
    )
    scene.account.create(STACK, body)

    said = foretold(scene, body, Work="yes")

    assert said.at("Jobs").change.action == "Add"
    assert said.at("Quiet").change.action == "Remove"
    shown = {part.path: (part.before, part.after) for part in said.at("Name").properties}
    assert shown == {"Value": ("none", "many")}
    assert "condition Busy of the root holds" in said.at("Name").why


def test_a_table_that_cannot_be_replaced_under_its_name_is_refused_as_warned(scene: Scene) -> None:
    def table(key: str) -> Template:
        properties = {
            "TableName": "orders",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        }
        return template({"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": properties}})

    scene.account.create(STACK, table("id"))

    said, made = scene.explain(table("number"))

    assert said.at("Orders").effect.level == "data"
    assert "TableName orders" in said.at("Orders").warnings[0]
    assert scene.execute(made) == "UPDATE_ROLLBACK_COMPLETE"


def test_another_logical_id_for_the_same_name_fails_as_warned(scene: Scene) -> None:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "orders"}}
    scene.account.create(STACK, template({"Orders": secret}))

    said, made = scene.explain(template({"Renamed": secret}))

    assert "already exists, as Orders" in said.at("Renamed").warnings[0]
    assert scene.execute(made) == "UPDATE_ROLLBACK_COMPLETE"


def test_what_is_retained_is_foretold_to_stay_behind(scene: Scene) -> None:
    keep = {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}
    scene.account.create(STACK, template({"Jobs": keep, "Name": parameter("a")}))
    url = scene.ids()[("Jobs",)]

    said = foretold(scene, template({"Name": parameter("a")}))

    assert said.at("Jobs").policy == "Retain"
    assert url in scene.account.client("sqs").list_queues()["QueueUrls"]


def test_a_plan_and_what_is_recalled_of_it_are_explained_alike(deployed: Project) -> None:
    deployed.build(delay=6)
    environment = environments.read(deployed.path / "params", "dev")
    aws = deployed.aws()
    built = release.read(deployed.path)
    waves = roll_out(built.roots, environment.places)
    wave = Wave("platform", PRIMARY)
    planner = Planner(aws, environment, built, waves)
    inputs = planner.inputs(wave)
    assert isinstance(inputs, Inputs)
    planning = planner.plan(wave, inputs)
    while True:
        try:
            next(planning)
        except StopIteration as done:
            plan = done.value
            break
    assert isinstance(plan, WavePlan)

    said = explained(aws, plan, environment, deployed.path / "params")
    recalled = explained(
        aws, planner.recall(wave, plan.change_set.name), environment, deployed.path / "params"
    )

    queue = next(one for one in said.changes if one.change.type == "AWS::SQS::Queue")
    shown = {part.path: (part.before, part.after) for part in queue.properties}
    assert shown["DelaySeconds"] == (5, 6)
    assert queue.template.endswith("queue.json")
    assert said == recalled
    change_sets.delete(aws, plan.change_set)
