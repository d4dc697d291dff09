"""Two regions of dev on paper: stacks, their templates, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.manifest import KEY, ParameterSource
from scripts.drill.parity.sides import Side
from scripts.inventory import Resource, Stack
from tests.functional.stubbed import StubbedSession
from tests.unit.drill.preflight.grounds import PRIMARY, STANDBY, dev


def stack(region: str, root: str, parameters: Mapping[str, str], **outputs: str) -> Stack:
    return Stack(
        region=region,
        id=f"arn:{root}",
        name=f"tradewind-dev-{root}",
        status="CREATE_COMPLETE",
        reason="",
        parameters=parameters,
        outputs=outputs,
        tags={"Root": root},
        protected=False,
        parent_id="",
        root_id="",
        updated="",
    )


def template(**sources: ParameterSource) -> dict[str, Any]:
    """A root's, with its manifest."""
    said = {name: source.to_metadata() for name, source in sources.items()}
    return {
        "Metadata": {KEY: {"Root": "platform", "Layers": {}, "Parameters": said}},
        "Resources": {},
    }


@dataclass
class Region:
    """One region, whose services answer from a script."""

    session: StubbedSession
    side: Side

    def says(self, service: str, operation: str, answer: Mapping[str, Any]) -> None:
        self.session.stub(service, self.side.region).add_response(operation, dict(answer))

    def refuses(self, service: str, operation: str, code: str) -> None:
        self.session.stub(service, self.side.region).add_client_error(operation, code, "no")


def region(
    name: str,
    made: Mapping[str, tuple[str, str]] | None = None,
    outputs: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    sources: Mapping[str, ParameterSource] | None = None,
) -> Region:
    """`made`: path -> type and physical id, as a side has its resources."""
    session = StubbedSession()
    resources = {
        path: Resource(name, tuple(path.split("/")[1:]), type, id, "CREATE_COMPLETE")
        for path, (type, id) in (made or {}).items()
    }
    side = Side(
        aws=session.aws(),
        environment=dev(),
        region=name,
        stacks={"platform": stack(name, "platform", parameters or {}, **(outputs or {}))},
        templates={"platform": template(**(sources or {}))},
        resources=resources,
    )
    return Region(session, side)


def pair(**said: Any) -> tuple[Region, Region]:
    """The same in both."""
    return region(PRIMARY, **said), region(STANDBY, **said)
