"""One trial on its way: what of it can stand next, what that is told, and what came of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.environments import Environment
from generator.naming import stack_name
from generator.settings import Settings
from scripts import inventory
from scripts.aws import Aws
from scripts.deploy import follow, waves
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.follow import Operation
from scripts.deploy.plan import Awaiting
from scripts.deploy.planner import Planner
from scripts.deploy.release import Release
from scripts.errors import Refused
from scripts.events import StackEventSeen
from scripts.inventory import Stack
from scripts.validate.findings import Finding
from tests.taskcat.report import Outcome
from tests.taskcat.trials import Case, Trial

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]

Values = Mapping[str, str]


@dataclass
class Lane:
    """A trial and its account; `pending` is what has not had its turn."""

    trial: Trial
    aws: Aws
    release: Release
    pending: list[Case]
    stopped: str = ""
    _sent: set[tuple[str, str]] = field(default_factory=set)
    _seen: dict[tuple[str, str], Stack | None] = field(default_factory=dict)

    @classmethod
    def of(cls, trial: Trial, aws: Aws, release: Release) -> Lane:
        """Before anything of it stands."""
        return cls(trial, aws, release, list(trial.cases(release.roots)))

    @property
    def environment(self) -> Environment:
        """What is tested."""
        return self.trial.environment

    def refuse_standing(self) -> None:
        """Raise Refused where a stack has a name that a test would give to its own."""
        for case in self.pending:
            if inventory.stack(self.aws, case.wave.region, case.stack) is not None:
                raise Refused(
                    f"{case.stack} stands in {case.wave.region}: an earlier run left it, or somebody else.",
                    fix="Look at it. If a run was killed: make taskcat ... SWEEP=yes removes what it left.",
                )

    def ready(self) -> Iterator[tuple[Case, Values]]:
        """What can stand next, with its parameters' values: the next case, and its like in other regions."""
        self._seen.clear()
        for case in () if self.stopped else tuple(self.pending):
            first = self.pending[0].wave
            inputs = self._planner.inputs(case.wave) if _alike(first, case.wave) else None
            if inputs is None or isinstance(inputs, Awaiting):
                return
            yield case, inputs.parameters

    @property
    def _planner(self) -> Planner:
        order = [case.wave for case in self.trial.cases(self.release.roots)]
        return Planner(self.aws, self.environment, self.release, order, look=self._look)

    def _look(self, root: str, region: str) -> Stack | None:
        if (root, region) not in self._seen:
            name = stack_name(self.environment.name, root)
            self._seen[root, region] = inventory.stack(self.aws, region, name)
        return self._seen[root, region]

    def overrides(self, case: Case, values: Values, said: Values, profile: str) -> dict[str, Any]:
        """What taskcat's configuration does not say of a test: what other stacks and AWS answered."""
        root = self.release.roots[case.wave.root]
        defaults = {
            name: declared.get("Default")
            for name, declared in json.loads(root.template.body)["Parameters"].items()
        }
        found = {
            name: value
            for name, value in values.items()
            if name != Settings.template_base_url.name and {**defaults, **said}[name] != value
        }
        return {
            "project": {"s3_bucket": self.trial.bucket, "auth": {"default": profile}},
            "tests": {case.name: {"parameters": found}},
        }

    def send_bundles(self, case: Case) -> None:
        """Bring the code that a stack runs into its region's bucket, which its foundation made."""
        keys = self.release.roots[case.wave.root].bundles
        lacking = [key for key in keys if (case.wave.region, key) not in self._sent]
        there = Artifacts.of(self.aws, self.environment, case.wave.region)
        for packed in self.release.pack(lacking):
            with packed.path.open("rb") as body:
                there.put(packed.key, body, packed.sha256, "application/zip")
            self._sent.add((case.wave.region, packed.key))

    def settle(self, case: Case, values: Values) -> tuple[str, str]:
        """Complete a stack that stands, which taskcat has no word for; gives its id and its status."""
        stack = inventory.stack(self.aws, case.wave.region, case.stack)
        assert stack is not None, "it was created a while ago"
        token = uuid.uuid4().hex
        self.aws.client("cloudformation", case.wave.region).call(
            "update_stack",
            StackName=stack.id,
            UsePreviousTemplate=True,
            Capabilities=CAPABILITIES,
            ClientRequestToken=token,
            Parameters=[
                {"ParameterKey": name, "UsePreviousValue": True}
                if name == Settings.template_base_url.name
                else {"ParameterKey": name, "ParameterValue": value}
                for name, value in values.items()
            ],
        )
        *_, last = follow.follow(self.aws, Operation(case.wave, stack.id, token))
        return stack.id, last.status

    def cause(self, case: Case, stack_id: str, reason: str) -> Finding:
        """What went wrong first in a stack, as its events say; `reason` where it has none."""
        events: tuple[StackEventSeen, ...] = ()
        if stack_id:
            events = follow.history(self.aws, follow.latest(self.aws, case.wave, stack_id))
        root = self.release.roots[case.wave.root]
        first = follow.root_cause(events)
        path = first.path if first is not None else ()
        nested = path[:-1] and root.manifest.layers.get(path[0])
        return Finding(
            template=nested or root.template.file,
            path=f"Resources/{path[-1]}" if path else "",
            rule="taskcat",
            message=first.reason if first is not None else reason,
            regions=(case.wave.region,),
        )

    def resources(self, case: Case, stack_id: str) -> int:
        """How many resources stand in a stack and in those nested in it."""
        return sum(1 for _ in inventory.resources(self.aws, case.wave.region, stack_id))

    def gone(self, outcome: Outcome) -> bool:
        """Whether the stack of a test stands no more."""
        stack = outcome.id and inventory.stack(self.aws, outcome.region, outcome.id)
        return not stack or stack.status == "DELETE_COMPLETE"


def _alike(first: waves.Wave, wave: waves.Wave) -> bool:
    """Whether a wave may have its turn together with the first that waits."""
    return wave == first or (wave.root == first.root and not wave.settles and not first.settles)
