"""The order workflow: every order comes to an end, what was done is undone, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from jsonata import jsonata  # type: ignore[import-untyped]

from generator.layers.order_workflow import OrderWorkflow
from generator.order_events import ORDER_CONFIRMED, ORDER_FAILED, SCHEMAS, SOURCE
from generator.order_states import NOT_WRITABLE
from generator.order_workflow import DECLINED, OUT_OF_STOCK, definition
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import standing
from tests.unit.generator.state_machines import flaws, machine, unfilled
from tests.unit.generator.tiers import unheard

ORDER = {
    "order_id": "11111111-2222-4333-8444-555555555555",
    "region": "us-east-1",
    "acknowledged_at": "2026-11-23T08:00:00Z",
    "items": [{"product_id": "p1", "quantity": 2, "unit_price": 500}],
    "total": 1000,
    "currency": "EUR",
}
DONE = {"outcome": "done"}
AUTHORIZED, REFUSED = {"outcome": "authorized"}, {"outcome": "declined"}


@pytest.fixture(scope="module")
def made() -> Made:
    return standing(OrderWorkflow)


@dataclass
class Run:
    """One execution: what each task answers, or the error that it gives up with."""

    answers: Mapping[str, dict[str, Any] | str]
    worked_by: str = "us-east-1"
    order: Mapping[str, Any] = field(default_factory=lambda: ORDER)
    path: list[str] = field(default_factory=list)
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)

    def to_the_end(self) -> str:
        """The name of the state that it ends in."""
        states, name = definition()["States"], definition()["StartAt"]
        data: Any = {"order": self.order}
        while True:
            assert len(self.path) < 50, self.path
            self.path.append(name)
            state = states[name]
            match state["Type"]:
                case "Task":
                    name, data = self.task(name, state, data)
                case "Choice":
                    name, data = chosen(state, data)
                case _:
                    return str(name)

    def task(self, name: str, state: Mapping[str, Any], data: Any) -> tuple[str, Any]:
        arguments = computed(state["Arguments"], {"input": data})
        if "Entries" in arguments:
            (entry,) = arguments["Entries"]
            self.said.append((entry["DetailType"], entry["Detail"]))
        if "UpdateExpression" in arguments:
            self.recorded.append(arguments["ExpressionAttributeValues"][":state"]["S"])
        answer = self.answers.get(name, DONE)
        if isinstance(answer, str):
            catch = next(
                catch
                for catch in state["Catch"]
                if answer in catch["ErrorEquals"] or "States.ALL" in catch["ErrorEquals"]
            )
            error = {"input": data, "errorOutput": {"Error": answer, "Cause": "of it"}}
            return catch["Next"], computed(catch["Output"], error)
        item = {"worked_by": {"S": self.worked_by}}
        result = {"input": data, "result": {"Payload": answer, "Item": item}}
        return state["Next"], computed(state["Output"], result)


def chosen(state: Mapping[str, Any], data: Any) -> tuple[str, Any]:
    for way in state["Choices"]:
        if computed(way["Condition"], {"input": data}) is True:
            return way["Next"], computed(way.get("Output", data), {"input": data})
    return state["Default"], data


def computed(value: Any, states: Mapping[str, Any]) -> Any:
    """What JSONata in a field comes to."""
    if isinstance(value, dict):
        return {key: computed(inner, states) for key, inner in value.items()}
    if isinstance(value, list):
        return [computed(inner, states) for inner in value]
    if not (isinstance(value, str) and value.startswith("{%")):
        return value
    expression = jsonata.Jsonata.jsonata(value[2:-2].strip())
    frame = expression.create_frame()
    frame.bind("states", states)
    return expression.evaluate(None, frame)


def test_no_path_hangs_and_every_task_has_time_second_tries_and_a_way_out() -> None:
    assert flaws(definition()) == []
    assert unfilled(machine(OrderWorkflow, "OrderWorkflow")) == set()


def test_an_order_goes_through() -> None:
    run = Run({"Charge": AUTHORIZED})
    assert run.to_the_end() == "Confirmed"
    assert run.recorded == ["CONFIRMED"]
    ((detail_type, detail),) = run.said
    assert detail_type == ORDER_CONFIRMED
    assert set(detail) == set(SCHEMAS[ORDER_CONFIRMED].document()["required"])
    assert detail["items"] == ORDER["items"]


def test_a_drills_order_is_committed_and_nobody_is_asked_for_it_or_hears_of_it() -> None:
    run = Run({}, order=ORDER | {"drill": True})
    assert run.to_the_end() == "Confirmed"
    assert run.path == [
        "WhoseOrder",
        "Commit",
        "RecordConfirmation",
        "WhoHears",
        "WhatIsLeft",
        "Confirmed",
    ]
    assert (run.said, run.recorded) == ([], ["CONFIRMED"])


def test_of_a_drills_order_that_fails_nothing_is_undone_and_somebody_is_called() -> None:
    run = Run({"Commit": NOT_WRITABLE}, order=ORDER | {"drill": True})
    assert run.to_the_end() == "Broken"
    assert not {"VoidCharge", "ReleaseStock", "SettleStock"} & set(run.path)
    ((_, detail),) = run.said
    assert set(detail) <= set(SCHEMAS[ORDER_FAILED].document()["properties"])


def failure(run: Run) -> str:
    """The reason that the event of failure gives; all that its schema wants is there."""
    ((detail_type, detail),) = run.said
    assert detail_type == ORDER_FAILED
    assert set(detail) == set(SCHEMAS[ORDER_FAILED].document()["required"])
    return str(detail["reason"])


def test_nothing_in_stock_ends_the_order_before_anything_was_done() -> None:
    run = Run({"ReserveStock": {"outcome": "out-of-stock"}})
    assert run.to_the_end() == "GivenUp"
    assert failure(run) == OUT_OF_STOCK
    assert "Charge" not in run.path


def test_a_declined_charge_gives_the_stock_back_and_is_nobodys_fault() -> None:
    run = Run({"Charge": REFUSED})
    assert run.to_the_end() == "GivenUp"
    assert failure(run) == DECLINED
    assert "ReleaseStock" in run.path
    assert "VoidCharge" not in run.path
    assert run.recorded == ["FAILED"]


@pytest.mark.parametrize(
    "error", ["ProcessorUnavailable", "States.Timeout", "Lambda.Unknown", "PaymentRefused"]
)
def test_a_charge_of_which_nobody_knows_what_became_is_voided(error: str) -> None:
    run = Run({"Charge": error})
    assert run.to_the_end() == "Broken"
    assert run.path.index("VoidCharge") < run.path.index("ReleaseStock")
    assert failure(run) == error


def test_where_no_payments_are_taken_there_is_nothing_to_void_and_somebody_is_told() -> None:
    error = "ProcessorNotConfigured"
    run = Run({"Charge": error})
    assert run.to_the_end() == "Broken"
    assert "VoidCharge" not in run.path
    assert "ReleaseStock" in run.path


def test_an_order_that_cannot_be_committed_is_undone_in_full() -> None:
    run = Run({"Charge": AUTHORIZED, "Commit": NOT_WRITABLE})
    assert run.to_the_end() == "Broken"
    assert run.path[-6:] == [
        "VoidCharge",
        "ReleaseStock",
        "RecordFailure",
        "AnnounceFailure",
        "WhoseFault",
        "Broken",
    ]


@pytest.mark.parametrize("error", ["PaymentRefused", "ProcessorNotConfigured"])
@pytest.mark.parametrize("state", ["Charge", "VoidCharge"])
def test_a_final_refusal_is_not_asked_again(state: str, error: str) -> None:
    (retrier,) = tried_again(state, error)
    assert retrier["MaxAttempts"] == 0


@pytest.mark.parametrize("state", ["ReserveStock", "Charge", "Commit"])
def test_what_the_other_region_works_now_is_not_undone_here(state: str) -> None:
    """It may have confirmed the order: to void the charge then would give the goods away."""
    run = Run({"Charge": AUTHORIZED, state: "States.Timeout"}, worked_by="us-west-2")
    assert run.to_the_end() == "HandedOver"
    assert not {"VoidCharge", "ReleaseStock", "RecordFailure"} & set(run.path)
    assert run.said == []


def test_an_order_of_which_nobody_can_tell_who_works_it_is_undone() -> None:
    run = Run({"Charge": AUTHORIZED, "Commit": NOT_WRITABLE, "LookAgain": "States.Timeout"})
    assert run.to_the_end() == "Broken"
    assert "VoidCharge" in run.path


def test_what_cannot_be_undone_is_told_even_of_a_refusal() -> None:
    run = Run({"Charge": REFUSED, "ReleaseStock": "States.Timeout"})
    assert run.to_the_end() == "Broken"
    assert failure(run) == DECLINED


def test_a_void_that_fails_does_not_keep_the_stock() -> None:
    run = Run({"Charge": AUTHORIZED, "Commit": NOT_WRITABLE, "VoidCharge": "States.Timeout"})
    run.to_the_end()
    assert "ReleaseStock" in run.path


#: What follows the commit.
AFTERWARDS = ("RecordConfirmation", "AnnounceConfirmation", "SettleStock")


def test_a_confirmed_order_is_never_undone() -> None:
    for late in AFTERWARDS:
        run = Run({"Charge": AUTHORIZED, late: "States.Timeout"})
        run.to_the_end()
        assert not {"VoidCharge", "ReleaseStock"} & set(run.path)


@pytest.mark.parametrize("late", AFTERWARDS)
def test_what_could_not_be_done_after_a_confirmation_keeps_nothing_else_and_somebody_is_called(
    late: str,
) -> None:
    run = Run({"Charge": AUTHORIZED, late: "States.Timeout"})
    assert run.to_the_end() == "Unfinished"
    assert set(AFTERWARDS) < set(run.path)


def longest(state: Mapping[str, Any]) -> float:
    """Seconds that a task may take with all its tries: its last, and each with the wait before it."""
    limit = float(state["TimeoutSeconds"])
    return limit + sum(pause + limit for retrier in state["Retry"] for pause in pauses(retrier))


def pauses(retrier: Mapping[str, Any]) -> Iterator[float]:
    pause = float(retrier.get("IntervalSeconds", 1))
    for _ in range(retrier["MaxAttempts"]):
        yield min(pause, retrier.get("MaxDelaySeconds", pause))
        pause *= retrier.get("BackoffRate", 2)


def test_an_execution_outlasts_all_that_it_may_wait_for() -> None:
    """It is never cut off between a charge and what undoes it."""
    told = definition()
    tasks = [state for state in told["States"].values() if state["Type"] == "Task"]
    assert sum(longest(state) for state in tasks) < told["TimeoutSeconds"]


def test_an_order_waits_a_day_for_its_database_in_a_history_that_step_functions_can_hold() -> None:
    """A try writes four events or so; an execution may have 25,000."""
    (patient,) = tried_again("Commit", NOT_WRITABLE)
    assert sum(pauses(patient)) / 2 > 20 * 3600, "full jitter waits half of the time on average"
    assert patient["MaxAttempts"] * 5 < 5_000


def tried_again(state: str, error: str) -> list[Mapping[str, Any]]:
    """The retrier that takes this error by its name, if any."""
    retriers = definition()["States"][state]["Retry"]
    return [retrier for retrier in retriers if error in retrier["ErrorEquals"]]


@pytest.mark.parametrize(
    "error", ["Lambda.TooManyRequestsException", "TransactionCanceledException"]
)
@pytest.mark.parametrize(
    "state", ["ReserveStock", "Charge", "Commit", "SettleStock", "VoidCharge", "ReleaseStock"]
)
def test_no_order_is_given_up_for_a_crowd(state: str, error: str) -> None:
    """Steps run so many at a time: on the day of a sale an order waits for its turn."""
    (patient,) = tried_again(state, error)
    assert sum(pauses(patient)) / 2 > 3 * 3600


def test_retries_are_spread() -> None:
    for state in definition()["States"].values():
        for retrier in state.get("Retry", ()):
            assert retrier["MaxAttempts"] == 0 or retrier["JitterStrategy"] == "FULL"


def test_the_log_tells_every_step_and_nothing_of_what_is_in_it(made: Made) -> None:
    told = made["OrderWorkflow"]["LoggingConfiguration"]
    assert told["Level"] == "ALL"
    assert told["IncludeExecutionData"] in (False, "false")
    assert made["OrderWorkflow"]["EncryptionConfiguration"]["Type"] == "CUSTOMER_MANAGED_KMS_KEY"


def test_an_acknowledged_order_starts_it_and_what_does_not_get_there_is_kept(made: Made) -> None:
    rule = made["OrderAcknowledged"]
    assert rule["EventPattern"] == {"source": [SOURCE], "detail-type": ["OrderAcknowledged"]}
    (target,) = rule["Targets"]
    assert "UnstartedOrders" in str(target["DeadLetterConfig"]["Arn"])
    assert int(target["RetryPolicy"]["MaximumEventAgeInSeconds"]) == 86400
    assert made["RuleStarts"]["SourceArn"]


def test_the_workflow_may_confirm_and_fail_orders_and_acknowledge_none(made: Made) -> None:
    (granted,) = (
        statement
        for statement in made.statements("OrderWorkflowRole")
        if statement["Action"] == ["events:PutEvents"]
    )
    assert granted["Condition"]["StringEquals"]["events:detail-type"] == [
        ORDER_CONFIRMED,
        ORDER_FAILED,
    ]


def test_only_the_commit_step_reads_the_databases_password(made: Made) -> None:
    readers = [
        title
        for title in ("OrderStockRole", "OrderCommitRole", "OrderStarterRole", "OrderWorkflowRole")
        if "secretsmanager:GetSecretValue" in str(made.statements(title))
    ]
    assert readers == ["OrderCommitRole"]


def test_every_alarm_is_heard() -> None:
    assert unheard(OrderWorkflow, "WorkflowTier") == []
