"""One account in one region of an AWS on this machine, as a client of its APIs sees it."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.fleets.front_door import FunctionFailed

#: Held while a client is made: a session does not expect two threads.
_MAKING = threading.Lock()


@dataclass
class Account:
    """Clients by service. The access key is the account, as the emulator takes it."""

    endpoint: str
    number: str
    region: str
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A botocore client; none of the user's files or variables counts."""
        from botocore.config import Config

        if service not in self._clients:
            config = Config(
                retries={"mode": "standard", "total_max_attempts": 2},
                connect_timeout=2,
                read_timeout=30,
                s3={"addressing_style": "path"},
                proxies={},
            )
            with _MAKING:
                self._clients[service] = _session().create_client(
                    service,
                    region_name=self.region,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=self.number,
                    aws_secret_access_key="sandbox",  # noqa: S106 - what the emulator ignores
                    config=config,
                )
        return self._clients[service]

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One call. Raises Failed with AWS's words."""
        with explained(f"{service}:{operation} in {self.region}"):
            answer: dict[str, Any] = getattr(self.client(service), operation)(**parameters)
            return answer

    async def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """What a function returns for an event. Raises FunctionFailed."""
        return await asyncio.to_thread(self._invoke, function, event)

    def _invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        try:
            told = self.call("lambda", "invoke", FunctionName=function, Payload=json.dumps(event))
            answer = json.loads(told["Payload"].read() or "null")
        except (Failed, ValueError) as problem:
            raise FunctionFailed(str(problem)) from problem
        if told.get("FunctionError"):
            raise FunctionFailed(told["FunctionError"])
        return answer


@cache
def of_this_sandbox(number: str, region: str) -> Account:
    """An account in the sandbox that this process serves; its clients are kept."""
    return Account(f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}", number, region)


@cache
def _session() -> Any:
    """One for the process: it keeps the models that it has read, which take longer than most calls."""
    from botocore.session import Session

    session = Session()
    for theirs in ("profile", "config_file", "credentials_file"):
        session.session_var_map[theirs] = (None, None, None, None)
    return session


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Whatever botocore raises in the block, as Failed."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        raise Failed(f"{what} failed: {said.get('Message') or said.get('Code')}.") from error
    except BotoCoreError as error:
        raise Failed(f"{what} was not answered: {error}".rstrip(".") + ".") from error
