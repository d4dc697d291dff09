from __future__ import annotations

from pathlib import Path

from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project
from tests.unit.plan_page.markup import Markup


def test_a_plan_of_an_empty_account_says_what_waits_for_what_and_leaves_nothing(
    project: Project,
) -> None:
    run = project.run("plan", "dev", "--json")

    assert run.code == 0, run.told
    first, standby, again, *platforms = run.document["waves"]
    assert first["counts"]["add"] == 1
    assert standby["awaits"] == {"root": "foundation", "region": PRIMARY}
    assert again["awaits"] == {"root": "foundation", "region": STANDBY}
    assert [wave["outcome"] for wave in platforms] == ["awaiting", "awaiting"]
    assert project.stacks() == project.stacks(STANDBY) == {}
    assert project.client("dynamodb").list_tables()["TableNames"] == []


def test_a_plan_shows_nested_changes_and_leaves_the_stacks_as_they_are(deployed: Project) -> None:
    before = deployed.stacks(), deployed.stacks(STANDBY)
    deployed.build(topics=2)

    run = deployed.run("plan", "dev")

    assert run.code == 0, run.told
    assert "    + Catalog" not in run.out
    assert (
        "    ~ Catalog (nested stack): 1 to add\n      + Topic1 (AWS::SNS::Topic) added" in run.out
    )
    assert (deployed.stacks(), deployed.stacks(STANDBY)) == before
    assert deployed.unexecuted() == deployed.unexecuted(STANDBY) == []


def test_a_plan_is_written_as_a_page_that_says_what_the_tree_says(
    deployed: Project, tmp_path: Path
) -> None:
    deployed.build(delay=6)
    file = tmp_path / "plan.html"

    run = deployed.run("plan", "dev", "--json", "--html", str(file))

    assert run.code == 0, run.told
    assert f"the plan's page: {file}" in run.told
    page = file.read_text()
    text = Markup(page).text
    for wave in run.document["waves"]:
        if wave["outcome"] == "changes":
            assert f"tradewind approve dev {wave['hash']} --reason WHY" in text
            assert wave["verdict"]["title"] in text
            [orders] = [
                one for one in wave["explanation"]["changes"] if one["path"] == ["Queue", "Orders"]
            ]
            [delay] = orders["properties"]
            assert (delay["path"], delay["before"], delay["after"]) == ("DelaySeconds", 5, 6)
    assert '<td data-name="from"><span class="value">5</span></td>' in page
    assert '<td data-name="to"><span class="value">6</span></td>' in page
    assert deployed.unexecuted() == deployed.unexecuted(STANDBY) == []

    nowhere = deployed.run("plan", "dev", "--html", str(tmp_path / "no" / "plan.html"))
    assert nowhere.code == 2
    assert "plan.html cannot be written: No such file or directory." in nowhere.told


def test_the_hash_of_a_plan_approves_the_same_plan_and_no_other(deployed: Project) -> None:
    deployed.build(delay=6)
    hashes = [
        word
        for wave in deployed.run("plan", "dev", "--json").document["waves"]
        if wave["outcome"] == "changes"
        for word in ("--approve", wave["hash"])
    ]
    assert len(hashes) == 4

    deployed.build(delay=7)
    other = deployed.run("deploy", "dev", "--direct", *hashes)
    assert other.code == 3
    assert "which was not approved" in other.told
    assert deployed.delay() == "5"

    deployed.build(delay=6)
    same = deployed.run("deploy", "dev", "--direct", *hashes)
    assert same.code == 0, same.told
    assert deployed.delay() == deployed.delay(STANDBY) == "6"


def test_a_change_set_can_be_taken_step_by_step(deployed: Project) -> None:
    deployed.build(delay=9)
    place = ("--root", "platform", "--region", PRIMARY)

    made = deployed.run("changeset", "create", "dev", *place, "--json").document
    shown = deployed.run("changeset", "show", "dev", made["name"], *place, "--json").document
    assert shown["hash"] == made["hash"]

    unasked = deployed.run("changeset", "execute", "dev", made["name"], *place)
    assert unasked.code == 3
    assert deployed.delay() == "5"

    done = deployed.run(
        "changeset", "execute", "dev", made["name"], *place, "--approve", made["hash"]
    )
    assert done.code == 0, done.told
    assert (deployed.delay(), deployed.delay(STANDBY)) == ("9", "5")

    again = deployed.run("changeset", "delete", "dev", "tradewind-nosuch", *place)
    assert again.code == 2
