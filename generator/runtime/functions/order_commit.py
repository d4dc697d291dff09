"""Commit an order to the database, once. While it takes no writes, say so: the workflow waits.

The little of PostgreSQL's protocol that this takes stands here until functions are bundled. With
SCRAM-SHA-256-PLUS the password's proof is bound to the server's certificate: another's is found out, and no
list of authorities is needed (RFC 5802, RFC 5929).
"""

import hashlib
import hmac
import json
import os
import secrets
import socket
import ssl
import struct
from base64 import b64decode, b64encode

import boto3
from botocore.exceptions import BotoCoreError, ClientError

TABLE = """CREATE TABLE IF NOT EXISTS orders (order_id uuid PRIMARY KEY, detail jsonb NOT NULL,
committed_at timestamptz NOT NULL DEFAULT now())"""
ROW = "INSERT INTO orders (order_id, detail) VALUES ({}, {}) ON CONFLICT (order_id) DO NOTHING"


class DatabaseNotWritable(Exception):
    """No secret, no connection, no login, no writes: a failover, a replica, a night's stop."""


def handler(event, context):
    """A step of the order workflow."""
    order = event["order"]
    row = ROW.format(quoted(order["order_id"]), quoted(json.dumps(order)))
    try:
        with connect(os.environ["HOST"], os.environ["PORT"]) as tls:
            wire = tls.makefile("rwb")
            log_in(wire, tls.getpeercert(binary_form=True), credentials())
            send(wire, b"Q", f"{TABLE}; {row}".encode() + b"\0")
            until_ready(wire)
    except (BotoCoreError, ClientError, OSError, ValueError, struct.error) as error:
        raise DatabaseNotWritable(f"{type(error).__name__}: {error}") from None


def credentials():
    """Read anew each time: they rotate."""
    got = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET"])
    return json.loads(got["SecretString"])


def connect(host, port):
    """TLS, or nothing."""
    plain = socket.create_connection((host, port), timeout=10)
    plain.sendall(struct.pack("!ii", 8, 80877103))
    if plain.recv(1) != b"S":
        raise ConnectionError("no TLS")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain)


def log_in(wire, certificate, who):
    """By SCRAM, both ways."""
    about = f"user\0{who['username']}\0database\0{who['dbname']}\0\0".encode()
    send(wire, b"", struct.pack("!i", 196608) + about)
    read(wire)
    binding, bare = b"p=tls-server-end-point,,", b"n=,r=" + b64encode(secrets.token_bytes(18))
    opening = binding + bare
    send(wire, b"p", b"SCRAM-SHA-256-PLUS\0" + struct.pack("!i", len(opening)) + opening)
    challenge = read(wire)[1][4:]
    nonce, salt, rounds = (part[2:] for part in challenge.split(b","))
    final = b"c=" + b64encode(binding + hashlib.sha256(certificate).digest()) + b",r=" + nonce
    salted = hashlib.pbkdf2_hmac("sha256", who["password"].encode(), b64decode(salt), int(rounds))
    said = b",".join([bare, challenge, final])
    key = sign(salted, b"Client Key")
    mask = sign(hashlib.sha256(key).digest(), said)
    proof = int.from_bytes(key) ^ int.from_bytes(mask)
    send(wire, b"p", final + b",p=" + b64encode(proof.to_bytes(32)))
    if read(wire)[1][4:] != b"v=" + b64encode(sign(sign(salted, b"Server Key"), said)):
        raise ConnectionError("the server does not know the password")
    until_ready(wire)


def until_ready(wire):
    """Until the server waits for us."""
    while read(wire)[0] != b"Z":
        pass


def read(wire):
    """One message; an error by its SQLSTATE, which tells nothing of the order."""
    kind, length = struct.unpack("!ci", wire.read(5) or b"E\0\0\0\4")
    body = wire.read(length - 4)
    if kind == b"E":
        raise ConnectionError(
            next((p[1:].decode() for p in body.split(b"\0") if p[:1] == b"C"), "?")
        )
    return kind, body


def send(wire, kind, body):
    """One message."""
    wire.write(kind + struct.pack("!i", len(body) + 4) + body)
    wire.flush()


def sign(key, text):
    """HMAC-SHA-256."""
    return hmac.digest(key, text, "sha256")


def quoted(text):
    """A string in SQL, where a backslash is but a backslash."""
    return "'" + text.replace("'", "''") + "'"
