"""State of our own that has to survive a stop, beside what ministack keeps.

A module that keeps state registers a `Store` under a name; the snapshot saves every store into a
directory of its own, and a reset empties them all.
"""

from __future__ import annotations

import json
import os
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Store(Protocol):
    """State that is saved to, loaded from and emptied as a whole.

    The directory belongs to the store alone. `load` is called once, at start-up, and only for a
    directory that `save` completed.
    """

    def save(self, directory: Path) -> None:
        """Write everything below `directory`."""

    def load(self, directory: Path) -> None:
        """Take in what `save` wrote."""

    def reset(self) -> None:
        """Forget everything."""


_STORES: dict[str, Store] = {}


def register(name: str, store: Store) -> None:
    """Have `store` saved, loaded and reset with the sandbox. Names are unique."""
    if name in _STORES and _STORES[name] is not store:
        raise ValueError(f"a store named {name!r} is registered already")
    _STORES[name] = store


def save(directory: Path) -> None:
    """Save every store below `directory`, which is made."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, store in _STORES.items():
        (directory / name).mkdir(parents=True, exist_ok=True)
        store.save(directory / name)


def load(directory: Path) -> None:
    """Load every store that was saved below `directory`."""
    for name, store in _STORES.items():
        if (directory / name).is_dir():
            store.load(directory / name)


def reset() -> None:
    """Empty every store."""
    for store in _STORES.values():
        store.reset()


def write_atomically(path: Path, content: str) -> None:
    """Write a file so that a reader, or a kill at any line, finds the old or the new whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make renames within `directory` survive a loss of power."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path) -> Any:
    """The document at `path`, or None when it is missing or torn."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, UnicodeDecodeError):
        return None


def read_record(cls: type[T], document: Mapping[str, Any]) -> T:
    """A dataclass, and those in it, of what `asdict` gave; a member that was not written has its default."""
    hints = get_type_hints(cls)
    known = {each.name for each in fields(cls)}  # type: ignore[arg-type]
    members = {name: _read(hints[name], value) for name, value in document.items() if name in known}
    return cls(**members)


def _read(hint: Any, value: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return value
    if origin is dict:
        return {key: _read(inner[1], each) for key, each in value.items()}
    if origin is list:
        return [_read(inner[0], each) for each in value]
    return read_record(hint, value) if is_dataclass(hint) and isinstance(hint, type) else value
