"""A region that is down: nothing of it answers or works, and all of it goes on once it is back."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.errors import UsageError
from scripts.sandbox import process
from scripts.sandbox.record import birth
from tests.rehearsal.sandbox.regions import FOR_EVER, HERE, THERE, World
from tests.rehearsal.sandbox.running import ROLE, until, workers

#: A function that says that it was called, and answers once nobody keeps it any more.
SLOW = """
import time
def handler(event, context):
    note("called")
    time.sleep(2)
    note("done")
    return {"value": 1}
"""

NOTING = """
def handler(event, context):
    note("called")
    return {}
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    began = World.begin(tmp_path / "home")
    yield began
    process.stop(began.home)


@pytest.fixture
def notes(world: World) -> Callable[[], list[Any]]:
    """What functions have noted so far. The queue is in a region that stays."""
    account, heard = world.account(THERE), []
    account.notes()

    def noted() -> list[Any]:
        heard.extend(account.noted())
        return heard

    return noted


def function(world: World, name: str, code: str, **settings: Any) -> str:
    """A function here, whose notes go there."""
    before = (
        "import boto3, json, os\n"
        "def note(what):\n"
        f"    boto3.client('sqs', region_name='{THERE}').send_message(\n"
        "        QueueUrl=os.environ['NOTES'], MessageBody=json.dumps(what))\n"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.py", before + code)
    arn: str = world.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=ROLE,
        Code={"ZipFile": file.getvalue()},
        Environment={"Variables": {"NOTES": world.account(THERE).notes()}},
        **{"Timeout": 30, **settings},
    )["FunctionArn"]
    return arn


def answer(call: Callable[[], Any]) -> str:
    """`200`, or the status and code of what it raised."""
    try:
        call()
    except ClientError as refusal:
        told = refusal.response
        return f"{told['ResponseMetadata']['HTTPStatusCode']} {told['Error']['Code']}"
    return "200"


def test_every_call_to_a_region_that_is_down_is_refused_in_its_protocol(world: World) -> None:
    calls: dict[str, Callable[[str], Any]] = {
        "json": lambda region: world.client("dynamodb", region).list_tables(),
        "query": lambda region: world.client("sts", region).get_caller_identity(),
        "ec2": lambda region: world.client("ec2", region).describe_vpcs(),
        "rest-json": lambda region: world.client("lambda", region).list_functions(),
        "rest-xml": lambda region: world.client("s3", region).list_buckets(),
        "cloudwatch": lambda region: world.client("cloudwatch", region).list_metrics(),
    }
    world.fault(HERE, down=True)

    for protocol, call in calls.items():
        said = answer(lambda call=call: call(HERE))  # type: ignore[misc]
        assert (protocol, said) == (protocol, "503 ServiceUnavailable")
        assert answer(lambda call=call: call(THERE)) == "200"  # type: ignore[misc]

    world.clear(HERE)
    for call in calls.values():
        assert answer(lambda call=call: call(HERE)) == "200"  # type: ignore[misc]


def test_without_us_east_1_global_services_answer_and_change_nothing(world: World) -> None:
    def zone() -> Any:
        return world.client("route53").create_hosted_zone(Name="a.example.", CallerReference="1")

    zone()
    world.fault("us-east-1", down=True)

    assert answer(world.client("route53").list_hosted_zones) == "200"
    assert answer(world.client("iam").list_roles) == "200"
    assert answer(zone) == "503 ServiceUnavailable"
    create = answer(lambda: world.client("iam").create_user(UserName="somebody"))
    assert create == "503 ServiceUnavailable"

    world.clear("us-east-1")
    world.fault(THERE, down=True)
    assert answer(lambda: world.client("iam").create_user(UserName="somebody")) == "200"


def test_an_object_is_where_its_bucket_is(world: World) -> None:
    for region in (HERE, THERE):
        place = {} if region == HERE else {"LocationConstraint": region}
        world.client("s3", region).create_bucket(
            Bucket=f"of-{region}", **({"CreateBucketConfiguration": place} if place else {})
        )
        world.client("s3", region).put_object(Bucket=f"of-{region}", Key="one", Body=b"1")
    world.fault(THERE, down=True)
    here, there = world.client("s3", HERE), world.client("s3", THERE)

    assert answer(lambda: here.get_object(Bucket=f"of-{HERE}", Key="one")) == "200"
    assert answer(lambda: here.get_object(Bucket=f"of-{THERE}", Key="one")).startswith("503")
    assert answer(lambda: there.list_objects_v2(Bucket=f"of-{THERE}")).startswith("503")
    unsigned = f"{world.endpoint}/of-{THERE}/one"
    with pytest.raises(urllib.error.HTTPError, match="503") as refusal:
        urllib.request.urlopen(unsigned)
    refusal.value.close()


