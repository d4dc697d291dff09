"""Writes to a global table reach other regions later, and are lost with the region that held them only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.errors import UsageError
from scripts.sandbox import process
from tests.rehearsal.sandbox.regions import ELSEWHERE, FOR_EVER, HERE, TABLE, THERE, World
from tests.rehearsal.sandbox.running import until


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    began = World.begin(tmp_path / "home")
    yield began
    process.stop(began.home)


def code(refusal: pytest.ExceptionInfo[ClientError]) -> tuple[int, str]:
    told = refusal.value.response
    return told["ResponseMetadata"]["HTTPStatusCode"], told["Error"]["Code"]


def test_a_write_is_not_there_before_the_lag_and_there_after(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    world.put("one")

    assert world.ids(HERE) == {"one"}
    assert world.ids(THERE) == set()
    assert world.way()["queued"] == 1

    world.lag(1)
    world.until_there("one")
    assert world.way() | {"oldest_seconds": None} == {
        "account": world.number,
        "table": TABLE,
        "source": HERE,
        "target": THERE,
        "queued": 0,
        "oldest_seconds": None,
        "applied": 1,
        "superseded": 0,
        "dropped": 0,
    }


def test_the_lag_passes_on_the_clock_of_the_sandbox(world: World) -> None:
    world.table(THERE)
    world.lag(3600)
    world.put("one")

    world.page("PUT", "clock", {"speed": 10_000})

    world.until_there("one")


def test_updates_and_deletions_follow_in_their_order(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    for by in ("first", "second", "third"):
        world.put("kept", by=by)
    world.put("gone")
    world.delete("gone")

    world.lag(0)

    assert world.held(THERE) == {"kept": "third"}
    assert world.way()["applied"] == 5


def test_of_two_writes_to_an_item_the_later_stands_in_both_regions(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    world.put("a", region=HERE, by="here, first")
    world.put("a", region=THERE, by="there, later")
    world.put("b", region=THERE, by="there, first")
    world.put("b", region=HERE, by="here, later")
    world.put("c", region=HERE, by="here, first")
    world.delete("c", region=THERE)  # which has not got it, and deletes nothing
    world.put("d", region=HERE, by="here, first")
    world.put("d", region=THERE, by="there, deleted")
    world.delete("d", region=THERE)

    world.lag(0)

    stands = {"a": "there, later", "b": "here, later", "c": "here, first"}
    assert world.held(HERE) == stands
    assert world.held(THERE) == stands
    assert world.way(HERE, THERE)["superseded"] == 2


def test_three_regions_agree_whatever_comes_first(world: World) -> None:
    world.table(THERE, ELSEWHERE)
    world.lag(FOR_EVER)
    world.put("one", region=HERE, by="first")
    world.fault(HERE, replication_pause=True)
    world.put("one", region=THERE, by="second")

    world.lag(0)
    assert world.held(ELSEWHERE) == {"one": "second"}
    world.clear(HERE)

    for region in (HERE, THERE, ELSEWHERE):
        assert world.held(region) == {"one": "second"}


def test_a_replica_s_stream_tells_of_what_arrives_and_it_goes_no_further(world: World) -> None:
    world.table(THERE)
    world.put("one")
    world.until_there("one")
    streams = world.client("dynamodbstreams", THERE)
    arn = world.client("dynamodb", THERE).describe_table(TableName=TABLE)["Table"][
        "LatestStreamArn"
    ]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]

    records = streams.get_records(ShardIterator=iterator)["Records"]

    assert [(one["eventName"], one["awsRegion"]) for one in records] == [("INSERT", THERE)]
    ways = world.page("GET", "replication")["tables"]
    assert [(one["source"], one["target"]) for one in ways] == [(HERE, THERE)]


def test_the_writes_of_batches_transactions_and_statements_follow(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    dynamodb = world.client("dynamodb")
    item = {name: {"id": {"S": name}, "by": {"S": ""}} for name in ("batch", "transaction")}
    dynamodb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item["batch"]}}]})
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": TABLE, "Item": item["transaction"]}}]
    )
    dynamodb.execute_statement(
        Statement=f"INSERT INTO \"{TABLE}\" VALUE {{'id': 'statement', 'by': ''}}"
    )
    dynamodb.update_item(TableName=TABLE, Key={"id": {"S": "update"}})

    assert world.way()["queued"] == 4


def test_what_was_written_within_the_lag_is_missing_while_a_region_is_down_and_back_after(
    world: World,
) -> None:
    world.table(THERE)
    world.lag(0)
    world.put("old", "older")
    world.lag(FOR_EVER)
    world.put("young", "younger")

    world.fault(HERE, down=True)
    world.lag(0)

    assert world.ids(THERE) == {"old", "older"}
    assert world.way()["queued"] == 2
    world.clear(HERE)
    assert world.ids(THERE) == {"old", "older", "young", "younger"}


def test_writes_wait_for_a_region_that_is_down(world: World) -> None:
    world.table(THERE)
    world.lag(0)
    world.fault(HERE, down=True)

    world.put("new", region=THERE)
    assert world.way(THERE, HERE)["queued"] == 1

    world.clear(HERE)
    assert world.ids(HERE) == {"new"}


def test_a_partition_holds_both_ways_and_a_pause_the_way_out(world: World) -> None:
    world.table(THERE)
    world.lag(0)
    world.fault(HERE, partition=True)
    world.put("out", region=HERE)
    world.put("in", region=THERE)
    assert (world.ids(HERE), world.ids(THERE)) == ({"out"}, {"in"})

    world.fault(HERE, replication_pause=True)
    assert (world.ids(HERE), world.ids(THERE)) == ({"out", "in"}, {"in"})

    world.clear(HERE)
    assert world.ids(THERE) == {"out", "in"}


def test_what_a_paused_region_had_not_sent_is_lost_with_it_and_nothing_else(world: World) -> None:
    world.table(THERE)
    world.lag(0)
    world.put("sent", "sent too")
    world.fault(HERE, replication_pause=True)
    world.put("one", "two", "three")

    world.fault(HERE, destroyed=True)
    assert world.way()["dropped"] == 3
    world.put("meanwhile", region=THERE)
    world.clear(HERE)

    left = {"sent", "sent too", "meanwhile"}
    assert (world.ids(HERE), world.ids(THERE)) == (left, left)
    world.put("after")
    assert world.ids(THERE) == {*left, "after"}


def test_a_replica_that_is_rebuilt_gets_what_the_one_it_was_made_from_lacked(world: World) -> None:
    world.table(THERE, ELSEWHERE)
    world.lag(FOR_EVER)
    world.put("late", "both", region=THERE, by="there")
    world.put("both", by="here, later")

    world.fault(ELSEWHERE, destroyed=True)
    world.clear(ELSEWHERE)
    assert world.held(ELSEWHERE) == {"both": "here, later"}
    world.lag(0)

    for region in (HERE, THERE, ELSEWHERE):
        assert world.held(region) == {"late": "there", "both": "here, later"}


def test_destroyed_twice_is_lost_once(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    world.put("one")

    world.fault(HERE, destroyed=True)
    world.fault(HERE, destroyed=True)

    assert world.way()["dropped"] == 1


def saved(home: Path) -> int:
    """How many writes are on their way in the state that was saved last."""
    state = home / "state"
    try:
        generation = (state / "current").read_text().strip()
        file = state / generation / "stores/replication/replication.json"
        return sum(len(queue) for _, queue in json.loads(file.read_text())["queues"])
    except FileNotFoundError:  # another is being put in its place
        return 0


def test_a_queue_survives_a_kill_of_the_sandbox(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    world.put("a", region=HERE, by="first")
    world.put("a", region=THERE, by="second")
    world.put("b", "c")
    world.fault(ELSEWHERE, partition=True)  # what was acknowledged of a fault is on disk
    until(lambda: saved(world.home) == 4)

    world.kill()
    world.restart()

    assert world.way()["queued"] == 3
    assert world.page("GET", "replication")["lag"] == FOR_EVER
    assert list(world.page("GET", "faults")) == [ELSEWHERE]
    world.lag(0)
    assert world.held(HERE) == world.held(THERE) == {"a": "second", "b": "", "c": ""}


def test_a_table_that_was_made_anew_gets_nothing_of_the_old_one_s(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    world.put("old")
    for region in (THERE, HERE):
        world.client("dynamodb", region).delete_table(TableName=TABLE)
    world.table(THERE)

    world.lag(0)

    assert world.ids(THERE) == set()
    assert world.way()["dropped"] == 1


def test_the_latency_is_measured_in_the_region_that_wrote(world: World) -> None:
    world.table(THERE)
    world.lag(30)
    world.put("one", "two")
    world.page("PUT", "clock", {"speed": 600})
    world.until_there("one", "two")
    cloudwatch = world.client("cloudwatch")

    def told() -> list[dict[str, Any]]:
        metrics: list[dict[str, Any]] = cloudwatch.list_metrics(
            Namespace="AWS/DynamoDB", MetricName="ReplicationLatency"
        )["Metrics"]
        return metrics

    (metric,) = until(told)

    assert {one["Name"]: one["Value"] for one in metric["Dimensions"]} == {
        "TableName": TABLE,
        "ReceivingRegion": THERE,
    }


@pytest.mark.parametrize(
    "said", [{}, {"lag": -1}, {"lag": True}, {"lag": "1"}, {"lag": 86_401}, []]
)
def test_what_is_no_lag_is_refused(world: World, said: object) -> None:
    with pytest.raises(UsageError, match=r'^say {"lag": <seconds, 0 to 86400>}$'):
        world.page("PUT", "replication", said)

    assert world.page("GET", "replication")["lag"] == 1.0


def test_a_reset_forgets_what_is_on_its_way(world: World) -> None:
    world.table(THERE)
    world.lag(FOR_EVER)
    world.put("one")
    world.fault(THERE, partition=True)

    process.reset(world.home)

    assert world.page("GET", "replication") == {"lag": 1.0, "tables": []}
    assert world.page("GET", "faults") == {}


@pytest.fixture
def strong(world: World) -> World:
    """A table with strong consistency: replicas here and there, a witness elsewhere."""
    world.table(
        THERE,
        MultiRegionConsistency="STRONG",
        GlobalTableWitnessUpdates=[{"Create": {"RegionName": ELSEWHERE}}],
    )
    world.lag(FOR_EVER)
    return world


def test_a_strong_table_is_described_as_one(strong: World) -> None:
    for region, other in ((HERE, THERE), (THERE, HERE)):
        table = strong.client("dynamodb", region).describe_table(TableName=TABLE)["Table"]
        assert table["MultiRegionConsistency"] == "STRONG"
        assert table["GlobalTableWitnesses"] == [
            {"RegionName": ELSEWHERE, "WitnessStatus": "ACTIVE"}
        ]
        assert [one["RegionName"] for one in table["Replicas"]] == [other]
        assert "LatestStreamArn" not in table


def test_no_write_to_a_strong_table_is_missing_when_its_region_goes_down(strong: World) -> None:
    strong.put("one", "two")

    strong.fault(HERE, down=True)

    assert strong.ids(THERE) == {"one", "two"}
    strong.put("three", region=THERE)
    strong.clear(HERE)
    assert strong.ids(HERE) == {"one", "two", "three"}


@pytest.mark.parametrize("fault", ["partition", "replication_pause"])
def test_a_lone_region_refuses_writes_and_consistent_reads_of_a_strong_table(
    strong: World, fault: str
) -> None:
    strong.put("one")
    strong.fault(HERE, **{fault: True})
    lone, key = strong.client("dynamodb"), {"id": {"S": "one"}}

    refusals: tuple[Callable[[], Any], ...] = (
        lambda: strong.put("two"),
        lambda: strong.delete("one"),
        lambda: lone.update_item(TableName=TABLE, Key=key),
        lambda: lone.batch_write_item(RequestItems={TABLE: [{"DeleteRequest": {"Key": key}}]}),
        lambda: lone.execute_statement(Statement=f"DELETE FROM \"{TABLE}\" WHERE id = 'one'"),
        lambda: lone.get_item(TableName=TABLE, Key=key, ConsistentRead=True),
        lambda: lone.scan(TableName=TABLE, ConsistentRead=True),
    )
    for refused in refusals:
        with pytest.raises(ClientError) as refusal:
            refused()
        assert code(refusal) == (500, "InternalServerError")

    assert lone.get_item(TableName=TABLE, Key=key)["Item"]["id"] == key["id"]
    strong.put("two", region=THERE)
    strong.clear(HERE)
    assert lone.get_item(TableName=TABLE, Key={"id": {"S": "two"}}, ConsistentRead=True)["Item"]


def test_a_strong_table_without_its_witness_goes_on_and_without_two_regions_does_not(
    strong: World,
) -> None:
    strong.fault(ELSEWHERE, down=True)
    strong.put("one")

    strong.fault(THERE, down=True)
    with pytest.raises(ClientError) as refusal:
        strong.put("two")

    assert code(refusal) == (500, "InternalServerError")
    strong.clear(THERE)
    assert strong.ids(THERE) == {"one"}


def test_what_aws_forbids_on_a_strong_table_is_refused(strong: World) -> None:
    dynamodb = strong.client("dynamodb")
    item = {"id": {"S": "one"}}
    refusals: tuple[Callable[[], Any], ...] = (
        lambda: dynamodb.update_time_to_live(
            TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
        ),
        lambda: dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": TABLE, "Item": item}}]
        ),
        lambda: dynamodb.transact_get_items(
            TransactItems=[{"Get": {"TableName": TABLE, "Key": item}}]
        ),
        lambda: dynamodb.update_table(
            TableName=TABLE, ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}]
        ),
        lambda: dynamodb.update_table(
            TableName=TABLE, ReplicaUpdates=[{"Delete": {"RegionName": THERE}}]
        ),
        lambda: dynamodb.delete_table(TableName=TABLE),
    )
    for refused in refusals:
        with pytest.raises(ClientError) as refusal:
            refused()
        assert code(refusal) == (400, "ValidationException")


def test_a_strong_table_becomes_an_ordinary_one_when_replica_and_witness_go(strong: World) -> None:
    dynamodb = strong.client("dynamodb")

    dynamodb.update_table(
        TableName=TABLE,
        ReplicaUpdates=[{"Delete": {"RegionName": THERE}}],
        GlobalTableWitnessUpdates=[{"Delete": {"RegionName": ELSEWHERE}}],
    )

    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    assert not {"MultiRegionConsistency", "GlobalTableWitnesses", "Replicas"} & table.keys()
    dynamodb.delete_table(TableName=TABLE)


@pytest.mark.parametrize(
    ("replicas", "witnesses"),
    [
        ([THERE], []),
        ([THERE], ["eu-west-1"]),
        ([THERE, ELSEWHERE], ["eu-west-1"]),
        ([THERE, "ap-northeast-1"], []),
        ([THERE], [THERE]),
    ],
)
def test_a_strong_table_is_in_three_regions_of_a_set_and_no_others(
    world: World, replicas: list[str], witnesses: list[str]
) -> None:
    created = [{"Create": {"RegionName": region}} for region in witnesses]

    with pytest.raises(ClientError, match="exactly three Regions of one Region set"):
        world.table(
            *replicas,
            MultiRegionConsistency="STRONG",
            **({"GlobalTableWitnessUpdates": created} if created else {}),
        )


def test_a_table_with_items_does_not_become_strong(world: World) -> None:
    world.single_table(TABLE)
    world.put("one")

    with pytest.raises(ClientError, match="contains no data"):
        world.client("dynamodb").update_table(
            TableName=TABLE,
            MultiRegionConsistency="STRONG",
            ReplicaUpdates=[
                {"Create": {"RegionName": THERE}},
                {"Create": {"RegionName": ELSEWHERE}},
            ],
        )
