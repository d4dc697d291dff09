"""The sandbox's process reaches this machine and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.sandbox.offline import is_local

ATTEMPTS = {
    "connect": "socket.socket().connect(('192.0.2.1', 80))",
    "connect_ex": "socket.socket().connect_ex(('192.0.2.1', 80))",
    "datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "name": "socket.getaddrinfo('example.com', 443)",
    "old name": "socket.gethostbyname('example.com')",
    "http": "urllib.request.urlopen('http://192.0.2.1/')",
    "library": "boto3.client('sts', region_name='us-east-1', aws_access_key_id='x', "
    "aws_secret_access_key='x').get_caller_identity()",
}


def run(attempt: str) -> subprocess.CompletedProcess[str]:
    program = (
        "import socket, urllib.request, boto3\n"
        "from scripts.sandbox.offline import forbid_network\n"
        "forbid_network()\n"
        f"{attempt}\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=30
    )


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_leaving_the_machine_raises(attempt: str) -> None:
    ended = run(attempt)
    assert ended.returncode == 1
    assert "it answers from this machine alone" in ended.stderr


def test_loopback_is_open() -> None:
    ended = run(
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "socket.getaddrinfo('localhost', 80)\n"
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    "host", [None, "", "localhost", b"localhost", "127.0.0.1", "127.9.9.9", "::1"]
)
def test_local_hosts(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "169.254.169.254", "example.com", "localhost.example.com", "2001:db8::1", 7],
)
def test_remote_hosts(host: object) -> None:
    assert not is_local(host)
