"""Rotate the master password of the orders database, by logging in and setting it there.

The password never reaches the server as it is: what is sent and kept is what SCRAM makes of it, so no log of
the server's can hold it. Between setSecret and finishSecret the database knows the pending password alone;
`order_commit` tries that one, too.
"""

import itertools
import os
from base64 import b64encode

import boto3
from aws_calls import CALLS
from orders_database import LoginRefused, connect, told_plainly
from pg8000.native import identifier, literal
from rotation_steps import rotate
from scramp import ScramMechanism


def handler(event, context):
    """Secrets Manager's request for one step."""
    rotate(event, "password", set_password, log_in)


def set_password(pending, earlier):
    """It may be in force already; else whatever password is in force sets it."""
    where = address()
    for login in itertools.chain([pending], earlier):
        try:
            connection = connect(*where, login, "rotation")
        except LoginRefused:
            continue
        with connection, told_plainly():
            if login is not pending:
                connection.run(statement(pending))
        return
    raise LoginRefused("the database takes no password that its secret holds or has held")


def log_in(pending):
    """Whoever reads the secret next must get in with it."""
    connect(*address(), pending, "rotation").close()


def statement(login):
    """The user's new password, as SCRAM keeps it.

    https://www.postgresql.org/docs/17/catalog-pg-authid.html
    """
    salt, stored, server, rounds = ScramMechanism("SCRAM-SHA-256").make_auth_info(login["password"])
    salt, stored, server = (b64encode(part).decode() for part in (salt, stored, server))
    verifier = f"SCRAM-SHA-256${rounds}:{salt}${stored}:{server}"
    return f"ALTER ROLE {identifier(login['username'])} PASSWORD {literal(verifier)}"


def address():
    """Where the writer answers. The secret does not say, for its replica would name the primary's."""
    rds, database = boto3.client("rds", config=CALLS), os.environ["DATABASE"]
    if os.environ["KIND"] == "Cluster":
        (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=database)["DBClusters"]
        return cluster["Endpoint"], cluster["Port"]
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
    return instance["Endpoint"]["Address"], instance["Endpoint"]["Port"]
