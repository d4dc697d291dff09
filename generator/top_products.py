"""How products are ranked: the SQL, and the state machine that runs it.

Orders are loaded by the day, the last three days each time: a file that came late is found, an order that was
loaded is not loaded twice, for it is known by its id. Nor is it counted twice: two executions at a time may
each keep it, for the warehouse isolates them by snapshots. A gap is filled by hand: start the machine with
`{"days": 30}`.
https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
"""

from __future__ import annotations

from typing import Any

from generator.layers.order_exports import ORDERS
from generator.states import State, States, awaited, choice, definition, jsonata, task

#: Days that are loaded each time, today among them (UTC).
DAYS = 3

#: Each list is a transaction: it happens as a whole, or not at all.
#: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html
PREPARE = [
    "CREATE SCHEMA IF NOT EXISTS shop",
    "CREATE TABLE IF NOT EXISTS shop.orders (order_id VARCHAR(80) NOT NULL,"
    " confirmed_at TIMESTAMPTZ NOT NULL, region VARCHAR(32), customer_id VARCHAR(80), total BIGINT,"
    " currency CHAR(3), items SUPER) SORTKEY (confirmed_at)",
    "CREATE TABLE IF NOT EXISTS shop.arriving (LIKE shop.orders)",
    "DELETE FROM shop.arriving",
]
KEEP = [
    "INSERT INTO shop.orders SELECT order_id, confirmed_at, region, customer_id, total, currency, items"
    " FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY confirmed_at) AS nth"
    " FROM shop.arriving) AS arrived"
    " WHERE nth = 1 AND order_id NOT IN (SELECT order_id FROM shop.orders)",
    "DELETE FROM shop.arriving",
]

#: What was sold most in thirty days, fifty products.
RANK = (
    "WITH counted AS (SELECT items FROM (SELECT items, ROW_NUMBER() OVER"
    " (PARTITION BY order_id ORDER BY confirmed_at) AS nth FROM shop.orders"
    " WHERE confirmed_at >= DATEADD(day, -30, GETDATE())) AS placed WHERE nth = 1)"
    " SELECT line.product_id::VARCHAR AS product_id, SUM(line.quantity::INTEGER) AS sold"
    " FROM counted, counted.items AS line"
    " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"
)

#: The day before the execution's by so many days, as Firehose's prefix has it.
DAY = (
    "$fromMillis($toMillis($states.context.Execution.StartTime) - $day * 86400000,"
    " 'year=[Y0001]/month=[M01]/day=[D01]/')"
)
COPY = (
    '"COPY shop.arriving FROM \'s3://${Bucket}/" & $prefix &'
    " \"' IAM_ROLE default FORMAT JSON 'auto' GZIP TIMEFORMAT 'auto'\""
)

#: Seconds between two looks at a statement, and for the whole.
PAUSE, TIMEOUT = 10, 2 * 3600


def ranking() -> dict[str, Any]:
    """Make the tables, load the days one by one, keep what is new, rank, and publish."""
    states: States = {
        "Begin": {
            "Type": "Pass",
            "Assign": {
                "day": 0,
                "days": jsonata(f"$exists($states.input.days) ? $states.input.days : {DAYS}"),
            },
            "Next": "Prepare",
        },
        **_statement("Prepare", {"Sqls": PREPARE}, then="AnyDayLeft"),
        "AnyDayLeft": choice(("$day < $days", "FindFiles"), otherwise="Keep"),
        "FindFiles": task(
            "aws-sdk:s3:listObjectsV2",
            {"Bucket": "${Bucket}", "Prefix": jsonata(f"'{ORDERS}' & {DAY}"), "MaxKeys": 1},
            Assign={
                "found": jsonata("$states.result.KeyCount > 0"),
                "prefix": jsonata("$states.result.Prefix"),
            },
            then="AnyFiles",
        ),
        "AnyFiles": choice(("$found", "Load"), otherwise="NextDay"),
        **_statement("Load", {"Sql": jsonata(COPY)}, then="NextDay"),
        "NextDay": {"Type": "Pass", "Assign": {"day": jsonata("$day + 1")}, "Next": "AnyDayLeft"},
        **_statement("Keep", {"Sqls": KEEP}, then="Rank"),
        **_statement("Rank", {"Sql": RANK}, then="Read"),
        "Read": task(
            "aws-sdk:redshiftdata:getStatementResult", {"Id": jsonata("$job")}, then="Publish"
        ),
        "Publish": task(
            "lambda:invoke",
            {"FunctionName": "${Publisher}", "Payload": jsonata("$states.input")},
        ),
    }
    return definition("Begin", states, timeout=TIMEOUT)


def _statement(name: str, sql: dict[str, object], *, then: str) -> States:
    """Run one statement, or several in a transaction, and wait for it."""
    call = "batchExecuteStatement" if "Sqls" in sql else "executeStatement"
    where = {"WorkgroupName": "${Workgroup}", "Database": "${Database}", "SecretArn": "${Login}"}
    start: State = task(
        f"aws-sdk:redshiftdata:{call}",
        {**where, **sql},
        Assign={"job": jsonata("$states.result.Id")},
    )
    look = task("aws-sdk:redshiftdata:describeStatement", {"Id": jsonata("$job")})
    return awaited(
        name,
        start,
        look,
        done="$states.input.Status = 'FINISHED'",
        failed="$states.input.Status in ['FAILED', 'ABORTED']",
        every=PAUSE,
        then=then,
    )
