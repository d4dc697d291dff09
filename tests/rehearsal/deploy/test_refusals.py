from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from scripts.errors import Failed, UsageError
from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project


def test_credentials_of_another_account_are_refused_before_anything_is_done(
    project: Project,
) -> None:
    aws = project.aws()
    aws.options["aws_access_key_id"] = "999999999999"

    with pytest.raises(UsageError) as refused:
        project.roll_out(aws)

    assert "999999999999" in refused.value.message
    assert project.account in refused.value.message
    assert project.stacks() == {}
    assert project.client("dynamodb").list_tables()["TableNames"] == []


def test_templates_that_do_not_fit_together_are_refused(project: Project) -> None:
    (project.path / "templates" / "out" / "queue.json").write_text('{"Resources": {}}')

    run = project.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 2
    assert "queue.json is not the one that platform.json was built with" in run.told
    assert project.stacks() == {}


def test_without_templates_there_is_nothing_to_deploy(project: Project) -> None:
    for path in (project.path / "templates" / "out").iterdir():
        path.unlink()

    run = project.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 2
    assert "tradewind build" in run.told


@pytest.mark.parametrize("way", [(), ("--direct",)], ids=["pipeline", "direct"])
def test_waivers_that_cannot_be_read_are_refused_before_anything_is_done(
    project: Project, way: tuple[str, ...]
) -> None:
    project.build(piped=True)
    (project.path / "params" / "waivers.yaml").write_text("- environment: nowhere\n")

    run = project.run("deploy", "dev", "--yes", *way)

    assert run.code == 2, run.told
    assert "params/waivers.yaml:1: there is no environment 'nowhere'" in run.told
    assert project.stacks() == {}


def test_an_upload_that_fails_half_way_leaves_the_stack_alone_and_is_completed_later(
    deployed: Project,
) -> None:
    before = deployed.stacks()
    deployed.build(delay=6, topics=2)
    aws, sent = deployed.aws(), []

    def break_the_second(params: dict[str, Any], **_: object) -> None:
        sent.append(params["url"])
        if len(sent) == 2:
            raise ConnectionClosedError(endpoint_url=params["url"])

    hook = aws.client("s3", PRIMARY)._inner.meta.events
    hook.register("before-call.s3.PutObject", break_the_second)
    with pytest.raises(Failed) as failed:
        deployed.roll_out(aws)

    assert f"tradewind-dev-artifacts-{deployed.account}-{PRIMARY}" in failed.value.message
    assert "it sends what is missing" in failed.value.fix
    assert deployed.stacks() == before
    assert deployed.unexecuted() == []

    run = deployed.run("deploy", "dev", "--direct", "--yes", "--verbose")
    assert run.code == 0, run.told
    (sent_again,) = (line for line in run.told.splitlines() if f"{PRIMARY}/releases" in line)
    assert sent_again.endswith(sent[1].partition("/releases/")[2]), "the others had arrived"
    assert deployed.delay() == deployed.delay(STANDBY) == "6"


def test_a_plan_that_cloudformation_cannot_make_leaves_nothing_behind(project: Project) -> None:
    project.build(misfit=True)

    run = project.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 1
    assert "CloudFormation cannot plan tradewind-dev-platform in us-east-1" in run.told
    assert "Colour" in run.told
    assert set(project.stacks()) == {"tradewind-dev-foundation"}


def test_production_is_not_deployed_with_yes(project: Project) -> None:
    project.settings("prod")

    for command in ("deploy", "destroy"):
        run = project.run(command, "prod", "--yes")
        assert run.code == 3
        assert "prod is production: --yes is not accepted there" in run.told
    assert project.run("destroy", "prod", "--purge").code == 3
    assert project.stacks() == {}


def test_without_somebody_to_ask_a_plan_is_not_executed(project: Project) -> None:
    run = project.run("deploy", "dev", "--direct", "--json")

    assert run.code == 3
    assert "Pass --yes, or --approve" in run.document["fix"]
    assert project.stacks() == {}
