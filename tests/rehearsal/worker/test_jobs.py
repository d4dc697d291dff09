"""What workers do: feeds, audits, and what they make of messages that are no jobs."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.rehearsal.worker.conftest import FEED, Workplace, eventually
from tests.rehearsal.worker.wire import SLOW_DOWN


def finished(place: Workplace) -> None:
    eventually(lambda: place.unfinished() == 0, "all jobs are done")


def test_a_feed_has_a_line_for_each_product_and_is_published_by_one_object(
    workplace: Workplace,
) -> None:
    workplace.sell("p-sold-out", stock={"N": "0"})
    workplace.client("dynamodb").put_item(
        TableName="catalogue", Item={"product_id": {"S": "top-products"}, "products": {"L": []}}
    )
    workplace.wants()
    workplace.hire()
    finished(workplace)

    feed = workplace.feed()
    manifest = json.loads(feed["feeds/products.json"])
    lines = [
        json.loads(line)
        for part in manifest["parts"]
        for line in feed[part["key"]].decode().splitlines()
    ]
    assert feed.keys() == {"feeds/products.json", *(part["key"] for part in manifest["parts"])}
    assert manifest["scheduled_at"] == FEED["scheduled_at"]
    assert (manifest["seen"], manifest["lines"]) == (8, 8), "the ranking is no product"
    by_id = {line["id"]: line for line in lines}
    assert len(by_id) == 8
    assert by_id["p-000"] == {
        "id": "p-000",
        "title": "Product p-000",
        "description": "",
        "category": "lamps",
        "price": 1999,
        "currency": "EUR",
        "availability": "in_stock",
        "image": "/images/p-000.webp",
    }
    assert by_id["p-sold-out"]["availability"] == "out_of_stock"


def test_a_product_that_could_not_be_sold_is_left_out_and_said(workplace: Workplace) -> None:
    workplace.sell("p-half-a-cent", price={"N": "0.5"})
    workplace.wants()
    worker = workplace.hire()
    finished(workplace)

    manifest = json.loads(workplace.feed()["feeds/products.json"])
    assert (manifest["seen"], manifest["lines"]) == (8, 7)
    (line,) = (line for line in worker.said() if line["says"] == "left out of the feed")
    assert line["product"] == "p-half-a-cent"


def test_the_same_job_twice_is_done_once(workplace: Workplace) -> None:
    workplace.wants()
    worker = workplace.hire()
    finished(workplace)
    before, puts = workplace.feed(), worker.wire.count("PUT /images-")
    workplace.sell("p-new")
    workplace.wants()
    finished(workplace)

    assert workplace.feed() == before
    assert worker.wire.count("PUT /images-") == puts


def test_a_feed_that_comes_late_does_not_take_the_place_of_a_later_one(
    workplace: Workplace,
) -> None:
    workplace.wants(FEED | {"scheduled_at": "2026-11-24T02:00:00Z"})
    worker = workplace.hire()
    finished(workplace)
    published = workplace.feed()["feeds/products.json"]
    workplace.wants()
    finished(workplace)

    assert worker.has_said("a later one is published already")
    assert workplace.feed()["feeds/products.json"] == published


def test_an_empty_catalogue_takes_nothing_off_the_lists(
    workplaces: Callable[..., Workplace],
) -> None:
    place = workplaces(products=0)
    place.wants()
    worker = place.hire()
    finished(place)

    assert worker.has_said("nothing to publish")
    assert place.feed() == {}


def test_an_audit_lists_the_products_whose_picture_is_missing(workplace: Workplace) -> None:
    s3 = workplace.client("s3")
    for number in range(7):
        s3.put_object(Bucket=workplace.images, Key=f"images/p-{number:03}.webp", Body=b"RIFF")
    s3.delete_object(Bucket=workplace.images, Key="images/p-003.webp")
    workplace.wants({"job": "image-audit", "scheduled_at": "2026-11-23T03:00:00Z", "page": 3})
    workplace.hire()
    finished(workplace)

    reports = workplace.objects(workplace.exports, "reports/")
    manifest = json.loads(reports["reports/missing-images.json"])
    assert (manifest["seen"], manifest["lines"]) == (7, 1)
    (part,) = manifest["parts"]
    assert json.loads(reports[part["key"]]) == {"product_id": "p-003", "image": "p-003.webp"}


def test_what_is_no_job_ends_in_the_dead_letter_queue_whole_and_in_no_log(
    workplaces: Callable[..., Workplace],
) -> None:
    place = workplaces(attempts=3)
    bodies = [
        "somebody's letter: jane@example.com",
        json.dumps({"job": "no-such-job-jane", "scheduled_at": "2026-11-23T02:00:00Z"}),
        json.dumps(FEED | {"page": "jane"}),
        json.dumps(FEED | {"scheduled_at": "../jane"}),
    ]
    for body in bodies:
        place.wants(body)
    worker = place.hire()
    eventually(lambda: place.waiting(place.undone) == 4, "all four are given up")

    sqs = place.client("sqs")
    found: set[str] = set()
    while len(found) < 4:
        answer = sqs.receive_message(QueueUrl=place.undone, MaxNumberOfMessages=10)
        found |= {message["Body"] for message in answer["Messages"]}
    assert found == set(bodies)
    assert worker.wire.count("DeleteMessage") == 0
    refused = [line["receives"] for line in worker.said() if line["says"] == "no job that we know"]
    assert sorted(refused) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
    assert "jane" not in worker.log.read_text(encoding="utf-8")


def test_a_throttling_s3_is_asked_again_in_a_while(
    workplace: Workplace, undisturbed: dict[str, bytes]
) -> None:
    workplace.wants()
    worker = workplace.hire(lambda wire: wire.answering("PUT /", SLOW_DOWN, times=3))
    finished(workplace)

    assert workplace.feed() == undisturbed
    assert not worker.has_said("failed")


def test_a_write_whose_answer_is_lost_is_known_as_its_own(
    workplace: Workplace, undisturbed: dict[str, bytes]
) -> None:
    """botocore repeats it, and S3 refuses the repetition: the object is not what it was any more."""
    workplace.wants()
    worker = workplace.hire(
        lambda wire: (wire.losing("PUT /exports-", 2), wire.losing("feeds/products.json", 2))
    )
    finished(workplace)

    assert workplace.feed() == undisturbed
    assert not worker.has_said("another has it")


def test_a_job_that_fails_is_tried_again_and_given_up_in_the_end(
    workplaces: Callable[..., Workplace],
) -> None:
    place = workplaces(attempts=2)
    place.client("dynamodb").delete_table(TableName="catalogue")
    place.wants()
    worker = place.hire()
    eventually(lambda: place.waiting(place.undone) == 1, "it is given up")

    failures = [line for line in worker.said() if line["says"] == "failed"]
    assert [line["receives"] for line in failures] == [1, 2]
    assert failures[0]["reason"] == "ResourceNotFoundException"


def test_a_job_that_takes_long_is_said_while_it_goes_on(
    workplaces: Callable[..., Workplace],
) -> None:
    place = workplaces(visibility=1)
    place.wants()
    worker = place.hire(lambda wire: wire.holding("Scan", 2), JOB_LIMIT_SECONDS="0.1")
    worker.wait_for("takes longer than usual")
    assert worker.process.poll() is None
    worker.wire.rules[0].released.set()
    finished(place)
    assert worker.has_said("done")
