from __future__ import annotations

from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project


def test_destroy_goes_backwards_and_lists_what_is_kept(deployed: Project) -> None:
    run = deployed.run("destroy", "dev", "--yes", "--json")

    assert run.code == 0, run.told
    assert [(wave["root"], wave["region"]) for wave in run.document["waves"]] == [
        ("platform", STANDBY),
        ("platform", PRIMARY),
        ("foundation", STANDBY),
        ("foundation", PRIMARY),
    ]
    kept = {one["physical_id"] for one in run.document["retained"]}
    bucket = f"tradewind-dev-artifacts-{deployed.account}"
    assert kept == {f"{bucket}-{PRIMARY}", f"{bucket}-{STANDBY}"}
    assert deployed.stacks() == deployed.stacks(STANDBY) == {}
    assert deployed.client("dynamodb").list_tables()["TableNames"] == []


def test_purge_deletes_for_good_so_that_the_next_deploy_finds_nothing_in_its_way(
    deployed: Project,
) -> None:
    run = deployed.run("destroy", "dev", "--yes", "--purge")

    assert run.code == 0, run.told
    assert deployed.client("s3").list_buckets()["Buckets"] == []
    assert deployed.run("deploy", "dev", "--direct", "--yes").code == 0


def test_purge_finds_what_an_earlier_destroy_kept(deployed: Project) -> None:
    deployed.run("destroy", "dev", "--yes")
    assert len(deployed.client("s3").list_buckets()["Buckets"]) == 2

    run = deployed.run("destroy", "dev", "--yes", "--purge")

    assert run.code == 0, run.told
    assert deployed.client("s3").list_buckets()["Buckets"] == []


def test_destroying_nothing_is_no_error(project: Project) -> None:
    run = project.run("destroy", "dev", "--yes")

    assert run.code == 0, run.told
    assert project.client("dynamodb").list_tables()["TableNames"] == []


def test_a_deploy_over_what_a_destroy_kept_says_what_is_in_its_way_and_how_to_go_on(
    deployed: Project,
) -> None:
    deployed.run("destroy", "dev", "--yes")

    run = deployed.run("deploy", "dev", "--direct", "--yes", "--json")

    assert run.code == 1
    assert "already exists" in run.document["cause"]["reason"]
    assert "tradewind destroy dev --purge" in run.document["fix"]
    assert deployed.run("destroy", "dev", "--yes", "--purge").code == 0
    assert deployed.run("deploy", "dev", "--direct", "--yes").code == 0
