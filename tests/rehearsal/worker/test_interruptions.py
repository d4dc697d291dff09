"""A worker may be sent off, or die, at any moment: another finishes the job, and its bytes are the same."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.rehearsal.worker.conftest import Worker, Workplace, eventually
from tests.rehearsal.worker.wire import NOT_WAITING

#: The pages of the ordinary catalogue, of seven products, two a page: the last has one.
PAGES = 4


def in_mid_job(place: Workplace, page: int = 3, **told: str) -> Worker:
    """A worker that is about to read this page."""
    place.wants()
    worker = place.hire(lambda wire: wire.holding("Scan", page), **told)
    assert worker.wire.rules[0].reached.wait(60)
    return worker


def go_on(worker: Worker) -> None:
    worker.wire.rules[0].released.set()


def finished(place: Workplace) -> None:
    eventually(lambda: place.unfinished() == 0, "the job is done")


def test_a_spot_worker_hands_back_and_another_goes_on_where_it_stopped(
    workplace: Workplace, undisturbed: dict[str, bytes]
) -> None:
    first = in_mid_job(workplace)
    first.instance.is_taken()
    first.wait_for("leaving")
    go_on(first)

    assert first.goes() == 0
    assert workplace.waiting(workplace.jobs) == 1, "visible at once, not in JOB_SECONDS"
    assert workplace.checkpoint()["seen"] == 6
    second = workplace.hire()
    finished(workplace)
    assert second.wire.count("Scan") == PAGES - 3
    assert workplace.feed() == undisturbed


def test_auto_scaling_is_told_once_all_is_handed_back(workplace: Workplace) -> None:
    worker = in_mid_job(workplace)
    worker.wire.answering("CompleteLifecycleAction", NOT_WAITING, times=2)
    worker.instance.is_taken()
    worker.wait_for("leaving")
    go_on(worker)

    assert worker.goes() == 0
    calls = worker.wire.calls
    assert calls.index("ChangeMessageVisibility") < calls.index("CompleteLifecycleAction")
    assert calls.count("CompleteLifecycleAction") == 3, "until Auto Scaling waits for it"


def test_an_idle_worker_that_is_let_go_goes(workplace: Workplace) -> None:
    worker = workplace.hire()
    eventually(lambda: worker.wire.count("ReceiveMessage") > 0, "it waits for a job")
    worker.instance.is_let_go()

    assert worker.goes() == 0
    assert worker.has_said("told Auto Scaling")


def test_a_notice_during_the_last_page_does_not_keep_the_job_from_its_end(
    workplace: Workplace, undisturbed: dict[str, bytes]
) -> None:
    worker = in_mid_job(workplace, page=PAGES)
    worker.instance.is_taken()
    worker.wait_for("leaving")
    go_on(worker)

    assert worker.goes() == 0
    assert worker.has_said("done")
    assert workplace.unfinished() == 0
    assert workplace.feed() == undisturbed


def test_sigterm_hands_back_and_leaves_the_instance_in_its_group(workplace: Workplace) -> None:
    """A new revision comes: the instance stays."""
    worker = in_mid_job(workplace)
    worker.process.send_signal(signal.SIGTERM)
    worker.wait_for("leaving")
    go_on(worker)

    assert worker.goes() == 0
    assert workplace.waiting(workplace.jobs) == 1
    assert worker.wire.count("CompleteLifecycleAction") == 0


@pytest.mark.parametrize(
    "moment",
    ["Scan", "PUT /images-", "PUT /exports-", "feeds/products.json", "DeleteMessage"],
)
def test_a_worker_that_is_killed_is_succeeded_when_its_time_is_over(
    workplaces: Callable[..., Workplace], undisturbed: dict[str, bytes], moment: str
) -> None:
    place = workplaces(visibility=1)
    place.wants()
    first = place.hire(lambda wire: wire.holding(moment, 2 if moment.startswith(("S", "P")) else 1))
    assert first.wire.rules[0].reached.wait(60)
    first.process.kill()
    first.process.wait()
    place.hire()
    finished(place)

    assert place.feed() == undisturbed
    assert place.checkpoint()["done"] is True


def test_being_interrupted_is_no_failure_however_often(
    workplaces: Callable[..., Workplace], undisturbed: dict[str, bytes]
) -> None:
    """SQS counts each time that it hands a job out; this one it would hand out once."""
    place = workplaces(attempts=1)
    first = in_mid_job(place)
    first.instance.is_taken()
    first.wait_for("leaving")
    go_on(first)
    assert first.goes() == 0
    place.hire()
    finished(place)

    assert place.feed() == undisturbed
    assert place.waiting(place.undone) == 0


def test_a_job_that_does_not_stop_is_handed_back_under_way(workplace: Workplace) -> None:
    worker = in_mid_job(workplace, NOTICE_SECONDS="2")
    worker.instance.is_taken()

    assert worker.goes() == 0
    assert worker.has_said("the job does not stop")
    assert workplace.waiting(workplace.jobs) == 1


def test_who_lost_the_job_writes_no_more_of_it(
    workplaces: Callable[..., Workplace], undisturbed: dict[str, bytes]
) -> None:
    """The first asks for more time too late, as one does that was cut off; the second takes over."""
    place = workplaces(visibility=1)
    first = in_mid_job(place, page=2, JOB_SECONDS="6000")
    place.hire(JOB_SECONDS="300")
    eventually(lambda: bool(place.feed().get("feeds/products.json")), "the second is done")
    finished(place)
    checkpoint = place.checkpoint()
    go_on(first)
    first.wait_for("another has it")

    assert place.checkpoint() == checkpoint
    assert place.feed() == undisturbed
    assert first.wire.count("feeds/products.json") == 0
    assert first.wire.count("DeleteMessage") == 0
