from __future__ import annotations

from scripts.deploy.pipeline import durations
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.told import action


def test_what_an_action_takes_is_the_median_of_its_successes() -> None:
    learnt = durations.medians(
        [
            action("PlanPrimary", "Plan", ended=10),
            action("PlanPrimary", "Plan", ended=12),
            action("PlanPrimary", "Plan", ended=90),
            action("PlanPrimary", "Plan", "Failed", ended=1),
            action("ChangePrimary", "Execute", ended=300),
        ]
    )

    assert learnt.of("PlanPrimary", "Plan") == 12
    assert learnt.of("ChangePrimary", "Execute") == 300
    assert learnt.of("ChangeEdge", "Execute") is None


def test_how_long_people_think_is_no_duration() -> None:
    learnt = durations.medians([action("ChangePrimary", "Approve", ended=9000)])

    assert learnt.of("ChangePrimary", "Approve") is None


def test_not_to_know_is_no_reason_to_stop_following() -> None:
    session = StubbedSession()
    session.stub("codepipeline").add_client_error(
        "list_action_executions", "AccessDeniedException", "no"
    )

    assert durations.learn(session.aws(), "us-east-1") == durations.Durations()
