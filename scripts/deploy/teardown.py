"""Taking an environment down: the waves backwards, what outlived its stack, and the purge of it.

With the executor, the only code that changes stacks. It may be killed at any line and run again: it looks
at what stands and, for the purge, at what CloudFormation says it skipped when it deleted a stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.naming import stack_name
from scripts import inventory
from scripts.aws import Aws
from scripts.deploy import change_sets, executor, final_snapshots, follow, purge
from scripts.deploy.waves import Wave
from scripts.errors import Refused
from scripts.events import (
    Event,
    LeftoverRemoved,
    OperationFound,
    ProtectionSet,
    ResourceRetained,
    StackDeleted,
    StackEventSeen,
    WaveFailed,
    WaveStarted,
)
from scripts.inventory import Stack
from scripts.lease import Lease


@dataclass
class Teardown:
    """Deletes the stacks of `waves`, in that order.

    `purging`: and for good what they would leave, and what earlier ones left that carried `tags`.
    """

    aws: Aws
    lease: Lease
    waves: Sequence[Wave]
    regions: Sequence[str]
    purging: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    _kept: list[ResourceRetained] = field(default_factory=list)

    def run(self) -> Iterator[Event]:
        """Every wave. Raises Failed at the first stack that does not go."""
        for number, wave in enumerate(self.waves, 1):
            yield WaveStarted(wave.root, wave.region, number, len(self.waves))
            yield from self._wave(wave)
        if not self.purging:
            yield from dict.fromkeys(self._kept)
            return
        for region in self.regions:
            for retained in purge.skipped(self.aws, region, self.tags):
                self.lease.confirm()
                yield from purge.delete(self.aws, retained)

    def _wave(self, wave: Wave) -> Iterator[Event]:
        standing = self._standing(wave)
        while standing is not None and standing.in_progress:
            yield OperationFound(wave.root, wave.region, standing.status)
            yield from follow.follow(self.aws, follow.latest(self.aws, wave, standing.id))
            standing = self._standing(wave)
        if standing is None:
            return
        self.lease.confirm()
        if standing.status == "REVIEW_IN_PROGRESS":
            self._remove_shell(standing)
            yield LeftoverRemoved(wave.root, wave.region, "an empty stack that was never created")
            return
        if standing.protected:
            executor.set_protection(self.aws, standing, enabled=False)
            yield ProtectionSet(wave.root, wave.region, enabled=False)
        if self.purging:
            purge.unprotect(self.aws, inventory.resources(self.aws, wave.region, standing.id))
        yield from self._delete(wave, standing)

    def _delete(self, wave: Wave, standing: Stack) -> Iterator[Event]:
        began = self.aws.clock.monotonic()
        self.lease.confirm()
        events: list[StackEventSeen] = []
        for event in follow.follow(self.aws, executor.delete(self.aws, wave, standing)):
            events.append(event)
            yield event
        if (status := events[-1].status) != "DELETE_COMPLETE":
            yield WaveFailed(wave.root, wave.region, status, follow.root_cause(events))
            raise executor.WaveGaveUp(
                f"{wave} could not be deleted ({status}).",
                fix="If something is protected from deletion, lift that or pass --purge (never in prod); "
                "then run destroy again: what is gone stays gone.",
            )
        yield StackDeleted(wave.root, wave.region, self.aws.clock.monotonic() - began)
        self._kept += (kept for event in events for kept in self._outlived(event))

    def _outlived(self, event: StackEventSeen) -> Iterator[ResourceRetained]:
        """What an event of a deletion tells was kept: the resource itself, or its final snapshot."""
        where, path = event.region, (event.root, *event.path)
        match event.status:
            case "DELETE_SKIPPED":
                yield ResourceRetained(where, path, event.type, event.physical_id)
            case "DELETE_IN_PROGRESS":
                yield from final_snapshots.of(
                    self.aws, where, path, event.type, event.physical_id, event.at
                )

    def _standing(self, wave: Wave) -> Stack | None:
        return inventory.stack(
            self.aws, wave.region, stack_name(self.aws.environment.name, wave.root)
        )

    def _remove_shell(self, shell: Stack) -> None:
        for left in change_sets.leftovers(self.aws, shell.region, shell.name):
            change_sets.delete(self.aws, left)
        change_sets.remove_shell(self.aws, shell.region, shell.name)


def refuse_purge_of_prod(environment: str, *, is_prod: bool) -> None:
    """Production's retained data is never deleted by this tool."""
    if is_prod:
        raise Refused(
            f"{environment} is production: --purge does not exist there.",
            fix="Destroy without --purge; what is retained is listed at the end.",
        )
