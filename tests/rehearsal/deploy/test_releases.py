"""A release reaches the buckets once, runs where nothing is installed, and leaves no litter."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from generator.naming import artifact_bucket
from scripts.aws import Aws
from scripts.deploy import history, reachability, release, releases, shipments
from scripts.deploy.history import Approved, History
from scripts.deploy.sealed import Sealed
from scripts.deploy.shipments import Shipment
from scripts.events import Event
from scripts.lease import DEPLOY, Leases
from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project
from tests.rehearsal.deploy.shop import BUNDLE

EXECUTION = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def deployed(project: Project) -> Project:
    """The small shop, deployed without a pipeline, which it has not."""
    project.roll_out(project.aws())
    return project


def bucket(project: Project, region: str = PRIMARY) -> str:
    return artifact_bucket("dev", project.account, region)


def keys(project: Project, region: str = PRIMARY) -> set[str]:
    pages = project.client("s3", region).get_paginator("list_objects_v2")
    return {
        one["Key"]
        for page in pages.paginate(Bucket=bucket(project, region))
        for one in page.get("Contents", ())
    }


def empty(project: Project, region: str = PRIMARY) -> None:
    for key in keys(project, region):
        project.client("s3", region).delete_object(Bucket=bucket(project, region), Key=key)


def ship(project: Project, aws: Aws, **options: bool) -> tuple[Sealed, Shipment]:
    """Seal what is built and send it with the settings as they are, as `deploy` does."""
    environment = aws.environment
    built = releases.pinned(aws, environment, release.read(project.path))  # type: ignore[arg-type]
    sealed: list[Sealed] = []

    def shipping() -> Iterator[Event]:
        sealed.append((yield from releases.ship(aws, environment, built, **options)))  # type: ignore[arg-type]

    list(shipping())
    shipment = shipments.make(aws, environment, sealed[0], built, why="sale")  # type: ignore[arg-type]
    shipments.send(aws, environment, shipment)  # type: ignore[arg-type]
    return sealed[0], shipment


def counted(aws: Aws) -> Counter[str]:
    """The calls of S3 from now on, by name."""
    calls: Counter[str] = Counter()
    for region in (PRIMARY, STANDBY):
        events = aws.client("s3", region)._inner.meta.events
        events.register("before-call.s3", lambda model, **_: calls.update([model.name]))
    return calls


def unpack(project: Project, directory: Path, *wanted: str) -> Path:
    """What a build gets of the primary's bucket, one over the other."""
    for key in wanted:
        answer = project.client("s3").get_object(Bucket=bucket(project), Key=key)
        with ZipFile(io.BytesIO(answer["Body"].read())) as archive:
            archive.extractall(directory)
    return directory


