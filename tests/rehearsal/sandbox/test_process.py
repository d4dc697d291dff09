"""The sandbox's life: started once, stopped with its state, killed, emptied."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.errors import Failed, UsageError
from scripts.sandbox import daemons, process
from scripts.sandbox.record import Record, birth
from scripts.sandbox.server import QUIET_SECONDS
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.stacks import Account, output, parameter, template


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    process.stop(tmp_path / "home")


def kill(running: process.Running) -> None:
    os.kill(running.pid, signal.SIGKILL)
    while birth(running.pid) is not None:
        time.sleep(0.01)


def test_state_survives_a_stop(home: Path) -> None:
    running = process.start(home, free_port())
    account = Account(Sandbox(home, running.url))
    child = template({"Value": parameter("one")}, Outputs={"Name": output("x", "shared")})
    policy = {"Statement": [], "Version": "2012-10-17"}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}}
    body = template({"Child": account.child(child), "Role": role})
    account.create("root", body)
    newer = template({"Child": body["Resources"]["Child"], "Role": role, "More": parameter("two")})
    pending = account.change_set("root", newer)

    def seen() -> list[Any]:
        return [
            account.cfn.describe_stacks(StackName="root")["Stacks"],
            account.nested("root", "Child"),
            account.cfn.list_exports()["Exports"],
            account.cfn.describe_stack_events(StackName="root")["StackEvents"],
            account.described(pending["ChangeSetId"])["Changes"],
            account.client("iam").list_roles()["Roles"],
            account.s3.list_objects_v2(Bucket=account.bucket)["Contents"],
            account.parameters(),
        ]

    before = seen()
    assert process.stop(home) is True
    assert process.stop(home) is False
    again = process.start(home)
    assert (again.port, again.lost) == (running.port, False)
    assert seen() == before
    assert account.execute(pending)["StackStatus"] == "UPDATE_COMPLETE"


def test_what_was_saved_survives_a_kill(home: Path) -> None:
    running = process.start(home, free_port())
    account = Account(Sandbox(home, running.url))
    account.create("kept", template({"Value": parameter("one")}))
    current = home / "state" / "current"
    deadline = time.monotonic() + 5 * QUIET_SECONDS
    while "kept" not in _saved_stacks(current):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    account.create("lost", template({"Value": parameter("two")}))
    kill(running)
    # A kill in the middle of a save leaves a generation that never became the newest.
    torn = home / "state" / "generation-999" / "ministack"
    torn.mkdir(parents=True)
    (torn / "cloudformation.json").write_text('{"__ministack', encoding="utf-8")

    again = process.start(home)
    assert again.lost is True
    assert account.live() == ["kept"]
    assert process.stop(home) is True
    assert process.start(home).lost is False
    assert account.live() == ["kept"]


def _saved_stacks(current: Path) -> str:
    if not current.exists():
        return ""
    name = current.read_text(encoding="utf-8").strip()
    saved = current.parent / name / "ministack" / "cloudformation.json"
    return saved.read_text(encoding="utf-8") if saved.exists() else ""


def test_an_interrupted_operation_does_not_run_for_ever(home: Path) -> None:
    running = process.start(home, free_port())
    account = Account(Sandbox(home, running.url))
    account.create("s", template({"Value": parameter("one")}))
    process.stop(home)
    current = home / "state" / "current"
    saved = home / "state" / current.read_text(encoding="utf-8") / "ministack/cloudformation.json"
    text = saved.read_text(encoding="utf-8").replace(
        '"StackStatus": "CREATE_COMPLETE"', '"StackStatus": "UPDATE_IN_PROGRESS"'
    )
    saved.write_text(text, encoding="utf-8")
    process.start(home)
    (stack,) = account.cfn.describe_stacks(StackName="s")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_FAILED"
    assert "sandbox was stopped" in stack["StackStatusReason"]


def test_a_second_start_finds_the_first(home: Path) -> None:
    first = process.start(home, free_port())
    second = process.start(home)
    assert (second.pid, second.already) == (first.pid, True)
    with pytest.raises(UsageError, match=f"already serves port {first.port}, not 1234"):
        process.start(home, 1234)


def test_starts_at_once_make_one_sandbox(home: Path) -> None:
    port = free_port()
    started: list[process.Running] = []
    threads = [
        threading.Thread(target=lambda: started.append(process.start(home, port))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({running.pid for running in started}) == 1
    assert sorted(running.already for running in started) == [False, True, True, True]


def test_a_taken_port_is_named(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError) as refused:
            process.start(home, port)
    assert f"cannot serve port {port} of 127.0.0.1" in refused.value.message
    assert "--port" in refused.value.fix
    assert process.status(home).running is None


def test_a_recycled_process_id_is_not_trusted(home: Path) -> None:
    home.mkdir()
    Record(4599, os.getpid(), "another birth").write(home)
    assert process.status(home).running is None
    assert process.stop(home) is False
    assert process.start(home, free_port()).lost is True


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"port": "x", "pid": 1, "born": ""}'])
def test_a_torn_record_is_no_record(home: Path, torn: str) -> None:
    home.mkdir()
    (home / "running.json").write_text(torn, encoding="utf-8")
    assert process.status(home).running is None


def test_an_interrupted_start_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records: list[Record] = []

    def interrupted(*_: object) -> dict[str, Any]:
        if record := Record.read(home):
            records.append(record)
            raise KeyboardInterrupt
        return {}

    monkeypatch.setattr(daemons, "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        process.start(home, free_port())
    monkeypatch.undo()
    assert not records[0].alive
    assert process.start(home, free_port()).lost is False


def test_a_stop_that_cannot_save_says_so(home: Path) -> None:
    running = process.start(home, free_port())
    Account(Sandbox(home, running.url)).create("s", template({"Value": parameter("one")}))
    shutil.rmtree(home / "state")
    (home / "state").write_text("no directory any more", encoding="utf-8")
    with pytest.raises(Failed, match="could not save its state"):
        process.stop(home)
    (home / "state").unlink()
    assert process.start(home).lost is True


@pytest.mark.parametrize("stopped", [True, False])
def test_reset_empties_it(home: Path, stopped: bool) -> None:
    running = process.start(home, free_port())
    account = Account(Sandbox(home, running.url))
    account.create("root", template({"Child": account.child(template({"V": parameter("1")}))}))
    if stopped:
        process.stop(home)
    process.reset(home)
    process.start(home)
    assert account.live() == []
    assert account.s3.list_buckets()["Buckets"] == []
    process.stop(home)
    process.start(home)
    assert account.live() == []


def test_one_that_starts_on_a_fast_clock_keeps_its_pauses_short(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = home.parent / "turns"
    (home.parent / "sitecustomize.py").write_text(
        "import sys\n"
        "set_turn = sys.setswitchinterval\n"
        "def told(seconds):\n"
        "    set_turn(seconds)\n"
        f"    open({str(turns)!r}, 'w').write(str(seconds))\n"
        "sys.setswitchinterval = told\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(home.parent))
    running = process.start(home, free_port())
    slow = turns.read_text()
    Sandbox(home, running.url).page("PUT", "clock", {"speed": 60})
    fast = turns.read_text()
    process.stop(home)
    turns.unlink()

    process.start(home)

    assert turns.read_text() == fast != slow


def test_a_start_that_fails_shows_its_cause(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = home.parent / "sitecustomize.py"
    broken.write_text(
        "import ministack.services.cloudformation.helpers as helpers\n"
        "del helpers._resolve_document\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    with pytest.raises(Failed) as failed:
        process.start(home, free_port())
    assert "helpers._resolve_document" in failed.value.message
    assert "1.5.33 is expected" in failed.value.message
    assert "sandbox.log" in failed.value.fix
    assert process.status(home).running is None


def test_status_tells_what_it_holds_and_lacks(sandbox: Sandbox, account: Account) -> None:
    account.create("s", template({"Value": parameter("one")}))
    document = process.status(sandbox.home).document
    assert document["stacks"][f"{account.number}/eu-west-1"] == {"CREATE_COMPLETE": 1}
    assert "AWS::SSM::Parameter" in document["resource_types"]["native"]
    assert {"area", "difference"} == set(document["limits"][0])
    assert document["unsaved_services"] == []


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("redshift", "describe_clusters", {}),
        ("personalize", "list_recipes", {}),
        ("shield", "describe_subscription", {}),
        ("fis", "list_experiments", {}),
        ("glacier", "list_vaults", {"accountId": "-"}),
    ],
)
def test_a_service_that_is_not_there_says_so(
    account: Account, service: str, call: str, arguments: dict[str, str]
) -> None:
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as refused:
        getattr(account.client(service), call)(**arguments)
    error = refused.value.response["Error"]
    assert error["Code"] == "SandboxDoesNotImplement"
    assert "The sandbox does not have" in error["Message"]


def test_the_users_credentials_stay_out(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "AUTH"):
        monkeypatch.setenv(name, "hush")
    running = process.start(home, free_port())
    assert b"hush" not in Path(f"/proc/{running.pid}/environ").read_bytes()


FUNCTION = """
import json, subprocess, urllib.request
def handler(event, context):
    subprocess.Popen(["sleep", "600"])
    body = json.dumps({
        "Status": "SUCCESS", "PhysicalResourceId": "made", "StackId": event["StackId"],
        "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Answer": "42"},
    }).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, method="PUT"))
