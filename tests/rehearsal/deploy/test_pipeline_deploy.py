"""Deploys through the pipeline, one after the other in one environment, as they happen in life.

Each test says what it changes; in their order none rests on what another one has left, but for the
environment being up.
"""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from scripts import failpoints
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project, _accounts
from tests.rehearsal.deploy.piped import Piped

#: The failpoints that `make test` dies at, too: around the one request that may not be made twice.
TELLING = ("execution.requested", "execution.started", "approval.given")

#: Every deploy of a test brings a delay that no other has.
_delays = itertools.count(6)


@pytest.fixture(scope="module")
def shop(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Piped:
    """dev, deployed for the first time."""
    project = Project(tmp_path_factory.mktemp("piped"), str(next(_accounts)), sandbox)
    project.settings(worker_fleet="false")
    project.build(piped=True)
    run = project.run("deploy", "dev", "--yes", "--json", "--reason", "the first one")
    assert run.code == 0, run.told
    (project.path / "first.json").write_text(run.out)
    return Piped(project)


@pytest.fixture
def delay(shop: Piped) -> Iterator[int]:
    """A change of one layer, built and not yet deployed."""
    wanted = next(_delays)
    shop.project.build(piped=True, delay=wanted)
    yield wanted
    waivers(shop)


def waivers(shop: Piped, text: str = "[]\n") -> None:
    (shop.project.path / "params" / "waivers.yaml").write_text(text)


def test_a_first_deploy_makes_the_pipeline_and_ships_everything_else_through_it(
    shop: Piped,
) -> None:
    import json

    document = json.loads((shop.project.path / "first.json").read_text())

    assert document["status"] == "Succeeded"
    assert [one["stage"] for one in document["approvals"]] == [
        "ChangePrimary",
        "ChangeStandby",
        "ChangeEdge",
    ]
    listed = shop.history()
    assert "the first one" in str(listed)
    for region in (PRIMARY, STANDBY):
        assert shop.project.statuses(region) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        assert shop.project.unexecuted(region) == []


def test_where_nothing_differs_no_execution_is_started(shop: Piped) -> None:
    assert shop.project.run("deploy", "dev", "--yes").code == 0
    before = len(shop.executions())

    again = shop.project.run("deploy", "dev", "--yes", "--json")

    assert again.code == 0, again.told
    assert again.document["changed"] == 0
    assert "no changes; nothing was executed" in again.told
    assert len(shop.executions()) == before
    assert shop.project.run("status", "dev", "--json").document["held_by"] is None


def test_a_change_of_one_layer_asks_for_the_two_waves_that_have_it_and_skips_the_edge(
    shop: Piped, delay: int
) -> None:
    run = shop.project.run("deploy", "dev", "--yes", "--json")

    assert run.code == 0, run.told
    assert shop.order() == ["ChangePrimary", "ChangeStandby"]
    assert shop.latest()["ChangeEdge"] == shop.latest()["Shop"] == "Skipped"
    assert "Queue" in run.told
    assert "Catalog" not in [line.split()[1] for line in run.told.splitlines() if "    ~ " in line]
    assert shop.project.delay() == shop.project.delay(STANDBY) == str(delay)


def test_standby_first_changes_the_standby_first(shop: Piped, delay: int) -> None:
    run = shop.project.run("deploy", "dev", "--yes", "--standby-first")

    assert run.code == 0, run.told
    assert shop.order() == ["ChangeStandbyFirst", "ChangePrimary"]
    assert shop.project.delay() == shop.project.delay(STANDBY) == str(delay)


def test_standby_first_is_refused_when_what_it_receives_from_the_primary_moves(
    shop: Piped,
) -> None:
    shop.project.build(piped=True, queue_name=f"orders-{next(_delays)}")
    before = len(shop.executions())

    run = shop.project.run("deploy", "dev", "--yes", "--standby-first")

    assert run.code == 3, run.told
    assert "The standby cannot go first" in run.told
    assert "OrdersArn" in run.told
    assert len(shop.executions()) == before
    assert shop.project.unexecuted() == shop.project.unexecuted(STANDBY) == []


def test_a_child_that_fails_in_wave_two_leaves_the_first_region_new_and_the_second_as_it_was(
    shop: Piped,
) -> None:
    was, wanted = shop.project.delay(STANDBY), next(_delays)
    shop.project.build(piped=True, delay=wanted, standby_delay=100_000)

    run = shop.project.run("deploy", "dev", "--yes", "--json")

    assert run.code == 1, run.told
    cause = run.document["cause"]
    assert (cause["where"], cause["region"]) == ("platform/Queue/Orders", STANDBY)
    assert cause["template"] == "queue.json"
    first = next(line for line in run.told.splitlines() if line.startswith("root cause: "))
    assert f"platform/Queue/Orders (AWS::SQS::Queue) in {STANDBY}: " in first
    assert f"platform in {STANDBY} is as it was before" in run.document["fix"]
    assert shop.project.delay() == str(wanted)
    assert shop.project.delay(STANDBY) == was
    assert shop.project.statuses() <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert shop.project.stacks(STANDBY)["tradewind-dev-platform"] == "UPDATE_ROLLBACK_COMPLETE"

    shop.project.build(piped=True, delay=wanted)
    mended = shop.project.run("deploy", "dev", "--yes")
    assert mended.code == 0, mended.told
    assert shop.order() == ["ChangePrimary", "ChangeStandby"]
    assert shop.project.delay(STANDBY) == str(wanted)


def test_a_rejection_ends_the_execution_with_who_and_why_and_changes_nothing(
    shop: Piped, delay: int
) -> None:
    was = shop.project.delay()
    left = shop.project.run("deploy", "dev", "--json")
    assert left.code == 3, "nobody was there to approve it: it waits"
    assert left.document["awaits"]["hash"] == shop.planned()

    rejected = shop.project.run("reject", "dev", "--reason", "not before Black Friday")
    watched = shop.project.run("watch", "dev", "--json")

    assert rejected.code == 0, rejected.told
    assert watched.code == 3, watched.told
    assert "rejected ChangePrimary: not before Black Friday" in watched.document["error"]
    assert shop.project.delay() == was


def test_an_approval_of_another_plan_is_stopped_by_gate(shop: Piped, delay: int) -> None:
    was = shop.project.delay()
    left_waiting(shop)
    stale = "0123456789abcdef"

    refused = shop.project.run("approve", "dev", stale, "--reason", "as rehearsed")
    shop.put(f"tradewind {stale} as rehearsed", operator="ada")
    watched = shop.project.run("watch", "dev")

    assert refused.code == 3
    assert f"not {stale}" in refused.told
    assert watched.code == 3, watched.told
    assert f"is for plan {stale}; what stands now is {shop.planned()}" in watched.told
    assert shop.project.delay() == was


@pytest.mark.parametrize(
    ("summary", "operator", "why"),
    [
        ("looks good", "ada", "names no plan"),
        ("tradewind {hash} looks good", "", "no session of tradewind-dev-operator"),
    ],
    ids=["without a hash", "by no operator"],
)
def test_an_approval_past_the_tool_is_stopped_by_gate(
    shop: Piped, delay: int, summary: str, operator: str, why: str
) -> None:
    was = shop.project.delay()
    left_waiting(shop)

    shop.put(summary.format(hash=shop.planned()), operator=operator)
    watched = shop.project.run("watch", "dev")

    assert watched.code == 3, watched.told
    assert why in watched.told
    assert shop.latest()["ChangePrimary"] == "Failed"
    assert shop.project.delay() == was


def test_the_operator_s_own_words_in_the_console_do_where_they_name_the_plan(
    shop: Piped, delay: int
) -> None:
    left_waiting(shop)

    shop.put(f"tradewind {shop.planned()} from the console", operator="grace")
    watched = shop.project.run("watch", "dev", "--yes")

    assert watched.code == 0, watched.told
    assert "approved by grace: from the console" in watched.told
    assert "grace" in str(shop.history())
    assert shop.project.delay() == str(delay)


def left_waiting(shop: Piped, *words: str) -> None:
    """A deploy to whose plan nobody is there to say anything: it waits in the pipeline."""
    left = shop.project.run("deploy", "dev", *words)
    assert left.code == 3, left.told
    assert "It waits in the pipeline" in left.told


def waiver(resource: str, finding: str, days: int) -> str:
    until = (datetime.now(UTC) + timedelta(days=days)).date()
    return (
        f"- environment: dev\n  resource: {resource}\n  finding: {finding}\n"
        f"  reason: ticket 4711\n  until: {until}\n"
    )


def test_an_expired_waiver_is_none_and_a_standing_one_is_kept_in_the_history(
    shop: Piped, delay: int
) -> None:
    shop.project.build(piped=True, delay=delay, table=False)
    waivers(shop, waiver("Catalog/Products", "data-loss", days=-1))

    refused = shop.project.run("deploy", "dev", "--yes", "--json")

    assert refused.code == 3, refused.told
    assert "Catalog/Products" in refused.document["error"]
    assert "expired on" in refused.document["error"]
    assert shop.latest()["PlanPrimary"] == "Failed"
    assert "ChangePrimary" not in shop.latest(), "nobody was asked to approve it"
    assert shop.project.unexecuted() == []

    waivers(shop, waiver("Catalog/Products", "data-loss", days=2))
    passed = shop.project.run("deploy", "dev", "--yes")
    assert passed.code == 0, passed.told
    assert "data-loss of Catalog/Products" in str(shop.history())
    shop.project.build(piped=True, delay=delay)
    assert shop.project.run("deploy", "dev", "--yes").code == 0


def test_a_rollback_ships_the_release_before_through_the_same_pipeline(
    shop: Piped, delay: int
) -> None:
    assert shop.project.run("deploy", "dev", "--yes").code == 0
    shop.project.build(piped=True, delay=next(_delays))
    assert shop.project.run("deploy", "dev", "--yes").code == 0
    before = len(shop.executions())

    run = shop.project.run("rollback", "dev", "--yes", "--reason", "checkout fails")

    assert run.code == 0, run.told
    assert len(shop.executions()) == before + 1
    assert shop.project.delay() == shop.project.delay(STANDBY) == str(delay)

    shop.project.build(piped=True, delay=next(_delays))
    assert shop.project.run("deploy", "dev", "--yes", "--direct").code == 0
    past = shop.project.run("rollback", "dev", "--yes")
    assert past.code == 3, past.told
    assert "stands something else than release" in past.told
    assert len(shop.executions()) == before + 1


def test_of_two_deploys_the_second_is_told_whose_execution_goes_on(shop: Piped, delay: int) -> None:
    left_waiting(shop, "--reason", "mine")
    execution = shop.executions()[0]["pipelineExecutionId"]
    shop.project.build(piped=True, delay=delay, topics=2)

    second = shop.project.run("deploy", "dev", "--yes")
    direct = shop.project.run("deploy", "dev", "--yes", "--direct")

    for refused in (second, direct):
        assert refused.code == 3, refused.told
        assert execution in refused.told
        assert f"tradewind watch dev {execution}" in refused.told
    shop.project.build(piped=True, delay=delay)
    same = shop.project.run("deploy", "dev", "--yes", "--reason", "mine", "--json")
    assert same.code == 0, same.told
    assert same.document["execution"] == execution, "the very same deploy goes on with its own"


def test_ctrl_c_ends_the_following_and_not_the_execution(shop: Piped, delay: int) -> None:
    with shop.deploying("--yes") as deploy:
        assert deploy.stderr is not None
        while "[Validate]" not in deploy.stderr.readline():
            assert deploy.poll() is None
        deploy.send_signal(signal.SIGINT)
        _, told = deploy.communicate(timeout=60)

    assert deploy.returncode == 130
    assert "stopped following; the execution goes on" in told
    assert "tradewind watch dev " in told
    watched = shop.project.run("watch", "dev", "--yes")
    assert watched.code == 0, watched.told
    assert shop.project.delay() == str(delay)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in TELLING else pytest.mark.slow)
        for name in failpoints.SHIPPING
    ],
)
def test_a_deploy_that_is_killed_is_followed_to_its_end_by_whoever_comes_next(
    shop: Piped, delay: int, name: str
) -> None:
    """A second run of the same starts no second execution, whatever line the first died at."""
    before = len(shop.executions())
    words = ("deploy", "dev", "--yes", "--reason", name)
    killed = shop.project.run(*words, TRADEWIND_FAILPOINT=name)
    assert killed.code == -signal.SIGKILL, killed.told

    started = len(shop.executions()) - before
    # Before CodePipeline was asked there is nothing to watch: then the same command does it.
    followed = shop.project.run(*(words if not started else ("watch", "dev", "--yes")))
    again = shop.project.run(*words)

    assert followed.code == 0, followed.told
    assert again.code == 0, again.told
    assert len(shop.executions()) == before + 1
    assert shop.project.delay() == shop.project.delay(STANDBY) == str(delay)
    assert shop.project.unexecuted() == shop.project.unexecuted(STANDBY) == []
