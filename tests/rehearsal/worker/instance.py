"""An instance's metadata service, version 2, on loopback: what it says is what a test makes it say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import LoopbackServer, serving

TOKEN = "a-session-token"

SPOT, TARGET, REBALANCE = (
    "spot/instance-action",
    "autoscaling/target-lifecycle-state",
    "events/recommendations/rebalance",
)


class Instance:
    """`says` is path -> text, below meta-data. Without a token it answers 401: HttpTokens is required."""

    def __init__(self) -> None:
        self.says = {
            "instance-id": "i-0123456789abcdef0",
            "tags/instance/aws:autoscaling:groupName": "workers-fleet",
            TARGET: "InService",
        }
        instance = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                asked = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
                right = self.path == "/latest/api/token" and bool(asked)
                self.answer(200 if right else 400, TOKEN if right else "")

            def do_GET(self) -> None:
                if self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
                    self.answer(401, "")
                    return
                text = instance.says.get(self.path.removeprefix("/latest/meta-data/"))
                self.answer(404 if text is None else 200, text or "")

            def answer(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = LoopbackServer(Handler)
        self.url = self.server.url

    def is_taken(self) -> None:
        """EC2's notice, two minutes before."""
        self.says[SPOT] = '{"action": "terminate", "time": "2026-11-23T03:02:00Z"}'

    def is_let_go(self) -> None:
        """Auto Scaling's decision."""
        self.says[TARGET] = "Terminated"


@contextmanager
def booted() -> Iterator[Instance]:
    """An instance that answers, and ends with the test."""
    instance = Instance()
    with serving(instance.server):
        yield instance
