"""The sandbox's state on disk: written whole, or not at all.

    STATE/current                  the name of the newest complete generation
    STATE/generation-7/ministack/  one JSON file a service, in ministack's own format
    STATE/generation-7/stores/     what our own stores save
    STATE/s3/                      the bodies of S3 objects, which ministack writes as they come
    STATE/code/                    the code of Lambda functions, by its digest

A generation becomes the newest by one rename of `current`, so a kill at any line leaves the last
complete one. autosave.py says when a snapshot is taken.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox import function_code, seams, stores

log = logging.getLogger("tradewind.sandbox")

#: How often a copy of a state is tried.
_COPIES = 5

_STORES_DRAFT = "stores-draft"
_GENERATION = re.compile(r"generation-(\d+)")


@dataclass
class Snapshots:
    """The generations kept in one state directory."""

    directory: Path
    unsaved: list[str] = field(default_factory=list)

    @property
    def objects(self) -> Path:
        """Where the bodies of S3 objects are."""
        return self.directory / "s3"

    @property
    def code(self) -> Path:
        """Where the code of functions is."""
        return self.directory / "code"

    def newest(self) -> Path:
        """The newest complete generation, made empty when there is none."""
        name = ""
        if (self.directory / "current").is_file():
            name = (self.directory / "current").read_text(encoding="utf-8").strip()
        if not _GENERATION.fullmatch(name) or not (self.directory / name).is_dir():
            name = "generation-0"
        generation = self.directory / name
        (generation / "ministack").mkdir(parents=True, exist_ok=True)
        return generation

    def load_stores(self) -> None:
        """Load our own stores from the newest generation."""
        stores.load(self.newest() / "stores")

    def collect(self) -> dict[str, Any]:
        """A copy of every service's state, and our own stores' saved beside the generations.

        Called on the event loop, so that no request changes one service between two copies. A service
        that cannot tell its state keeps what the last generation had, and is named in `unsaved`.
        """
        self.unsaved = []
        states = {}
        for service, get_state in seams.SAVERS.value().items():
            try:
                states[service] = _copied(get_state)
            except Exception as problem:  # noqa: BLE001 - a service's own failure, of whatever kind
                self._give_up(service, problem)
        draft = self.directory / _STORES_DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        stores.save(draft)
        return states

    def write(self, states: dict[str, Any]) -> None:
        """Write collected states as a new generation and make it the newest; older ones go."""
        previous = self.newest()
        number = 1 + max(
            int(match[1])
            for path in self.directory.iterdir()
            if (match := _GENERATION.fullmatch(path.name))
        )
        generation = self.directory / f"generation-{number}"
        (generation / "ministack").mkdir(parents=True)
        for service, state in states.items():
            try:
                _write_service(generation, service, state)
            except (TypeError, ValueError) as problem:  # a state that JSON cannot hold
                self._give_up(service, problem)
        for service in self.unsaved:
            kept = previous / "ministack" / f"{service}.json"
            if kept.is_file():
                shutil.copy2(kept, generation / "ministack")
        (self.directory / _STORES_DRAFT).replace(generation / "stores")
        stores.sync_directory(generation)
        stores.write_atomically(self.directory / "current", generation.name)
        for path in self.directory.iterdir():
            if _GENERATION.fullmatch(path.name) and path != generation:
                shutil.rmtree(path, ignore_errors=True)

    def take(self) -> None:
        """Collect and write, in one go."""
        self.write(self.collect())

    def prune(self) -> None:
        """Remove what the state that was collected last does not name. By whoever has that state."""
        function_code.ORPHANS.remove()

    def _give_up(self, service: str, problem: Exception) -> None:
        log.error("the state of %s was not saved: %s", service, problem)
        self.unsaved.append(service)


def _copied(get_state: Callable[[], Any]) -> Any:
    """A service's state; copied again where one of its own threads changed it under the copy."""
    for _ in range(_COPIES - 1):
        try:
            return get_state()
        except RuntimeError:  # dictionary changed size during iteration
            time.sleep(0.01)
    return get_state()


def _write_service(generation: Path, service: str, state: Any) -> None:
    if state is None:  # a module that never loaded has nothing to say
        return
    document = json.dumps(
        {"__ministack_format__": seams.STATE_FORMAT.value(service), "payload": state},
        default=seams.ENCODE_STATE.value,
    )
    stores.write_atomically(generation / "ministack" / f"{service}.json", document)
