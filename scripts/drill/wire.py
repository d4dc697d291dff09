"""What was really sent: each request to AWS that left this process, heard at the wire while a region is left.

A session between ours and botocore's: of every client that it makes it hears each attempt, just before
that is sent. What was sent and nobody declared, and what was sent though the proof objects to it, is a
finding.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from scripts.aws import Aws, Session
from scripts.drill.proof import Judged


@dataclass(frozen=True)
class Sent:
    """One operation of a service, in a region."""

    service: str
    operation: str
    region: str

    def __str__(self) -> str:
        return f"{self.service}:{self.operation} in {self.region}"


class Wire:
    """A session that notes what its clients send, between `listen` and `pause`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._heard: dict[Sent, int] = {}
        self._listening = False
        self._writing = threading.Lock()

    def create_client(self, service_name: str, region_name: str, **options: Any) -> Any:
        """As the session makes it, and heard."""
        client = self._session.create_client(service_name, region_name=region_name, **options)
        client.meta.events.register("before-send", partial(self._hear, service_name, region_name))
        return client

    def listen(self) -> None:
        """From now on."""
        self._listening = True

    def pause(self) -> None:
        """What is sent now is not on the way out."""
        self._listening = False

    @property
    def sent(self) -> dict[Sent, int]:
        """How often each was sent."""
        with self._writing:
            return dict(self._heard)

    def objections(self, declared: Iterable[Judged]) -> tuple[str, ...]:
        """What was sent and not declared, or is objected to; a sentence each.

        Of a call that is declared twice nobody can tell which was sent: the static proof judges each, and
        here the milder word counts.
        """
        known: dict[Sent, str] = {}
        for one in declared:
            sent = Sent(one.call.service, one.call.operation, one.region)
            known[sent] = one.objection and known.get(sent, one.objection)
        said = []
        for sent in sorted(self.sent, key=str):
            if sent not in known:
                said.append(f"{sent} was called, and no step declares it.")
            elif known[sent]:
                said.append(f"{sent} was called: {known[sent]}.")
        return tuple(said)

    def _hear(self, service: str, region: str, event_name: str, **_: Any) -> None:
        if not self._listening:
            return
        sent = Sent(service, event_name.rpartition(".")[2], region)
        with self._writing:
            self._heard[sent] = self._heard.get(sent, 0) + 1


def tapped(aws: Aws) -> tuple[Aws, Wire]:
    """The same account by a session that hears what is sent."""
    wire = Wire(aws.session)
    return replace(aws, session=wire), wire
