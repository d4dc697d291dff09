"""Commit an order to the database, once. While that takes no writes, say so: the workflow waits.

The connection is kept between invocations for as long as it answers, and given up at the first error: after
a failover the old one may lead to a replica.
"""

import contextlib
import json
import logging
import os

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from orders_database import DatabaseNotWritable, LoginRefused, connect, told_plainly
from orders_schema import bring_up_to_date
from pg8000.exceptions import InterfaceError

log = logging.getLogger()
log.setLevel(logging.INFO)

#: Seconds; without these a call may take minutes, and a function has not got them.
secrets = boto3.client(
    "secretsmanager",
    config=Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2}),
)

#: One statement is one transaction: the order and all its lines, or nothing. Whoever comes second waits for
#: the first, and then writes nothing.
COMMIT = """
WITH written AS (
    INSERT INTO orders (order_id, customer_id, region, total, currency, acknowledged_at)
    VALUES (:order_id, :customer_id, :region, :total, :currency, :acknowledged_at)
    ON CONFLICT (order_id) DO NOTHING
    RETURNING order_id
), lines AS (
    INSERT INTO order_lines (order_id, line_number, product_id, quantity, unit_price)
    SELECT order_id, line_number, item ->> 'product_id',
           CAST(item ->> 'quantity' AS integer), CAST(item ->> 'unit_price' AS bigint)
    FROM written, jsonb_array_elements(CAST(:items AS jsonb)) WITH ORDINALITY
         AS said (item, line_number)
)
SELECT count(*) FROM written"""

#: Of a failover drill's order it is only proven that it gets here.
COMMIT_DRILL = """
INSERT INTO drill_orders (order_id, region, acknowledged_at)
VALUES (:order_id, :region, :acknowledged_at)
ON CONFLICT (order_id) DO NOTHING"""

#: The stages whose passwords are tried. While a rotation is under way the database takes the pending one
#: already, for as long as it takes; if that has become the current one meanwhile, the third look finds it.
STAGES = ("AWSCURRENT", "AWSPENDING", "AWSCURRENT")

#: What the statement takes of an order as it is.
FIELDS = ("order_id", "region", "total", "currency", "acknowledged_at")


class Kept:
    """The connection of this execution environment."""

    connection = None


def handler(event, context):
    """A step of the order workflow."""
    order = event["order"]
    if order.get("drill"):
        told = {name: order[name] for name in ("order_id", "region", "acknowledged_at")}
        write(COMMIT_DRILL, told)
        log.info("drill-committed %s", order["order_id"])
        return {"outcome": "drill-committed"}
    values = {name: order[name] for name in FIELDS}
    values |= {"customer_id": order.get("customer_id"), "items": json.dumps(order["items"])}
    ((written,),) = write(COMMIT, values)
    outcome = "committed" if written else "committed-before"
    log.info("%s %s", outcome, order["order_id"])
    return {"outcome": outcome}


def write(statement, values):
    """Run it as one transaction; gives its rows."""
    try:
        with told_plainly():
            return connected().run(statement, **values)
    except BaseException:
        give_up()
        raise


def connected():
    """A connection that answers, to a database that has its tables."""
    if Kept.connection is not None:
        try:
            with told_plainly():
                Kept.connection.run("SELECT 1")
        except DatabaseNotWritable:
            give_up()
    if Kept.connection is None:
        Kept.connection = log_in()
        bring_up_to_date(Kept.connection)
    return Kept.connection


def give_up():
    """Close the connection, if that can be done, and think no more of it."""
    connection, Kept.connection = Kept.connection, None
    if connection is not None:
        with contextlib.suppress(InterfaceError, OSError):
            connection.close()


def log_in():
    """With the secret as it is now. Raises DatabaseNotWritable."""
    if not os.environ["HOST"]:
        raise DatabaseNotWritable("there is no database in this region")
    tried = []
    for stage in STAGES:
        login = read(stage)
        if login is None or login in tried:
            continue
        tried.append(login)
        try:
            return connect(os.environ["HOST"], os.environ["PORT"], login, "order-commit")
        except LoginRefused:
            continue
    raise DatabaseNotWritable("the database takes no password that its secret holds")


def read(stage):
    """The secret's value at a stage, or None. Raises DatabaseNotWritable."""
    try:
        got = secrets.get_secret_value(SecretId=os.environ["SECRET"], VersionStage=stage)
        return json.loads(got["SecretString"])
    except secrets.exceptions.ResourceNotFoundException:
        return None
    except (BotoCoreError, ClientError, LookupError, ValueError) as error:
        raise DatabaseNotWritable(f"no secret: {type(error).__name__}") from None
