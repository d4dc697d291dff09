"""Planning: the values that a wave's parameters get, and the change set that says what they would do.

It changes no stack. What it leaves, until it is executed or removed, is the change set, the shell of a
stack that does not exist yet, and templates and bundles in the artifact bucket, addressed by content.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from generator.manifest import Manifest, ParameterSource
from generator.naming import PREFIX, artifact_bucket, pascal, stack_name
from generator.settings import FALSE, TRUE, Settings
from scripts import failpoints, inventory
from scripts.aws import Aws
from scripts.deploy import change_sets, gates, lookups, release
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.change_sets import Kind, Request
from scripts.deploy.plan import Awaiting, Inputs, Unchanged, WavePlan
from scripts.deploy.release import Release, Root
from scripts.deploy.uploads import NOTES, Notes, upload
from scripts.deploy.waves import ARTIFACTS, Wave
from scripts.errors import Failed, Refused
from scripts.events import ChangeSetCreated, Event, UploadsForgotten

if TYPE_CHECKING:
    from generator.environments import Environment

Planning: TypeAlias = Generator[Event, None, WavePlan | Unchanged]


class NotYet(Exception):
    """A value is handed on by a wave that has not been deployed."""

    def __init__(self, awaited: Wave) -> None:
        super().__init__(str(awaited))
        self.awaited = awaited


@dataclass
class Planner:
    """Plans the waves of one roll-out, in their order."""

    aws: Aws
    environment: Environment
    release: Release
    waves: Sequence[Wave]
    #: What stands, where somebody has looked already; by default AWS is asked each time.
    look: Callable[[str, str], inventory.Stack | None] | None = None
    #: Whether templates are brought to the bucket; a build finds them there.
    uploads: bool = True
    #: Whether the buckets are asked what they hold, whatever was noted.
    verify: bool = False
    _answers: dict[tuple[str, ...], str] = field(default_factory=dict)

    def standing(self, root: str, region: str) -> inventory.Stack | None:
        """A root's stack in a region, where there is one that was created for good."""
        if self.look is not None:
            found = self.look(root, region)
        else:
            found = inventory.stack(self.aws, region, stack_name(self.environment.name, root))
        return found if found is not None and found.stands else None

    def inputs(self, wave: Wave) -> Inputs | Awaiting:
        """What decides the wave's stack. Reads AWS; changes nothing."""
        from generator.parameters import values

        manifest = self.release.roots[wave.root].manifest
        try:
            parameters = values(
                manifest,
                self.environment,
                wave.region,
                facts=self._facts(wave),
                received=lambda source: self._received(wave, source),
            )
        except NotYet as not_yet:
            return Awaiting(wave, not_yet.awaited)
        if (standing := self.standing(wave.root, wave.region)) is not None:
            gates.refuse_another_consistency(str(wave), standing.parameters, parameters)
        asked = (name for name, source in manifest.parameters.items() if source.kind == "lookup")
        return Inputs(
            self.release.roots[wave.root].digest,
            parameters,
            tuple(sorted(asked)),
            self._left_out(wave, manifest),
        )

    def tags(self, wave: Wave) -> dict[str, str]:
        """What a root's stack is tagged with, and so all that it makes."""
        return {"Project": PREFIX, "Environment": self.environment.name, "Root": wave.root}

    def role(self, wave: Wave) -> str:
        """The role that CloudFormation assumes for a root, where an earlier root hands one on."""
        output = f"{pascal(wave.root.replace('-', '_'))}ExecutionRoleArn"
        for giver in self.waves:
            if giver.region != wave.region or not self._precedes(giver, wave):
                continue
            standing = self.standing(giver.root, giver.region)
            if standing is not None and output in standing.outputs:
                return standing.outputs[output]
        return ""

    def _left_out(self, wave: Wave, manifest: Manifest) -> tuple[str, ...]:
        """The types that the wave's settings want and its region does not offer."""
        from generator.availability import left_out

        known = {
            **self.environment.values(wave.region),
            **self.environment.facts(wave.region),
            **self._facts(wave),
        }
        asked = {source.key for source in manifest.parameters.values()}
        return tuple(left_out(wave.region, known, asked))

    def plan(self, wave: Wave, inputs: Inputs) -> Planning:
        """Have CloudFormation work out what the inputs would change. The change set is left standing.

        Where it misses a template that was noted to be in the bucket, somebody emptied that: the notes are
        forgotten, what is lacking is sent, and it is asked once more.
        """
        try:
            return (yield from self._plan(wave, inputs))
        except Failed as error:
            if not _misses(error) or not self.uploads or not self._notes(wave.region).forget():
                raise
        yield UploadsForgotten(wave.region, self._bucket(wave.region))
        return (yield from self._plan(wave, inputs))

    def _plan(self, wave: Wave, inputs: Inputs) -> Planning:
        root = self.release.roots[wave.root]
        name = stack_name(self.environment.name, wave.root)
        standing = inventory.stack(self.aws, wave.region, name)
        if standing is not None and standing.in_progress:
            raise Refused(
                f"{name} in {wave.region} is being changed ({standing.status}).",
                fix=f"Wait, or follow it: tradewind deploy {self.environment.name}",
            )
        kind: Kind = "UPDATE" if standing is not None and standing.stands else "CREATE"
        made = change_sets.create(
            self.aws,
            Request(
                region=wave.region,
                stack_name=name,
                kind=kind,
                template=(yield from self._template(wave, root)),
                parameters=inputs.parameters,
                tags=self.tags(wave),
                role_arn=self.role(wave),
                description=f"{change_sets.DESCRIBED}{inputs.digest}",
            ),
        )
        try:
            yield ChangeSetCreated(wave.root, wave.region, made.name)
            changes = change_sets.read(self.aws, made) if change_sets.wait(self.aws, made) else None
        except BaseException:  # Ctrl-C too: what cannot be decided on does not stay behind
            change_sets.discard(self.aws, made)
            raise
        if changes is None:
            change_sets.delete(self.aws, made)
            return Unchanged(wave, inputs.left_out)
        failpoints.reach("wave.planned")
        return WavePlan(
            wave,
            self.environment.name,
            self.environment.account_id,
            kind,
            inputs,
            made,
            changes,
        )

    def recall(self, wave: Wave, name: str) -> WavePlan:
        """The plan that a standing change set is; as `plan` gave it, whatever the templates are by now."""
        made, said = change_sets.find(
            self.aws, wave.region, stack_name(self.environment.name, wave.root), name
        )
        if said["ExecutionStatus"] != "AVAILABLE":
            raise Failed(
                f"The change set {name} cannot be executed: it is {said['ExecutionStatus']} "
                f"({said['Status']}).",
                fix="Make a new one: tradewind changeset create",
            )
        parameters = {
            one["ParameterKey"]: one.get("ParameterValue", "") for one in said.get("Parameters", ())
        }
        return WavePlan(
            wave,
            self.environment.name,
            self.environment.account_id,
            "UPDATE" if self.standing(wave.root, wave.region) else "CREATE",
            Inputs(change_sets.described(said), parameters),
            made,
            change_sets.read(self.aws, made),
        )

    def _template(self, wave: Wave, root: Root) -> Generator[Event, None, Mapping[str, str]]:
        """How CloudFormation gets the root's template: with the call, or from the bucket."""
        if wave.root == ARTIFACTS:
            return {"TemplateBody": root.inline}
        if self.uploads and not self.release.shipped:
            there = Artifacts.of(self.aws, self.environment, wave.region)
            notes = self._notes(wave.region)
            yield from upload(there, wave.region, root, self.release, notes)
        return {"TemplateURL": f"{self._base_url(wave.region)}/{root.template.key}"}

    def _notes(self, region: str) -> Notes:
        """What was sent to the region's bucket before, by the stack that made the bucket."""
        maker = self.standing(ARTIFACTS, region)
        return Notes(
            self.release.project / NOTES,
            self._bucket(region),
            maker.id if maker is not None else "",
            self.verify,
        )

    def _facts(self, wave: Wave) -> Mapping[str, str]:
        """What only a planner knows of a stack, beside what the environment says itself."""
        peer = self.environment.peer(wave.region)
        peer_ready = self.standing(ARTIFACTS, peer) is not None
        for needed in (Wave(ARTIFACTS, wave.region), Wave(ARTIFACTS, peer)):
            if self._precedes(needed, wave) and self.standing(ARTIFACTS, needed.region) is None:
                raise NotYet(needed)
        return {
            Settings.peer_ready.key: TRUE if peer_ready else FALSE,
            Settings.template_base_url.key: self._base_url(wave.region),
        }

    def _received(self, wave: Wave, source: ParameterSource) -> str:
        """A value from outside the environment's settings: an earlier stack's output, or AWS's answer."""
        if source.kind == "handoff":
            return self._handed_on(wave, source)
        if image := self.release.amis.of(wave.region, source.question, source.subject):
            return image
        question = (wave.region, source.question, *sorted(source.subject.values()))
        if question not in self._answers:
            self._answers[question] = lookups.answer(
                self.aws, wave.region, source.question, source.subject
            )
        return self._answers[question]

    def _handed_on(self, wave: Wave, source: ParameterSource) -> str:
        """An output of a stack that stands, and that is not about to gain it; empty where it has none."""
        named = {"own": wave.region, "peer": self.environment.peer(wave.region)}
        region = named.get(source.region) or self.environment.places[source.region]
        giver = Wave(source.root, region)
        standing = self.standing(giver.root, giver.region)
        if standing is not None and source.output in standing.outputs:
            return standing.outputs[source.output]
        given = self.release.roots[giver.root].outputs if giver.root in self.release.roots else ()
        if self._precedes(giver, wave) and (standing is None or source.output in given):
            raise NotYet(giver)
        return ""

    def _precedes(self, earlier: Wave, wave: Wave) -> bool:
        """Whether a wave has its turn before another one, elsewhere. A root apart comes after all."""
        before = self.waves[: self.waves.index(wave)] if wave in self.waves else self.waves
        return earlier in before and (earlier.root, earlier.region) != (wave.root, wave.region)

    def _bucket(self, region: str) -> str:
        return artifact_bucket(self.environment.name, self.environment.account_id, region)

    def _base_url(self, region: str) -> str:
        return release.base_url(self._bucket(region), region)


def _misses(error: Failed) -> bool:
    """Whether CloudFormation says that S3 does not give it a template: that it is missing, or access denied,
    which is what S3 answers of a missing key to whoever may not list the bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return "S3 error" in error.message
