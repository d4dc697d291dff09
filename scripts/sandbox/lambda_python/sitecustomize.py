"""Python of the functions that the sandbox runs: HTTPS to a search domain is HTTP to the sandbox.

Python imports this by itself before a function, since its folder is on PYTHONPATH. boto3 goes to
AWS_ENDPOINT_URL of its own accord; a domain is called by its host, with no SDK between.
"""

from __future__ import annotations

import os
import socket
from http.client import HTTPSConnection
from urllib.parse import urlsplit

_connect = HTTPSConnection.connect


def _to_sandbox(connection: HTTPSConnection) -> None:
    sandbox = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if sandbox.hostname and connection.host.endswith(".es.amazonaws.com"):
        address = (sandbox.hostname, sandbox.port or 80)
        connection.sock = socket.create_connection(address, connection.timeout)
    else:
        _connect(connection)


HTTPSConnection.connect = _to_sandbox  # type: ignore[method-assign, assignment]
