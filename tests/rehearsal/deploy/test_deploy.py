from __future__ import annotations

from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project


def test_a_first_deploy_takes_both_regions_up_and_hands_values_on(project: Project) -> None:
    run = project.run("deploy", "dev", "--direct", "--yes", "--json")

    assert run.code == 0, run.told
    places = [(wave["root"], wave["region"], wave["outcome"]) for wave in run.document["waves"]]
    assert places == [
        ("foundation", PRIMARY, "changed"),
        ("foundation", STANDBY, "changed"),
        ("foundation", PRIMARY, "changed"),
        ("platform", PRIMARY, "changed"),
        ("platform", STANDBY, "changed"),
    ]
    bucket = f"arn:aws:s3:::tradewind-dev-artifacts-{project.account}"
    for region, peer in ((PRIMARY, STANDBY), (STANDBY, PRIMARY)):
        ssm = project.client("ssm", region)
        noted = ssm.get_parameters_by_path(Path="/tradewind/dev", Recursive=True)["Parameters"]
        values = {one["Name"].rpartition("/")[2]: one["Value"] for one in noted}
        assert values["peer"] == f"{bucket}-{peer}"
        assert values["catalog"] == (
            f"arn:aws:sqs:{region}:{project.account}:tradewind-dev-orders,{bucket}-{region}"
        )


def test_a_second_deploy_says_no_changes_and_executes_nothing(deployed: Project) -> None:
    before = events(deployed)

    run = deployed.run("deploy", "dev", "--direct", "--yes", "--json")

    assert run.code == 0
    assert {wave["outcome"] for wave in run.document["waves"]} == {"unchanged"}
    assert "no changes; nothing was executed" in run.told
    assert events(deployed) == before
    assert deployed.unexecuted() == []


def test_an_edit_of_one_layer_changes_that_layer_alone(deployed: Project) -> None:
    deployed.build(topics=2)

    run = deployed.run("deploy", "dev", "--direct", "--yes", "--json", "-v")

    assert run.code == 0, run.told
    outcomes = [wave["outcome"] for wave in run.document["waves"]]
    assert outcomes == ["unchanged", "unchanged", "unchanged", "changed", "changed"]
    assert run.wave(3)["counts"] == {"add": 1, "modify": 0, "replace": 0, "remove": 0}
    assert "Catalog/Topic1" in run.told
    assert "Queue/Orders" not in run.told


def test_a_failure_rolls_back_and_names_its_root_cause_first(deployed: Project) -> None:
    deployed.build(delay=100_000)

    run = deployed.run("deploy", "dev", "--direct", "--yes", "--json")

    assert run.code == 1
    cause = run.told.splitlines().index(
        next(line for line in run.told.splitlines() if line.startswith("root cause: "))
    )
    assert "platform/Queue/Orders (AWS::SQS::Queue)" in run.told.splitlines()[cause]
    assert "UPDATE_ROLLBACK_COMPLETE" in run.told.splitlines()[cause + 1]
    assert run.document["cause"]["path"] == ["Queue", "Orders"]
    assert deployed.delay() == "5"
    assert deployed.delay(STANDBY) == "5", "the wave after the failure was not begun"

    deployed.build(delay=7)
    assert deployed.run("deploy", "dev", "--direct", "--yes").code == 0
    assert deployed.delay() == "7"


def test_a_failed_first_creation_is_removed_and_made_again(project: Project) -> None:
    project.build(delay=100_000)
    failed = project.run("deploy", "dev", "--direct", "--yes")
    assert failed.code == 1
    assert project.stacks()["tradewind-dev-platform"] == "ROLLBACK_COMPLETE"

    project.build()
    run = project.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 0, run.told
    assert "a first creation that had been rolled back" in run.told
    assert project.stacks()["tradewind-dev-platform"] == "CREATE_COMPLETE"


def test_data_is_not_lost_without_being_named(deployed: Project) -> None:
    deployed.build(table=False)

    refused = deployed.run("deploy", "dev", "--direct", "--yes")
    assert refused.code == 3
    assert "Catalog/Products (AWS::DynamoDB::Table) would be removed" in refused.told
    assert deployed.unexecuted() == []

    accepted = deployed.run("deploy", "dev", "--direct", "--yes", "--accept-loss", "Products")
    assert accepted.code == 0, accepted.told


def test_stacks_are_protected_where_the_environment_says_so(project: Project) -> None:
    project.settings(deletion_protection="true")

    run = project.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 0, run.told
    described = project.client("cloudformation").describe_stacks(StackName="tradewind-dev-platform")
    assert described["Stacks"][0]["EnableTerminationProtection"] is True
    assert project.run("destroy", "dev", "--yes").code == 0
    assert project.stacks() == {}


def test_status_and_events_tell_what_stands_and_what_went_wrong(deployed: Project) -> None:
    deployed.build(delay=100_000)
    deployed.run("deploy", "dev", "--direct", "--yes")

    status = deployed.run("status", "dev", "--json").document
    assert {(one["root"], one["region"]) for one in status["stacks"]} == {
        (root, region) for root in ("foundation", "platform") for region in (PRIMARY, STANDBY)
    }
    assert status["held_by"] is None
    events = deployed.run("events", "dev", "--root", "platform", "--region", PRIMARY, "--json")
    (platform,) = events.document["stacks"]
    assert platform["cause"]["path"] == ["Queue", "Orders"]
    assert platform["events"][0]["status"] == "UPDATE_IN_PROGRESS"
    assert platform["events"][-1]["status"] == "UPDATE_ROLLBACK_COMPLETE"


def events(project: Project) -> int:
    """How many stack events there are, over every stack and both regions."""
    return sum(
        len(
            project.client("cloudformation", region).describe_stack_events(StackName=name)[
                "StackEvents"
            ]
        )
        for region in (PRIMARY, STANDBY)
        for name in project.stacks(region)
    )