def test_a_function_of_a_region_that_goes_down_is_killed(
    world: World, notes: Callable[[], list[Any]]
) -> None:
    function(world, "slowly", SLOW)
    world.client("lambda").invoke(FunctionName="slowly", InvocationType="Event", Payload=b"{}")
    until(lambda: "called" in notes())

    world.fault(HERE, down=True)

    assert workers("slowly") == []
    assert "done" not in notes()
    world.clear(HERE)
    until(lambda: "done" in notes())
    assert notes().count("called") == 2


def test_a_state_under_way_waits_for_its_region_and_the_execution_succeeds(
    world: World, notes: Callable[[], list[Any]]
) -> None:
    arn = function(world, "state", SLOW)
    machine = world.account().workflow(
        "orders",
        {
            "First": {"Type": "Task", "Resource": arn, "Next": "Last"},
            "Last": {"Type": "Pass", "End": True},
        },
    )
    states = world.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    until(lambda: "called" in notes())

    world.fault(HERE, down=True)
    world.clear(HERE)

    def ended() -> Any:
        told = states.describe_execution(executionArn=execution)
        return told if told["status"] != "RUNNING" else None

    assert until(ended)["status"] == "SUCCEEDED"
    assert notes().count("called") == 2


def test_an_execution_begins_no_state_while_its_region_is_down(
    world: World, notes: Callable[[], list[Any]]
) -> None:
    arn = function(world, "after", NOTING)
    machine = world.account().workflow(
        "waits",
        {
            "First": {"Type": "Wait", "Seconds": 30, "Next": "Then"},
            "Then": {"Type": "Task", "Resource": arn, "End": True},
        },
    )
    states = world.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    world.fault(HERE, down=True)
    world.page("PUT", "clock", {"speed": 10_000})
    assert notes() == []

    world.clear(HERE)
    until(lambda: notes() == ["called"])
    until(lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")


def test_readers_of_streams_and_queues_go_on_when_their_region_is_back(
    world: World, notes: Callable[[], list[Any]]
) -> None:
    world.table(THERE)
    world.lag(0)
    dynamodb, queues = world.client("dynamodb"), world.client("sqs")
    stream = dynamodb.describe_table(TableName="orders")["Table"]["LatestStreamArn"]
    queue = queues.create_queue(QueueName="work")["QueueUrl"]
    attributes = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    function(world, "reader", "def handler(event, context):\n    note(len(event['Records']))\n")
    for source in (stream, attributes["Attributes"]["QueueArn"]):
        start = {"StartingPosition": "TRIM_HORIZON"} if source == stream else {}
        world.client("lambda").create_event_source_mapping(
            EventSourceArn=source, FunctionName="reader", **start
        )
    world.fault(HERE, down=True)
    world.put("order", region=THERE)  # arrives in the stream when the region is back
    assert notes() == []

    world.clear(HERE)
    until(lambda: sum(notes()) == 1)
    queues.send_message(QueueUrl=queue, MessageBody="x")
    until(lambda: sum(notes()) == 2)


def test_a_rotation_goes_on_where_its_region_left_it(
    world: World, notes: Callable[[], list[Any]]
) -> None:
    arn = function(world, "rotation", "def handler(event, context):\n    note(event['Step'])\n")
    world.client("lambda").add_permission(
        FunctionName="rotation",
        StatementId="secrets",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )
    secrets = world.client("secretsmanager")
    secrets.create_secret(Name="login", SecretString="old")
    world.fault(HERE, errors=0.5)  # a region that serves goes on
    secrets.rotate_secret(
        SecretId="login", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30}
    )
    world.fault(HERE, down=True)
    world.clear(HERE)

    until(lambda: "finishSecret" in notes())
    steps = list(dict.fromkeys(notes()))
    assert steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]


def test_the_processes_of_a_build_stand_still_and_go_on(world: World, tmp_path: Path) -> None:
    told, go = tmp_path / "pid", tmp_path / "go"
    commands = [f"echo $$ > {told}", f"while [ ! -f {go} ]; do sleep 0.05; done"]
    builds = world.client("codebuild")
    builds.create_project(
        name="works",
        serviceRole=ROLE,
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        artifacts={"type": "NO_ARTIFACTS"},
        source={
            "type": "NO_SOURCE",
            "buildspec": json.dumps(
                {"version": "0.2", "phases": {"build": {"commands": commands}}}
            ),
        },
    )
    build = builds.start_build(projectName="works")["build"]["id"]
    pid = int(until(lambda: told.exists() and told.read_text()))

    world.fault(HERE, down=True)
    until(lambda: state(pid) == "T")
    go.touch()
    world.clear(HERE)

    def ended() -> Any:
        (one,) = builds.batch_get_builds(ids=[build])["builds"]
        return one if one["buildComplete"] else None

    assert until(ended)["buildStatus"] == "SUCCEEDED"


