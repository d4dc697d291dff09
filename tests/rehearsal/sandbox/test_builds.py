"""Builds really run: what a buildspec says is done, in AWS's order, seen in AWS's words."""

from __future__ import annotations

import io
import json
import os
import signal
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox import process
from scripts.sandbox.record import birth
from scripts.sandbox.snapshots import Snapshots
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.json_shapes import checking_json
from tests.rehearsal.sandbox.pipelines import zipped
from tests.rehearsal.sandbox.running import until

REGION = "eu-west-1"
ROLE = "arn:aws:iam::111111111111:role/builder"
IMAGE = {
    "type": "LINUX_CONTAINER",
    "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "computeType": "BUILD_GENERAL1_SMALL",
}
GROUP = "/aws/codebuild/works"

Build = dict[str, Any]


def spec(*build: str, **more: Any) -> str:
    """A buildspec whose build phase has these commands; other parts by keyword."""
    phases = {"build": {"commands": list(build)}, **more.pop("phases", {})}
    document = {"version": "0.2", "phases": phases, **more}
    return json.dumps(document)


@dataclass(frozen=True)
class Works:
    """A project in an account of a test's own."""

    sandbox: Sandbox
    account: str

    def client(self, service: str) -> Any:
        return self.sandbox.client(service, REGION, self.account)

    @property
    def codebuild(self) -> Any:
        return checking_json(self.client("codebuild"))

    @property
    def bucket(self) -> str:
        return f"works-{self.account}"

    def put(self, key: str, content: bytes) -> str:
        """An object; gives its location as a project has it."""
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        return f"{self.bucket}/{key}"

    def got(self, key: str) -> bytes:
        content: bytes = self.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return content

    def project(self, **said: Any) -> None:
        self.codebuild.create_project(
            **{
                "name": "works",
                "serviceRole": ROLE,
                "environment": IMAGE,
                "artifacts": {"type": "NO_ARTIFACTS"},
                **said,
            }
        )

    def started(self, **said: Any) -> str:
        found: str = self.codebuild.start_build(projectName="works", **said)["build"]["id"]
        return found

    def look(self, build: str) -> Build:
        (told,) = self.codebuild.batch_get_builds(ids=[build])["builds"]
        found: Build = told
        return found

    def built(self, **said: Any) -> Build:
        """A build at its end."""
        build = self.started(**said)
        found: Build = until(lambda: (told := self.look(build))["buildComplete"] and told)
        return found

    def log(self, build: Build | str) -> list[str]:
        """What a build said."""
        identifier = build if isinstance(build, str) else build["id"]
        events = self.client("logs").get_log_events(
            logGroupName=GROUP, logStreamName=identifier.partition(":")[2], startFromHead=True
        )["events"]
        return [event["message"].rstrip("\n") for event in events]

    def said(self, build: Build) -> list[str]:
        """What its commands said."""
        return [line for line in self.log(build) if not line.startswith("[Container]")]


