"""Python of the functions that the sandbox runs: HTTPS to what the sandbox imitates is HTTP to the sandbox.

Python imports this by itself before a function, since its folder is on PYTHONPATH. boto3 goes to
AWS_ENDPOINT_URL of its own accord; a search domain and the payment processor are called by their hosts, with
no SDK between. So is a database: the sandbox tells where its engine listens, and TLS goes there untouched.
What a function logs is written as Lambda writes it.
"""

from __future__ import annotations

import json
import os
import socket
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

#: How their hosts end.
IMITATED = (".es.amazonaws.com", "payments.sandbox.example")

#: How a database's host ends; the page that tells of it (`scripts.sandbox.databases`); and seconds that its
#: engine may take to start, the first of all included.
DATABASES, PAGE, START = ".rds.amazonaws.com", "/_tradewind/databases", 90

_connect = HTTPSConnection.connect
_create_connection = socket.create_connection


def _to_sandbox(connection: HTTPSConnection) -> None:
    sandbox = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if sandbox.hostname and connection.host.endswith(IMITATED):
        address = (sandbox.hostname, sandbox.port or 80)
        connection.sock = socket.create_connection(address, connection.timeout)
    else:
        _connect(connection)


HTTPSConnection.connect = _to_sandbox  # type: ignore[method-assign, assignment]


def _to_engine(address: Any, *more: Any, **named: Any) -> socket.socket:
    sandbox = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if sandbox.hostname and str(address[0]).endswith(DATABASES):
        asked = HTTPConnection(sandbox.hostname, sandbox.port or 80, timeout=START)
        try:
            asked.request("GET", f"{PAGE}?{urlencode({'host': address[0], 'port': address[1]})}")
            answer = asked.getresponse()
            told = json.load(answer)
        finally:
            asked.close()
        if answer.status != 200:
            raise ConnectionRefusedError(told["message"])
        address = (told["host"], told["port"])
    return _create_connection(address, *more, **named)


socket.create_connection = _to_engine

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    import sandbox_function_log  # type: ignore[import-not-found]

    sandbox_function_log.install()