def state(pid: int) -> str:
    """As the system has it: T stands still."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_an_object_and_a_secret_cross_when_they_may(world: World) -> None:
    here, there = world.client("s3"), world.client("s3", THERE)
    here.create_bucket(Bucket="source-images")
    there.create_bucket(
        Bucket="target-images", CreateBucketConfiguration={"LocationConstraint": THERE}
    )
    for client, bucket in ((here, "source-images"), (there, "target-images")):
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    here.put_bucket_replication(
        Bucket="source-images",
        ReplicationConfiguration={
            "Role": ROLE,
            "Rules": [
                {
                    "ID": "all",
                    "Status": "Enabled",
                    "Prefix": "",
                    "Destination": {"Bucket": "arn:aws:s3:::target-images"},
                }
            ],
        },
    )
    secrets = world.client("secretsmanager")
    secrets.create_secret(Name="login", SecretString="old")
    secrets.replicate_secret_to_regions(SecretId="login", AddReplicaRegions=[{"Region": THERE}])
    world.fault(HERE, replication_pause=True)
    here.put_object(Bucket="source-images", Key="one", Body=b"first")
    here.put_object(Bucket="source-images", Key="one", Body=b"second")
    secrets.put_secret_value(SecretId="login", SecretString="new")

    def replica() -> str:
        found = world.client("secretsmanager", THERE).get_secret_value(SecretId="login")
        return str(found["SecretString"])

    def status() -> str:
        told = secrets.describe_secret(SecretId="login")["ReplicationStatus"]
        return str(told[0]["Status"])

    assert here.head_object(Bucket="source-images", Key="one")["ReplicationStatus"] == "PENDING"
    assert "Contents" not in there.list_objects_v2(Bucket="target-images")
    assert (replica(), status()) == ("old", "InProgress")

    world.clear(HERE)

    assert there.get_object(Bucket="target-images", Key="one")["Body"].read() == b"second"
    assert here.head_object(Bucket="source-images", Key="one")["ReplicationStatus"] == "COMPLETED"
    assert (replica(), status()) == ("new", "InSync")


def test_a_region_that_is_destroyed_comes_back_without_what_it_held(world: World) -> None:
    world.single_table("local")
    dynamodb, queues = world.client("dynamodb"), world.client("sqs")
    dynamodb.put_item(TableName="local", Item={"id": {"S": "one"}})
    queue = queues.create_queue(QueueName="work")["QueueUrl"]
    queues.send_message(QueueUrl=queue, MessageBody="x")
    machine = world.account().workflow(
        "waits", {"First": {"Type": "Wait", "Seconds": FOR_EVER, "End": True}}
    )
    states = world.client("stepfunctions")
    states.start_execution(stateMachineArn=machine)

    world.fault(HERE, destroyed=True)
    assert answer(dynamodb.list_tables) == "503 ServiceUnavailable"
    world.clear(HERE)

    assert dynamodb.scan(TableName="local")["Items"] == []
    assert "Messages" not in queues.receive_message(QueueUrl=queue)
    assert states.list_executions(stateMachineArn=machine)["executions"] == []


def test_a_fault_takes_the_place_of_the_last_and_clearing_twice_is_no_error(world: World) -> None:
    world.fault(HERE, errors=0.5, latency=100)
    world.fault(HERE, partition=True)
    assert world.page("GET", f"faults/{HERE}")["errors"] == 0.0

    world.fault(HERE, down=True)
    world.fault(HERE, down=True)
    world.clear(HERE)
    world.clear(HERE)

    assert world.page("GET", "faults") == {}
    assert answer(world.client("dynamodb").list_tables) == "200"


def test_a_fault_outlives_a_kill_and_is_shown_by_status(world: World) -> None:
    world.fault(HERE, down=True)

    world.kill()
    assert birth(world.pid) is None
    world.restart()

    assert answer(world.client("dynamodb").list_tables) == "503 ServiceUnavailable"
    assert list(process.status(world.home).document["faults"]) == [HERE]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([], "say what is wrong"),
        ({"errors": 2}, "errors is from 0 to 1"),
        ({"dwon": True}, "'dwon' is no fault"),
    ],
)
def test_what_is_no_fault_is_refused_and_changes_nothing(
    world: World, said: object, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        world.page("PUT", f"faults/{HERE}", said)

    assert world.page("GET", "faults") == {}


def test_where_no_fault_can_be_that_is_said(world: World) -> None:
    with pytest.raises(UsageError, match="'nowhere' is not the name of a Region"):
        world.page("PUT", "faults/nowhere", {"down": True})
    with pytest.raises(UsageError, match="GET, PUT or DELETE"):
        world.page("PATCH", f"faults/{HERE}")
