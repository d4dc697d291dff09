"""The two worlds of a planned wave, read from AWS: templates, values and ids, of the stacks that may change.

What stands is read of the stack, what is wanted of its change set, nested ones of their own: so it is what
CloudFormation has, whatever a checkout or a release says. What cannot be read is left out, and then told as
CloudFormation tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts import inventory
from scripts.aws import Aws, AwsSaidNo, dns_suffix
from scripts.changes import NESTED_STACK, Change
from scripts.deploy.explainer import Standing, Wanted, explain
from scripts.deploy.explainer.origins import Origins
from scripts.deploy.explainer.telling import Line
from scripts.deploy.explanations import Explanation
from scripts.deploy.plan import WavePlan

if TYPE_CHECKING:
    from generator.environments import Environment

#: Stacks that are read side by side.
AT_ONCE = 8

#: What AWS says of a stack or a change set that is not there, or that has no template to give.
_ABSENT = ("ValidationError", "ChangeSetNotFound", "ChangeSetNotFoundException")


def explained(
    aws: Aws,
    plan: WavePlan,
    environment: Environment,
    params: Path,
    *,
    line: Callable[[Mapping[str, Any]], Line] | None = None,
) -> Explanation:
    """What a planned wave would really do. Reads AWS; changes nothing.

    `params` is the directory of the environments' files, by which a setting is traced to its line. `line`
    makes of the wanted templates, by file, a finder of source lines (`scripts.deploy.source_lines`).
    """
    region = plan.wave.region
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reader = _Reader(aws, region, pool)
        stack_id = plan.change_set.stack_id
        standing = reader.standing(stack_id, plan.changes) if plan.kind == "UPDATE" else None
        wanted = reader.wanted(plan.change_set.id, plan.inputs.parameters)
        before, after = standing() if standing else Standing({}, id=stack_id), wanted()
    files = _files(plan.wave.root, after) if after else {}
    return explain(
        plan.wave.root,
        region,
        plan.changes,
        before,
        after,
        pseudo=_pseudo(stack_id, region),
        origin=Origins.of(after.template if after else {}, environment, region, params),
        line=line(files) if line else (lambda _template, _logical_id: ""),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads stacks side by side: every method begins to, and gives what waits for the answer."""

    aws: Aws
    region: str
    pool: ThreadPoolExecutor

    def standing(self, stack_id: str, changes: Iterable[Change]) -> Callable[[], Standing | None]:
        """A stack as it stands, and those below it that the changes name."""
        template = self._later(self._template, StackName=stack_id)
        described = self._later(self._described, stack_id)
        held = self._later(self._held, stack_id)
        below = {
            change.logical_id: self.standing(change.physical_id, change.inside)
            for change in changes
            if change.type == NESTED_STACK and change.physical_id and change.action != "Add"
        }

        def answer() -> Standing | None:
            nested = {logical_id: waited() for logical_id, waited in below.items()}
            said, body = described.result(), template.result()
            if body is None or said is None:
                return None
            return Standing(
                template=body,
                parameters=_values(said.get("Parameters", ()), "Parameter"),
                outputs=_values(said.get("Outputs", ()), "Output"),
                resources=held.result(),
                nested={logical_id: one for logical_id, one in nested.items() if one is not None},
                resolved=_resolved(said.get("Parameters", ())),
                id=stack_id,
            )

        return answer

    def wanted(
        self, change_set_id: str, parameters: Mapping[str, str]
    ) -> Callable[[], Wanted | None]:
        """A stack as its change set has it, and those below it."""
        template = self._later(self._template, ChangeSetName=change_set_id)
        described = self._later(self._planned, change_set_id)

        def answer() -> Wanted | None:
            said = described.result()
            below = {name: self.wanted(nested, {}) for name, nested in said.nested.items()}
            body = template.result()
            nested = {name: waited() for name, waited in below.items()}
            if body is None:
                return None
            return Wanted(
                template=body,
                parameters=parameters,
                nested={name: one for name, one in nested.items() if one is not None},
                resolved=said.resolved,
            )

        return answer

    def _later(self, read: Callable[..., Any], *given: Any, **named: Any) -> Future[Any]:
        self.aws.client("cloudformation", self.region)  # made here, and not by several threads
        return self.pool.submit(read, *given, **named)

    def _template(self, **which: str) -> Mapping[str, Any] | None:
        """A template with its transforms done; None where there is none, or where it cannot be read."""
        try:
            answer = self.aws.client("cloudformation", self.region).call(
                "get_template", TemplateStage="Processed", **which
            )
        except AwsSaidNo as error:
            if error.code in _ABSENT:
                return None
            raise
        return inventory.parsed(answer.get("TemplateBody", "")) or None

    def _described(self, stack_id: str) -> Mapping[str, Any] | None:
        try:
            answer = self.aws.client("cloudformation", self.region).call(
                "describe_stacks", StackName=stack_id
            )
        except AwsSaidNo as error:
            if error.code in _ABSENT:
                return None
            raise
        stack: Mapping[str, Any] = answer["Stacks"][0]
        return stack

    def _held(self, stack_id: str) -> Mapping[str, str]:
        held = inventory.children(self.aws, self.region, stack_id)
        return {one.path[-1]: one.physical_id for one in held}

    def _planned(self, change_set_id: str) -> _Planned:
        client = self.aws.client("cloudformation", self.region)
        said = client.call("describe_change_set", ChangeSetName=change_set_id)
        changes = list(said.get("Changes", ()))
        if said.get("NextToken"):
            changes = list(
                client.pages("describe_change_set", "Changes", ChangeSetName=change_set_id)
            )
        nested = {
            change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]["ChangeSetId"]
            for change in changes
            if change["ResourceChange"].get("ChangeSetId")
        }
        return _Planned(nested, _resolved(said.get("Parameters", ())))


@dataclass(frozen=True)
class _Planned:
    """What a change set tells: the change sets below it, and what SSM parameters hold."""

    nested: Mapping[str, str]
    resolved: Mapping[str, str]


def _values(said: Iterable[Mapping[str, str]], kind: str) -> dict[str, str]:
    return {one[f"{kind}Key"]: one.get(f"{kind}Value", "") for one in said}


def _resolved(said: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {one["ParameterKey"]: one["ResolvedValue"] for one in said if "ResolvedValue" in one}


def _pseudo(stack_id: str, region: str) -> dict[str, str]:
    """The pseudo parameters that a stack's ARN tells."""
    _, partition, _, _, account, *_ = f"{stack_id}:::::".split(":")
    return {
        "AWS::Region": region,
        "AWS::AccountId": account,
        "AWS::Partition": partition,
        "AWS::URLSuffix": dns_suffix(region),
    }


def _files(root: str, wanted: Wanted) -> dict[str, Mapping[str, Any]]:
    """The wanted templates by the names of their files, as far as the root's manifest names them."""
    layers = wanted.template.get("Metadata", {}).get("Tradewind", {}).get("Layers", {})
    below = {layers[name]: one.template for name, one in wanted.nested.items() if name in layers}
    return {f"{root}.json": wanted.template, **below}