@pytest.fixture
def works(sandbox: Sandbox) -> Works:
    made = Works(sandbox, str(uuid.uuid4().int)[:12])
    made.client("s3").create_bucket(
        Bucket=made.bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return made


def inline(works: Works, buildspec: str, **said: Any) -> Build:
    """A build without a source, at its end."""
    works.project(source={"type": "NO_SOURCE", "buildspec": buildspec}, **said)
    return works.built()


def phases(build: Build) -> dict[str, str]:
    return {one["phaseType"]: one.get("phaseStatus", "") for one in build["phases"]}


def context(build: Build, phase: str) -> tuple[str, str]:
    (found,) = (one for one in build["phases"] if one["phaseType"] == phase)
    (said,) = found["contexts"]
    return said["statusCode"], said["message"]


def test_a_build_goes_through_every_phase_and_leaves_its_artifacts(works: Works) -> None:
    location = works.put(
        "sources/it.zip",
        zipped({"buildspec.yml": spec(
            "mkdir out && cp words.txt out/ && export WORDS=$(cat words.txt)",
            env={"exported-variables": ["WORDS", "NOT_SET"]},
            phases={
                "install": {"commands": ["PLAIN=kept", "cd ."]},
                "post_build": {"commands": ["echo $PLAIN $CODEBUILD_BUILD_SUCCEEDING"]},
            },
            artifacts={"files": ["**/*"], "base-directory": "out"},
        ), "words.txt": "hello"}),
    )  # fmt: skip
    works.project(
        source={"type": "S3", "location": location},
        artifacts={
            "type": "S3",
            "location": works.bucket,
            "path": "made",
            "name": "it.zip",
            "packaging": "ZIP",
        },
    )

    build = works.built()

    assert build["buildStatus"] == "SUCCEEDED"
    assert list(phases(build)) == [
        *("SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD"),
        *("BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED"),
    ]
    assert set(phases(build).values()) == {"SUCCEEDED"}
    assert build["exportedEnvironmentVariables"] == [{"name": "WORDS", "value": "hello"}]
    assert works.said(build) == ["kept 1"]
    made = zipfile.ZipFile(io.BytesIO(works.got("made/it.zip")))
    assert made.namelist() == ["words.txt"]
    assert build["artifacts"]["location"] == f"arn:aws:s3:::{works.bucket}/made/it.zip"


def test_its_log_can_be_read_while_it_runs(works: Works) -> None:
    works.project(source={"type": "NO_SOURCE", "buildspec": spec("echo begun", "sleep 600")})
    build = works.started()

    def begun() -> bool:
        try:
            return "begun" in works.log(build)
        except ClientError:
            return False

    until(begun)
    assert works.look(build)["buildStatus"] == "IN_PROGRESS"
    assert works.look(build)["currentPhase"] == "BUILD"
    works.codebuild.stop_build(id=build)


def test_a_build_that_fails_runs_post_build_all_the_same(works: Works) -> None:
    build = inline(
        works,
        spec(
            "echo before",
            "sh -c 'exit 7'",
            "echo never",
            phases={"post_build": {"commands": ["echo succeeding=$CODEBUILD_BUILD_SUCCEEDING"]}},
        ),
    )

    assert build["buildStatus"] == "FAILED"
    assert works.said(build) == ["before", "succeeding=0"]
    assert phases(build)["BUILD"] == "FAILED"
    assert phases(build)["POST_BUILD"] == "SUCCEEDED"
    assert context(build, "BUILD") == (
        "COMMAND_EXECUTION_ERROR",
        "Error while executing command: sh -c 'exit 7'. Reason: exit status 7",
    )


@pytest.mark.parametrize("phase", ["install", "pre_build"])
def test_what_fails_before_build_ends_it(works: Works, phase: str) -> None:
    build = inline(works, spec("echo never", phases={phase: {"commands": ["false"]}}))
    assert build["buildStatus"] == "FAILED"
    assert works.said(build) == []
    assert "BUILD" not in phases(build)
    assert list(phases(build))[-3:] == [phase.upper(), "FINALIZING", "COMPLETED"]


def test_on_failure_leads_on_or_to_the_end(works: Works) -> None:
    build = inline(
        works,
        spec(
            "echo on",
            phases={
                "pre_build": {"commands": ["false"], "on-failure": "CONTINUE"},
                "build": {"commands": ["echo on", "false"], "on-failure": "ABORT"},
                "post_build": {"commands": ["echo never"]},
            },
        ),
    )
    assert works.said(build) == ["on"]
    assert phases(build)["PRE_BUILD"] == phases(build)["BUILD"] == "FAILED"
    assert "POST_BUILD" not in phases(build)


def test_what_stands_under_finally_runs_after_a_failure_too(works: Works) -> None:
    said = {"commands": ["exit 4", "echo never"], "finally": ["echo last"]}
    build = inline(works, spec(phases={"build": said}))
    assert works.said(build) == ["last"]
    assert "exit status 4" in context(build, "BUILD")[1]


def test_a_start_says_more_than_the_project_and_the_project_more_than_the_buildspec(
    works: Works,
) -> None:
    everywhere = dict.fromkeys(("ONE", "TWO", "THREE"), "buildspec")
    works.project(
        source={
            "type": "NO_SOURCE",
            "buildspec": spec("echo $ONE $TWO $THREE", env={"variables": everywhere}),
        },
        environment={
            **IMAGE,
            "environmentVariables": [
                {"name": name, "value": "project"} for name in ("TWO", "THREE")
            ],
        },
    )
    build = works.built(environmentVariablesOverride=[{"name": "THREE", "value": "start"}])
    assert works.said(build) == ["buildspec project start"]


def test_nothing_of_this_machines_own_reaches_a_build(works: Works) -> None:
    code = "import os, sys; print(sorted(os.environ)); print(sys.path[1:]); import botocore"
    build = inline(
        works, spec(f'python3 -u -c "{code}" || true', "echo ~; env | grep ^AWS_ | sort")
    )

    names, path, *rest = works.said(build)
    ours = [
        name for name in json.loads(names.replace("'", '"')) if not name.startswith("CODEBUILD")
    ]
    assert ours == [
        *("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED"),
        *("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "HOME", "LANG", "PATH"),
        *("PWD", "PYTHONNOUSERSITE", "PYTHONPYCACHEPREFIX", "TMPDIR"),
    ]
    assert "site-packages" not in path
    assert "No module named 'botocore'" in " ".join(rest)
    assert f"AWS_ACCESS_KEY_ID={works.account}" in rest
    assert f"AWS_ENDPOINT_URL={works.sandbox.endpoint}" in rest
    assert f"AWS_REGION={REGION}" in rest


def test_secrets_are_looked_up_and_not_told(works: Works) -> None:
    works.client("ssm").put_parameter(Name="/a/token", Value="tok-1234", Type="SecureString")
    works.client("secretsmanager").create_secret(
        Name="db", SecretString=json.dumps({"password": "pass-5678"})
    )
    works.project(
        source={
            "type": "NO_SOURCE",
            "buildspec": spec(
                'echo "$TOKEN and $PASSWORD" | tee told; wc -c < told',
                env={
                    "parameter-store": {"TOKEN": "/a/token"},
                    "exported-variables": ["TOKEN", "PASSWORD"],
                },
            ),
        },
        environment={
            **IMAGE,
            "environmentVariables": [
                {"name": "PASSWORD", "value": "db:password", "type": "SECRETS_MANAGER"}
            ],
        },
    )
    build = works.built()
    assert works.said(build) == ["*** and ***", "23"]
    assert build["exportedEnvironmentVariables"] == []


def test_a_secret_that_is_not_there_fails_the_download(works: Works) -> None:
    build = inline(works, spec("echo never", env={"parameter-store": {"TOKEN": "/none"}}))
    assert build["buildStatus"] == "FAILED"
    assert context(build, "DOWNLOAD_SOURCE") == (
        "Decrypted Variables Error",
        "parameter does not exist: /none",
    )


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ({"other.txt": "x"}, "YAML_FILE_ERROR", "no such file or directory"),
        ({"buildspec.yml": "version: 0.2\nproxy: {}"}, "YAML_FILE_ERROR", "does not do proxy"),
    ],
)
def test_a_buildspec_that_is_not_taken_fails_the_download(
    works: Works, source: dict[str, str], code: str, said: str
) -> None:
    works.project(source={"type": "S3", "location": works.put("it.zip", zipped(source))})
    build = works.built()
    assert context(build, "DOWNLOAD_SOURCE")[0] == code
    assert said in context(build, "DOWNLOAD_SOURCE")[1]


