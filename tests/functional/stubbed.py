"""A session whose clients answer from a script, and check both sides against botocore's models.

session = StubbedSession()
session.stub("sts").add_response("get_caller_identity", {...})
aws = session.aws()
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scripts.aws import Aws, Clock


@dataclass(frozen=True)
class Environment:
    """As much of one as `Aws` needs."""

    name: str = "dev"
    account_id: str = "111111111111"
    primary_region: str = "us-east-1"


class StillClock(Clock):
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        super().__init__(poll=5)
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class StubbedSession:
    """One stubbed client a service and region."""

    stubs: dict[tuple[str, str], Any] = field(default_factory=dict)
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def stub(self, service: str, region: str = "us-east-1") -> Any:
        from botocore.session import Session
        from botocore.stub import Stubber

        if (service, region) not in self.stubs:
            client = Session().create_client(
                service, region, aws_access_key_id="x", aws_secret_access_key="x"
            )
            self.clients[service, region] = client
            self.stubs[service, region] = Stubber(client)
            self.stubs[service, region].activate()
        return self.stubs[service, region]

    def create_client(self, service_name: str, region_name: str, **options: Any) -> Any:
        self.stub(service_name, region_name)
        return self.clients[service_name, region_name]

    def aws(self) -> Aws:
        return Aws(self, Environment(), StillClock())

    def assert_all_asked(self) -> None:
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()