def build(project: Project, directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command as a build runs it: on a Python that has nothing installed, told where AWS is."""
    return subprocess.run(
        [sys.executable, "-S", "-m", "scripts.cli", "--project", ".", *words],
        cwd=directory,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "tool:tool/lib",
            "AWS_ENDPOINT_URL": project.sandbox.endpoint,
            "AWS_ACCESS_KEY_ID": project.account,
            "AWS_SECRET_ACCESS_KEY": "build",
        },
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


class TestUploads:
    def test_a_second_deploy_asks_s3_nothing(self, project: Project) -> None:
        project.roll_out(project.aws())
        again = project.aws()
        calls = counted(again)

        project.roll_out(again)

        assert calls == {}

    @pytest.mark.parametrize("region", [PRIMARY, STANDBY])
    def test_a_bucket_that_somebody_emptied_is_filled_again(
        self, deployed: Project, region: str
    ) -> None:
        empty(deployed, region)
        deployed.build(delay=8)

        run = deployed.run("deploy", "dev", "--direct", "--yes", "--direct")

        assert run.code == 0, run.told
        assert f"{bucket(deployed, region)} lacks what was sent there before" in run.told
        assert BUNDLE in keys(deployed, region)
        assert deployed.delay(region) == "8"

    def test_a_bucket_that_was_made_anew_is_filled_without_a_word(self, deployed: Project) -> None:
        before = keys(deployed)
        assert deployed.run("destroy", "dev", "--yes", "--purge").code == 0

        run = deployed.run("deploy", "dev", "--direct", "--yes", "--direct")

        assert run.code == 0, run.told
        assert "lacks what was sent" not in run.told
        assert keys(deployed) == before


class TestRelease:
    def test_is_sent_once(self, deployed: Project) -> None:
        sealed, shipment = ship(deployed, deployed.aws())
        assert {sealed.key, shipment.key} <= keys(deployed)
        again = deployed.aws()
        calls = counted(again)

        assert ship(deployed, again) == (sealed, shipment)
        assert "PutObject" not in calls

    def test_runs_in_a_build_without_anything_installed(
        self, deployed: Project, tmp_path: Path
    ) -> None:
        sealed, shipment = ship(deployed, deployed.aws())
        directory = unpack(deployed, tmp_path / "build", sealed.key, shipment.key)

        checked = build(deployed, directory, "releases", "check", "dev")
        assert checked.returncode == 0, checked.stderr
        assert f"release {sealed.short} is whole" in checked.stdout
        planned = build(
            deployed,
            directory,
            *("changeset", "create", "dev", "--root", "platform", "--region", PRIMARY),
        )
        assert planned.returncode == 0, planned.stderr
        assert "no changes" in planned.stdout
        recorded = build(deployed, directory, "releases", "record", "dev", "--execution", EXECUTION)
        assert recorded.returncode == 0, recorded.stderr
        assert f"release {sealed.short} stands in dev" in recorded.stdout

    def test_that_was_changed_on_its_way_is_stopped_in_the_build(
        self, deployed: Project, tmp_path: Path
    ) -> None:
        sealed, shipment = ship(deployed, deployed.aws())
        directory = unpack(deployed, tmp_path / "build", sealed.key, shipment.key)
        with (directory / "templates" / "out" / "queue.json").open("a") as file:
            file.write("\n")

        checked = build(deployed, directory, "releases", "check", "dev")

        assert checked.returncode == 1
        assert "is not what was sealed: its templates" in checked.stderr

    def test_of_another_shipment_is_stopped_in_the_build(
        self, deployed: Project, tmp_path: Path
    ) -> None:
        first, _ = ship(deployed, deployed.aws())
        deployed.build(delay=8)
        second, shipment = ship(deployed, deployed.aws())
        directory = unpack(deployed, tmp_path / "build", first.key, shipment.key)

        checked = build(deployed, directory, "releases", "check", "dev")

        assert checked.returncode == 1
        assert f"is of release {second.short}, and not of {first.short}" in checked.stderr


def test_a_release_is_promoted_as_it_was_whatever_is_built_here_by_now(deployed: Project) -> None:
    sealed, _ = ship(deployed, deployed.aws())
    deployed.settings("staging")
    deployed.build(delay=9)

    run = deployed.run(
        *("deploy", "staging", "--release", sealed.short, "--from", "dev"),
        *("--direct", "--yes", "--json"),
    )

    assert run.code == 0, run.told
    assert run.document["templates"] == sealed.sources
    assert "release" not in run.document, "only what can be asked for by --release is called so"
    sqs = deployed.client("sqs")
    url = sqs.get_queue_url(QueueName="tradewind-staging-orders")["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])
    assert asked["Attributes"]["DelaySeconds"] == "5"
    theirs = artifact_bucket("staging", deployed.account, STANDBY)
    copied = deployed.client("s3", STANDBY).head_object(Bucket=theirs, Key=BUNDLE)
    assert copied["Metadata"]["sha256"] == sealed.bundles[BUNDLE]


class TestHistory:
    def test_is_listed_with_who_and_why_and_what_stands(self, deployed: Project) -> None:
        aws = deployed.aws()
        past = History.of(aws, aws.environment)
        recorded: list[Shipment] = []
        for number in range(2):
            deployed.build(delay=5 + number)
            _, shipment = ship(deployed, aws)
            execution = f"{number}{EXECUTION[1:]}"
            past.write(shipment.requested(execution, history.now(aws)))
            past.write(Approved(execution, "platform", PRIMARY, "0a", "bob", "ok", "2026-11-27"))
            past.complete(replace(shipment.completed(execution, history.now(aws)), at=f"{number}"))
            recorded.append(shipment)

        run = deployed.run("releases", "dev")
        assert run.code == 0, run.told
        for shipment in recorded:
            assert shipment.release[:16] in run.out
        assert run.out.count("stands") == 1
        assert run.out.count("bob") == 2
        assert past.way_back()[0].shipment == recorded[0].digest

    def test_of_nothing_says_so(self, deployed: Project) -> None:
        run = deployed.run("releases", "dev", "--json")

        assert run.code == 0, run.told
        assert run.document["executions"] == []

    def test_of_what_was_never_deployed_says_so_and_has_nothing_to_go_back_to(
        self, project: Project
    ) -> None:
        listed = project.run("releases", "dev", "--json")
        back = project.run("rollback", "dev", "--yes")
        cleaned = project.run("releases", "clean", "dev", "--yes")
        asked = project.run("deploy", "dev", "--release", "0123456789abcdef")

        assert (listed.code, back.code, cleaned.code, asked.code) == (0, 3, 0, 2)
        assert listed.document["executions"] == []
        assert "nothing to go back to" in back.told
        assert "is no release in" in asked.told


class TestClean:
    @pytest.fixture
    def aged(self, deployed: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
        """A bucket in which everything has been lying for long."""
        monkeypatch.setattr(reachability, "YOUNG", timedelta(seconds=-2))  # S3 tells seconds
        return deployed

    def remove(self, project: Project, aws: Aws) -> list[Any]:
        environment: Any = aws.environment
        found = reachability.unreached(reachability.ground(aws, environment), 1)
        with Leases(aws, PRIMARY).hold(DEPLOY, "test") as lease:
            return [*reachability.remove(aws, environment, lease, found, 1)]

    def test_deletes_nothing_that_stands(self, aged: Project) -> None:
        aws = aged.aws()
        before = {region: keys(aged, region) for region in (PRIMARY, STANDBY)}

        assert self.remove(aged, aws) == []
        assert {region: keys(aged, region) for region in before} == before

    def test_deletes_what_no_stack_refers_to_any_more_and_a_deploy_of_it_still_works(
        self, aged: Project
    ) -> None:
        first = keys(aged)
        aged.build(delay=8)
        assert aged.run("deploy", "dev", "--direct", "--yes", "--direct").code == 0
        both = keys(aged)

        gone = {event.key for event in self.remove(aged, aged.aws())}

        assert {key.split("/")[2] for key in gone} == {"queue.json", "platform.json"}
        assert gone < first
        assert keys(aged) == both - gone
        aged.build()
        run = aged.run("deploy", "dev", "--direct", "--yes", "--direct")
        assert run.code == 0, run.told
        assert "lacks what was sent there before" in run.told
        assert gone <= keys(aged)

    def test_keeps_what_can_be_gone_back_to(self, aged: Project) -> None:
        aws = aged.aws()
        past = History.of(aws, aws.environment)
        for number in range(3):
            aged.build(delay=5 + number)
            _, shipment = ship(aged, aws)
            done = shipment.completed(f"{number}{EXECUTION[1:]}", f"{number}")
            past.complete(done)
        before = keys(aged)

        gone = {event.key for event in self.remove(aged, aws)}

        kept = [key for key in before - gone if key.endswith("release.zip")]
        assert len(kept) == 2
        assert len([key for key in gone if key.endswith("release.zip")]) == 1
        assert past.way_back()[0] is not None
        assert not [key for key in gone if key.startswith("history/")]

    def test_asks_first_and_leaves_what_is_young(self, deployed: Project) -> None:
        deployed.build(delay=8)
        assert deployed.run("deploy", "dev", "--direct", "--yes", "--direct").code == 0

        run = deployed.run("releases", "clean", "dev", "--json", "--yes")

        assert run.code == 0, run.told
        assert run.document["unreached"] == []
        assert run.document["deleted"] == 0

    def test_is_never_unasked_in_production(self, project: Project) -> None:
        project.settings("prod")

        run = project.run("releases", "clean", "prod", "--yes")

        assert run.code == 3
        assert "--yes" in run.told