@pytest.mark.parametrize(
    ("key", "said"), [("none.zip", "NoSuchKey"), ("torn.zip", "the source is no zip")]
)
def test_a_source_that_cannot_be_had_fails_the_download(works: Works, key: str, said: str) -> None:
    works.put("torn.zip", b"torn")
    works.project(source={"type": "S3", "location": f"{works.bucket}/{key}"})
    build = works.built()
    assert (build["buildStatus"], context(build, "DOWNLOAD_SOURCE")[0]) == (
        "FAILED",
        "CLIENT_ERROR",
    )
    assert said in context(build, "DOWNLOAD_SOURCE")[1]


def test_secondary_sources_and_artifacts_go_by_their_names(works: Works) -> None:
    works.project(
        source={
            "type": "S3",
            "location": works.put("one.zip", zipped({"one.txt": "1"})),
            "buildspec": spec(
                'cat one.txt "$CODEBUILD_SRC_DIR_other/two.txt" > both.txt',
                artifacts={"secondary-artifacts": {"both": {"files": ["both.txt"]}}},
            ),
        },
        secondarySources=[
            {
                "type": "S3",
                "location": works.put("two.zip", zipped({"two.txt": "2"})),
                "sourceIdentifier": "other",
            }
        ],
        secondaryArtifacts=[
            {
                "type": "S3",
                "location": works.bucket,
                "name": "both",
                "artifactIdentifier": "both",
            }
        ],
    )
    build = works.built()
    assert build["buildStatus"] == "SUCCEEDED"
    assert works.got("both/both.txt") == b"12"
    assert [one["artifactIdentifier"] for one in build["secondaryArtifacts"]] == ["both"]


def test_artifacts_are_tried_after_a_failed_build_and_their_absence_is_said(works: Works) -> None:
    build = inline(
        works,
        spec("false", artifacts={"files": ["nothing"]}),
        artifacts={"type": "S3", "location": works.bucket},
    )
    assert context(build, "UPLOAD_ARTIFACTS") == (
        "CLIENT_ERROR",
        "no matching artifact paths found",
    )


def test_a_build_that_is_stopped_leaves_nothing_running(works: Works) -> None:
    works.project(source={"type": "NO_SOURCE", "buildspec": spec("echo $$; sleep 600")})
    build = works.started()

    def shell() -> int:
        try:
            return int(next((line for line in works.log(build) if line.isdecimal()), 0))
        except ClientError:
            return 0

    pid = until(shell)
    assert works.codebuild.stop_build(id=build)["build"]["buildStatus"] == "STOPPED"
    until(lambda: works.look(build)["buildComplete"])
    ended = works.look(build)
    assert (ended["buildStatus"], phases(ended)["BUILD"]) == ("STOPPED", "STOPPED")
    until(lambda: birth(pid) is None)


