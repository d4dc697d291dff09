"""`tradewind load-test` on AWS, against answers that botocore's models accept."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY

from generator.load_test_plan import plan_bundle
from scripts import cli
from tests.functional.stubbed import StubbedSession

Captured = pytest.CaptureFixture[str]
PARAMS = Path(__file__).parents[3] / "params"
ACCOUNT = "111111111111"
REGION = "us-east-1"
PROJECT = f"tradewind-dev-load-test-{REGION}"
SHA512 = "ab" * 64
RUN = "20261127T060000Z-ab12"
BATCH = f"{PROJECT}:11111111-2222-3333-4444-555555555555"
HEADER = "timeStamp,elapsed,label,responseCode,success,failureMessage,allThreads\n"

VARIABLES = {
    "TARGET": "https://shop.example.com",
    "PLAN": f"s3://artifacts/{plan_bundle().key}",
    "JMETER": "s3://artifacts/load-test/jmeter.tgz",
    "RESULTS": "s3://exports/load-tests/",
    "METRICS_NAMESPACE": "Tradewind/LoadTest",
    "PROJECT": PROJECT,
    "USERS": "250",
    "RAMP_SECONDS": "600",
    "PEAK_SECONDS": "1800",
    "DECAY_SECONDS": "300",
}


def listed(variables: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
    ]


def environment(**variables: str) -> dict[str, Any]:
    return {
        "type": "ARM_CONTAINER",
        "image": "an-image",
        "computeType": "BUILD_GENERAL1_LARGE",
        "environmentVariables": listed({**VARIABLES, **variables}),
    }


class Account:
    """AWS as a test tells it, and what the command said of it."""

    def __init__(self, project: Path, captured: Captured) -> None:
        self.session, self.project, self.captured = StubbedSession(), project, captured
        self.variables = dict(VARIABLES)
        self.cloudformation, self.codebuild, self.s3, self.cloudwatch = (
            self.session.stub(service, REGION)
            for service in ("cloudformation", "codebuild", "s3", "cloudwatch")
        )

    def run(self, *words: str, environment: str = "dev") -> int:
        code = cli.main(["--project", str(self.project), "load-test", environment, *words])
        self.session.assert_all_asked()
        return code

    def said(self) -> tuple[str, str]:
        captured = self.captured.readouterr()
        return captured.out, captured.err

    def knows_us(self) -> None:
        self.session.stub("sts").add_response(
            "get_caller_identity",
            {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/u", "UserId": "u"},
        )

    def stands(self, *, output: str = PROJECT, name: str = "dev") -> None:
        """The stack and its project."""
        self.knows_us()
        self.cloudformation.add_response(
            "describe_stacks",
            {
                "Stacks": [
                    {
                        "StackId": "arn",
                        "StackName": f"tradewind-{name}-load-test",
                        "StackStatus": "CREATE_COMPLETE",
                        "CreationTime": datetime(2026, 11, 1, tzinfo=UTC),
                        "Outputs": [{"OutputKey": "LoadTestProject", "OutputValue": output}],
                    }
                ]
            },
            {"StackName": f"tradewind-{name}-load-test"},
        )
        if output:
            self.codebuild.add_response(
                "batch_get_projects",
                {
                    "projects": [
                        {
                            "name": PROJECT,
                            "timeoutInMinutes": 180,
                            "environment": environment(**self.variables),
                            "buildBatchConfig": {"restrictions": {"maximumBuildsAllowed": 3}},
                        }
                    ]
                },
                {"names": [PROJECT]},
            )

    def earlier(self, *batches: dict[str, Any]) -> None:
        """The runs there were."""
        self.codebuild.add_response(
            "list_build_batches_for_project",
            {"ids": [one["id"] for one in batches]},
            {"projectName": PROJECT, "sortOrder": "DESCENDING"},
        )
        if batches:
            self.looks(batches[0])

    def jmeter(self, sha512: str = SHA512) -> None:
        self.s3.add_response(
            "head_object",
            {"ContentLength": 9, "Metadata": {"sha512": sha512, "name": "apache-jmeter-5.6.3"}},
            {"Bucket": "artifacts", "Key": "load-test/jmeter.tgz"},
        )

    def starts(self, **expected: str) -> None:
        variables = {
            "USERS": "250",
            "RAMP_SECONDS": "600",
            "PEAK_SECONDS": "1800",
            "DECAY_SECONDS": "300",
            **expected,
            "JMETER_SHA512": SHA512,
            "JMETER_NAME": "apache-jmeter-5.6.3",
            "RUN": RUN,
        }
        self.codebuild.add_response(
            "start_build_batch",
            {"buildBatch": {"id": BATCH}},
            {
                "projectName": PROJECT,
                "idempotencyToken": RUN,
                "environmentVariablesOverride": listed(variables),
            },
        )

    def looks(self, batch: dict[str, Any], **builds: str) -> None:
        """One look at a batch and at its builds."""
        self.codebuild.add_response(
            "batch_get_build_batches", {"buildBatches": [batch]}, {"ids": [batch["id"]]}
        )
        groups = [group["identifier"] for group in batch.get("buildGroups", ())]
        if groups:
            self.codebuild.add_response(
                "batch_get_builds",
                {
                    "builds": [
                        {
                            "id": f"{PROJECT}:{part}",
                            "buildStatus": builds.get(part, "SUCCEEDED"),
                            "currentPhase": "BUILD"
                            if builds.get(part) == "IN_PROGRESS"
                            else "COMPLETED",
                            "logs": {"deepLink": f"https://logs.example.com/{part}"},
                        }
                        for part in groups
                    ]
                },
                {"ids": [f"{PROJECT}:{part}" for part in groups]},
            )

    def publishes(self, requests: float = 6000, errors: float = 6, average: float = 85) -> None:
        at = [datetime(1970, 1, 12, 13, 46, tzinfo=UTC)]
        values = {"requests": requests, "errors": errors, "time": average}
        self.cloudwatch.add_response(
            "get_metric_data",
            {
                "MetricDataResults": [
                    {"Id": id, "Timestamps": at, "Values": [value]} for id, value in values.items()
                ]
            },
            {
                "StartTime": ANY,
                "EndTime": ANY,
                "ScanBy": "TimestampDescending",
                "MetricDataQueries": ANY,
            },
        )

    def leaves(self, **parts: bytes) -> None:
        """What the generators put into the bucket."""
        keys = {f"load-tests/{RUN}/{part}.jtl.gz": body for part, body in parts.items()}
        others = [{"Key": f"load-tests/{RUN}/report/index.html", "Size": 3}]
        self.s3.add_response(
            "list_objects_v2",
            {
                "Contents": [
                    *({"Key": key, "Size": len(body)} for key, body in keys.items()),
                    *others,
                ]
            },
            {"Bucket": "exports", "Prefix": f"load-tests/{RUN}/"},
        )
        for key, body in keys.items():
            self.s3.add_response(
                "get_object",
                {"Body": StreamingBody(io.BytesIO(body), len(body))},
                {"Bucket": "exports", "Key": key},
            )

    def report(self) -> dict[str, Any]:
        path = self.project / ".tradewind" / "load-tests" / RUN / "report.json"
        said: dict[str, Any] = json.loads(path.read_text())
        return said


def batch(status: str, *parts: str, **variables: str) -> dict[str, Any]:
    return {
        "id": BATCH,
        "buildBatchStatus": status,
        "currentPhase": "IN_PROGRESS",
        "environment": environment(
            RUN=RUN, JMETER_NAME="apache-jmeter-5.6.3", JMETER_SHA512=SHA512, **variables
        ),
        "buildGroups": [
            {
                "identifier": part,
                "currentBuildSummary": {
                    "arn": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/{PROJECT}:{part}",
                    "buildStatus": "IN_PROGRESS",
                },
            }
            for part in parts
        ],
    }


ALL = ("generator_1", "generator_2", "report")


def jtl(
    lines: Iterable[str] = (), *, elapsed: int = 40, count: int = 100, ok: str = "true"
) -> bytes:
    made = [f"{1795434788000 + 10 * n},{elapsed},Home,200,{ok},,5\n" for n in range(count)]
    return gzip.compress((HEADER + "".join([*made, *lines])).encode())


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured) -> Account:
    shutil.copytree(PARAMS, tmp_path / "params")
    made = Account(tmp_path, capsys)
    monkeypatch.delenv("TRADEWIND_SANDBOX", raising=False)
    monkeypatch.setattr(cli, "_on_aws", lambda _: lambda _: made.session.aws())
    monkeypatch.setattr("scripts.terminal.PACE", 0.0)
    monkeypatch.setattr("scripts.load_test.launch.new_run", lambda _: RUN)
    return made


def test_a_run_is_started_followed_and_reported(account: Account) -> None:
    account.stands()
    account.earlier()
    account.jmeter()
    account.starts(USERS="500", PEAK_SECONDS="60")
    account.looks(batch("IN_PROGRESS", *ALL), generator_1="IN_PROGRESS", generator_2="IN_PROGRESS")
    account.publishes()
    account.looks(batch("SUCCEEDED", *ALL, USERS="500", PEAK_SECONDS="60"))
    account.publishes()
    account.leaves(generator_1=jtl(), generator_2=jtl())

    assert account.run("--users", "500", "--peak", "60", "--yes") == 0

    out, err = account.said()
    assert "The shop held." in out
    assert "2 BUILD, 1 COMPLETED; 100 requests/s, 0.1 % failed, 85 ms on average (13:46 UTC)" in err
    report = account.report()
    assert report["figures"]["requests"] == 200
    assert report["ran"]["users"] == 500
    assert report["ran"]["where"] == f"on CodeBuild in {REGION}"
    assert report["ran"]["jmeter"] == f"apache-jmeter-5.6.3 {SHA512[:16]}"
    assert max(moment["users"] for moment in report["course"]) == 10


def test_a_shop_that_did_not_hold_fails_the_command(account: Account) -> None:
    account.stands()
    account.earlier(batch("SUCCEEDED", *ALL))
    account.looks(batch("SUCCEEDED", *ALL))
    account.publishes()
    account.leaves(generator_1=jtl(), generator_2=jtl(ok="false", count=5))

    assert account.run("--follow", "--json") == 1

    out, _ = account.said()
    assert json.loads(out)["verdict"]["outcome"] == "missed"


def test_a_generator_that_failed_is_reported_with_what_it_brought(account: Account) -> None:
    account.stands()
    failed = batch("FAILED", "generator_1", "generator_2")
    account.earlier(failed)
    account.looks(failed, generator_2="FAILED")
    account.publishes()
    account.leaves(generator_1=jtl(), generator_2=jtl(["17954347"], count=7))

    assert account.run("--follow") == 1

    out, err = account.said()
    assert (
        "generator_2 ended as FAILED: what it brought is counted (https://logs.example.com" in err
    )
    assert "not known" in out
    report = account.report()
    assert report["figures"]["requests"] == 107
    assert report["figures"]["unreadable_lines"] == 1


def test_results_that_are_cut_off_are_counted_as_far_as_they_go(account: Account) -> None:
    account.stands()
    account.earlier(batch("SUCCEEDED", *ALL))
    account.looks(batch("SUCCEEDED", *ALL))
    account.publishes()
    account.leaves(generator_1=jtl(), generator_2=jtl(count=50_000)[:-3000])

    assert account.run("--follow") == 1

    _, err = account.said()
    assert "generator_2.jtl.gz could be read in part only" in err
    assert account.report()["figures"]["requests"] > 100


def test_a_batch_whose_generators_never_began_says_so(account: Account) -> None:
    account.stands()
    account.earlier(batch("FAULT"))
    account.looks(batch("FAULT"))
    account.publishes()
    account.leaves()

    assert account.run("--follow") == 1

    _, err = account.said()
    assert "0 of 2 generators began; the batch ended as FAULT" in err


def test_what_an_earlier_try_fetched_is_not_fetched_again(account: Account) -> None:
    account.stands()
    account.earlier(batch("SUCCEEDED", *ALL))
    account.looks(batch("SUCCEEDED", *ALL))
    account.publishes()
    body = jtl()
    directory = account.project / ".tradewind" / "load-tests" / RUN
    directory.mkdir(parents=True)
    (directory / "generator_1.jtl.gz").write_bytes(body)
    (directory / "generator_2.jtl.gz").write_bytes(body)
    keys = [f"load-tests/{RUN}/generator_{number}.jtl.gz" for number in (1, 2)]
    account.s3.add_response(
        "list_objects_v2", {"Contents": [{"Key": key, "Size": len(body)} for key in keys]}
    )

    assert account.run("--follow") == 0


def test_looks_that_fail_do_not_end_the_following(account: Account) -> None:
    account.stands()
    account.earlier(batch("IN_PROGRESS"))
    for _ in range(5):
        account.codebuild.add_client_error("batch_get_build_batches", "InternalFailure", "later")
    account.looks(batch("IN_PROGRESS"))
    account.publishes()
    account.codebuild.add_client_error("batch_get_build_batches", "InternalFailure", "again")
    account.looks(batch("SUCCEEDED", *ALL))
    account.cloudwatch.add_client_error("get_metric_data", "AccessDenied", "no")
    account.leaves(generator_1=jtl(), generator_2=jtl())

    assert account.run("--follow") == 0


def test_aws_that_no_longer_answers_leaves_the_run_to_itself(account: Account) -> None:
    account.stands()
    account.earlier(batch("IN_PROGRESS"))
    for _ in range(6):
        account.codebuild.add_client_error("batch_get_build_batches", "InternalFailure", "later")

    assert account.run("--follow") == 1

    _, err = account.said()
    assert "cannot be followed" in err
    assert "It goes on." in err


def test_ctrl_c_stops_following_and_says_how_to_stop_the_load(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.stands()
    account.earlier(batch("IN_PROGRESS"))
    account.looks(batch("IN_PROGRESS"))
    account.publishes()

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.functional.stubbed.StillClock.sleep", interrupted)

    assert account.run("--follow") == 130

    _, err = account.said()
    assert "tradewind load-test dev --stop" in err


def test_nothing_is_started_beside_a_run_that_is_under_way(account: Account) -> None:
    account.stands()
    account.earlier(batch("IN_PROGRESS"))

    assert account.run("--yes") == 3
    assert RUN in account.said()[1]


def test_a_run_is_stopped(account: Account) -> None:
    account.stands()
    account.earlier(batch("IN_PROGRESS"))
    account.codebuild.add_response("stop_build_batch", {}, {"id": BATCH})

    assert account.run("--stop", "--json") == 0
    assert json.loads(account.said()[0]) == {"stopped": RUN}


def test_a_run_that_has_ended_meanwhile_is_no_error(account: Account) -> None:
    account.stands()
    account.earlier(batch("IN_PROGRESS"))
    account.codebuild.add_client_error(
        "stop_build_batch", "InvalidInputException", "not in progress"
    )
    account.looks(batch("SUCCEEDED"))

    assert account.run("--stop") == 0


def test_where_nothing_runs_there_is_nothing_to_stop(account: Account) -> None:
    account.stands()
    account.earlier(batch("SUCCEEDED"))

    assert account.run("--stop") == 0
    assert "No run is under way." in account.said()[1]


def test_without_the_stack_it_says_how_to_deploy_it(account: Account) -> None:
    account.knows_us()
    account.cloudformation.add_client_error(
        "describe_stacks", "ValidationError", "Stack with id x does not exist"
    )

    assert account.run("--yes") == 2
    assert "tradewind deploy dev --root load-test" in account.said()[1]


def test_a_region_without_codebuild_is_said_to_be_one(account: Account) -> None:
    account.stands(output="")

    assert account.run("--yes") == 2
    assert "has no CodeBuild" in account.said()[1]


def test_without_jmeter_it_says_how_to_bring_it(account: Account) -> None:
    account.stands()
    account.earlier()
    account.s3.add_client_error("head_object", "404", "Not Found")

    assert account.run("--yes") == 2
    assert "tradewind load-test dev --jmeter" in account.said()[1]


def test_a_plan_that_is_not_the_one_deployed_is_said_to_be_so(account: Account) -> None:
    account.variables["PLAN"] = f"s3://artifacts/releases/{'0' * 16}/load-test.zip"
    account.stands()
    account.earlier()
    account.jmeter()

    assert account.run("--approve", "0" * 16) == 3
    assert "tradewind deploy dev --root load-test" in account.said()[1]


def test_a_run_longer_than_a_build_may_take_is_refused(account: Account) -> None:
    account.stands()
    account.earlier()

    assert account.run("--peak", "7200", "--ramp", "7200", "--yes") == 2
    assert "180 min" in account.said()[1]


def test_what_nobody_approved_is_not_started(account: Account) -> None:
    account.stands()
    account.earlier()
    account.jmeter()

    assert account.run("--approve", "0" * 16) == 3
    assert "was not approved" in account.said()[1]


def test_the_hash_that_was_shown_approves_that_run_and_no_other(account: Account) -> None:
    account.stands()
    account.earlier()
    account.jmeter()
    assert account.run("--users", "7") == 3  # nobody is there to be asked
    hash = account.said()[1].partition("plan ")[2][:16]

    account.stands()
    account.earlier()
    account.jmeter()
    assert account.run("--users", "8", "--approve", hash) == 3

    account.stands()
    account.earlier()
    account.jmeter()
    account.starts(USERS="7")
    account.looks(batch("SUCCEEDED", *ALL))
    account.publishes()
    account.leaves(generator_1=jtl(), generator_2=jtl())
    assert account.run("--users", "7", "--approve", hash) == 0


def test_production_is_not_loaded_on_a_yes(capsys: Captured, tmp_path: Path) -> None:
    shutil.copytree(PARAMS, tmp_path / "params")

    assert cli.main(["--project", str(tmp_path), "load-test", "prod", "--yes"]) == 3
    assert "--yes is not accepted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--stop", "--follow"],
        ["--target", "http://127.0.0.1:1"],
        ["--sandbox", "--follow"],
        ["--sandbox", "--stop"],
        ["--sandbox", "--target", "https://shop.example.com"],
        ["--users", "0"],
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PARAMS, tmp_path / "params")
    monkeypatch.delenv("TRADEWIND_SANDBOX", raising=False)
    monkeypatch.setattr(cli, "_on_aws", lambda _: pytest.fail)

    assert cli.main(["--project", str(tmp_path), "load-test", "dev", *words]) == 2


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "apache-jmeter-5.6.3.tgz"
    with tarfile.open(path, "w:gz") as made:
        for name in ("bin/jmeter", "bin/ApacheJMeter.jar", "lib/ext/ApacheJMeter_http.jar"):
            made.addfile(tarfile.TarInfo(f"apache-jmeter-5.6.3/{name}"), io.BytesIO())
    return path


def test_jmeter_is_brought_with_its_digest_and_starts_nothing(
    account: Account, archive: Path
) -> None:
    sha512 = hashlib.sha512(archive.read_bytes()).hexdigest()
    account.stands()
    account.s3.add_client_error("head_object", "404", "Not Found")
    account.s3.add_response(
        "put_object",
        {},
        {
            "Bucket": "artifacts",
            "Key": "load-test/jmeter.tgz",
            "Body": ANY,
            "Metadata": {"sha512": sha512, "name": "apache-jmeter-5.6.3"},
        },
    )
    account.jmeter(sha512)

    assert account.run("--jmeter", str(archive)) == 0

    _, err = account.said()
    assert sha512 in err
    assert "compare that with what Apache publishes" in err


def test_jmeter_that_lies_there_already_is_not_sent_again(account: Account, archive: Path) -> None:
    account.stands()
    account.jmeter(hashlib.sha512(archive.read_bytes()).hexdigest())

    assert account.run("--jmeter", str(archive)) == 0


def test_jmeter_that_did_not_arrive_is_said_so(account: Account, archive: Path) -> None:
    account.stands()
    account.s3.add_client_error("head_object", "404", "Not Found")
    account.s3.add_response("put_object", {})
    account.jmeter(SHA512)

    assert account.run("--jmeter", str(archive)) == 1
    assert "did not arrive" in account.said()[1]