"""


@pytest.mark.parametrize("then", [process.start, process.stop, process.reset])
@pytest.mark.parametrize("killed", [False, True])
def test_a_custom_resource_answers_and_nothing_outlives_the_sandbox(
    home: Path, killed: bool, then: Callable[[Path], object]
) -> None:
    running = process.start(home, free_port())
    account = Account(Sandbox(home, running.url))
    trust = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}
    child = template(
        {
            "Role": {"Type": "AWS::IAM::Role", "Properties": trust},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": FUNCTION},
                },
            },
            "Custom": {
                "Type": "Custom::Answer",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
                    "ServiceTimeout": "20",
                },
            },
        },
        Outputs={"Answer": output({"Fn::GetAtt": ["Custom", "Answer"]})},
    )
    root = account.create("root", template({"Child": account.child(child)}))
    assert root["StackStatus"] == "CREATE_COMPLETE", account.reasons("root", "Child")
    assert account.nested("root", "Child")["Outputs"][0]["OutputValue"] == "42"
    assert len(_members_of_group(running.pid)) > 2
    unpacked = list((home / "scratch").iterdir())
    assert unpacked
    if killed:
        kill(running)
    else:
        process.stop(home)
    then(home)
    assert then is process.stop or not any(path.exists() for path in unpacked)
    deadline = time.monotonic() + 5
    while _members_of_group(running.pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _members_of_group(group: int) -> list[int]:
    members = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if stat[0] != "Z" and int(stat[2]) == group:
                members.append(int(entry.name))
    return members


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is told in /proc")
def test_a_call_that_nobody_answers_is_refused_without_looking_far(home: Path) -> None:
    """To know whether a service is one of AWS's, ministack reads the models of all: for seconds, for good."""
    running = process.start(home, free_port())
    before = held(running)

    with pytest.raises(ClientError, match="The sandbox does not have glacier"):
        Sandbox(home, running.url).client("glacier").list_vaults()

    assert held(running) < before + 50


def held(running: process.Running) -> int:
    """Megabytes."""
    told = Path(f"/proc/{running.pid}/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0]) // 1024