def test_a_failed_build_can_be_retried_and_a_good_one_cannot(works: Works) -> None:
    failed = inline(works, spec('[ "$CODEBUILD_BUILD_NUMBER" = 2 ]'))
    again = works.codebuild.retry_build(id=failed["id"])["build"]["id"]
    until(lambda: works.look(again)["buildComplete"])
    assert works.look(again)["buildStatus"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="InvalidInputException"):
        works.codebuild.retry_build(id=again)


def test_builds_are_listed_and_deleted(works: Works) -> None:
    first = inline(works, spec("true"))["id"]
    second = works.built()["id"]
    codebuild = works.codebuild
    assert codebuild.list_builds_for_project(projectName="works")["ids"] == [second, first]
    assert codebuild.list_builds(sortOrder="ASCENDING")["ids"] == [first, second]
    assert len(codebuild.batch_delete_builds(ids=[first])["buildsDeleted"]) == 1
    told = codebuild.batch_get_builds(ids=[first, second])
    assert told["buildsNotFound"] == [first]


def test_a_project_is_changed_and_told(works: Works) -> None:
    works.project(source={"type": "NO_SOURCE", "buildspec": spec("true")}, description="one")
    changed = works.codebuild.update_project(name="works", description="two", timeoutInMinutes=7)
    assert (changed["project"]["description"], changed["project"]["timeoutInMinutes"]) == ("two", 7)
    told = works.codebuild.batch_get_projects(names=["works", "none"])
    assert told["projects"] == [changed["project"]]
    assert told["projectsNotFound"] == ["none"]
    assert works.codebuild.list_projects()["projects"] == ["works"]
    works.codebuild.delete_project(name="works")
    assert works.codebuild.list_projects()["projects"] == []


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"source": {"type": "NO_SOURCE"}}, "buildspec is required"),
        ({"source": {"type": "GITHUB", "location": "x"}}, "not GITHUB"),
        (
            {"source": {"type": "CODEPIPELINE", "buildspec": "x"}},
            "both sourceType, and artifactType must be set to: CODEPIPELINE",
        ),
        ({"serviceRole": "builder"}, "Invalid service role"),
        ({"timeoutInMinutes": 3}, "greater than or equal to 5"),
        ({"environment": {**IMAGE, "type": "PAPER"}}, "enum value set"),
    ],
)
def test_a_project_that_aws_would_not_take_is_refused(
    works: Works, said: dict[str, Any], error: str
) -> None:
    import boto3
    from botocore.config import Config

    asked = {"source": {"type": "NO_SOURCE", "buildspec": spec("true")}, **said}
    unchecked = boto3.client(
        "codebuild",
        region_name=REGION,
        endpoint_url=works.sandbox.endpoint,
        aws_access_key_id=works.account,
        aws_secret_access_key="none",
        config=Config(parameter_validation=False),
    )
    with pytest.raises(ClientError, match=error) as refused:
        unchecked.create_project(
            **{
                "name": "works",
                "serviceRole": ROLE,
                "environment": IMAGE,
                "artifacts": {"type": "NO_ARTIFACTS"},
                **asked,
            }
        )
    assert refused.value.response["Error"]["Code"] == "InvalidInputException"


def test_what_is_not_done_is_refused_by_name(works: Works) -> None:
    with pytest.raises(ClientError, match=r"SandboxDoesNotImplement.*StartBuildBatch"):
        works.client("codebuild").start_build_batch(projectName="works")


def test_a_killed_sandbox_leaves_no_build_running_and_says_so(tmp_path: Path) -> None:
    home = tmp_path / "sandbox"
    running = process.start(home, free_port())
    works = Works(Sandbox(home, running.url), "222222222222")
    try:
        works.project(
            source={
                "type": "NO_SOURCE",
                "buildspec": spec("echo $$ > pid; mv pid there; sleep 600"),
            }
        )
        build = works.started()
        (there,) = until(lambda: list((home / "builds").glob("scratch/*/src/there")))
        pid = int(there.read_text())
        until(lambda: _saved(home, build))
        os.kill(running.pid, signal.SIGKILL)
        until(lambda: birth(running.pid) is None)
        assert birth(pid) is not None

        process.start(home)

        until(lambda: birth(pid) is None)
        told = works.look(build)
        assert told["buildStatus"] == "FAULT"
        assert told["buildComplete"] is True
        assert any(
            "ended while this build was running" in one["message"]
            for phase in told["phases"]
            for one in phase.get("contexts", ())
        )
        assert not (home / "builds/scratch").exists()
    finally:
        process.stop(home)


def _saved(home: Path, build: str) -> bool:
    """Whether the sandbox's state on disk knows a build."""
    held = Snapshots(home / "state").newest() / "stores/builds/records.json"
    return held.exists() and build in held.read_text()
