"""The indices of a search domain: documents under versions, mappings, and the aliases they are known by.

An index is made by being asked for, and never by writing to it: the roles of a domain with fine-grained
access control are kept here and not enforced, and who only writes may not make one.
"""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

#: Seconds for which OpenSearch remembers the version of what was deleted, unless a setting says otherwise.
_FORGETS = 60.0


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, bool)


#: What a value must be to be parsed as a field of a type.
_PARSED: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: not isinstance(value, dict),
    "keyword": lambda value: not isinstance(value, dict),
    "long": _is_number,
}


class Refusal(Exception):
    """The domain says no, as OpenSearch says it."""

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.status, self.kind, self.reason = status, kind, reason

    def document(self) -> dict[str, Any]:
        """As it stands in an answer."""
        return {"type": self.kind, "reason": self.reason}


@dataclass
class Index:
    """id -> [version, document]; id -> [version, when] of what was deleted; alias -> what is said of it."""

    documents: dict[str, list[Any]] = field(default_factory=dict)
    deleted: dict[str, list[Any]] = field(default_factory=dict)
    aliases: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, document: dict[str, Any], versioning: Versioning) -> tuple[int, str]:
        """Its version, and whether it was created or updated."""
        self._check(name, document)
        version = self._next(name, versioning)
        became = "updated" if name in self.documents else "created"
        self.documents[name] = [version, document]
        self.deleted.pop(name, None)
        return version, became

    def delete(self, name: str, versioning: Versioning) -> tuple[int, str]:
        """The version under which it is gone; what is not there is told so, and remembered too."""
        version = self._next(name, versioning)
        there = self.documents.pop(name, None) is not None
        self.deleted[name] = [version, time.time()]
        return version, "deleted" if there else "not_found"

    def _next(self, name: str, versioning: Versioning) -> int:
        known, is_deleted = self.documents.get(name), self.deleted.get(name)
        if is_deleted and time.time() - is_deleted[1] > self._forgets():
            is_deleted = None
        current = known[0] if known else is_deleted[0] if is_deleted else None
        if versioning.kind == "internal":
            return (current or 0) + 1
        if current is not None and not versioning.beats(current):
            than = "higher" if versioning.kind == "external_gte" else "higher or equal to"
            raise Refusal(
                409,
                "version_conflict_engine_exception",
                f"[{name}]: version conflict, current version [{current}] is {than} the one provided "
                f"[{versioning.version}]",
            )
        return int(versioning.version or 0)

    def _forgets(self) -> float:
        said = re.fullmatch(r"(\d+)(ms|s|m|h|d)", str(self.settings.get("index.gc_deletes", "")))
        return float(said[1]) * _UNITS[said[2]] if said else _FORGETS

    def _check(self, name: str, document: dict[str, Any]) -> None:
        for known, mapped in self.mappings.get("properties", {}).items():
            values = document.get(known)
            for value in values if isinstance(values, list) else [values]:
                if value is not None and not _PARSED[mapped["type"]](value):
                    raise Refusal(
                        400,
                        "mapper_parsing_exception",
                        f"failed to parse field [{known}] of type [{mapped['type']}] in document with id "
                        f"'{name}'.",
                    )


@dataclass(frozen=True)
class Versioning:
    """Who counts a document's versions: OpenSearch itself, or whoever writes."""

    kind: str = "internal"
    version: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("internal", "external", "external_gte"):
            raise wrong(f"No version type match [{self.kind}]")
        if (self.kind == "internal") is not (self.version is None):
            raise wrong(f"version type [{self.kind}] may not be used with version [{self.version}]")

    def beats(self, current: int) -> bool:
        """Whether what is written replaces what stands under that version."""
        given = self.version or 0
        return given >= current if self.kind == "external_gte" else given > current


@dataclass
class Indices:
    """All indices of a domain, by name, and the templates of those to come."""

    indices: dict[str, Index] = field(default_factory=dict)
    templates: dict[str, Any] = field(default_factory=dict)

    def make(self, name: str, said: dict[str, Any]) -> None:
        """A new index, as the templates that fit its name say, and then as it is said."""
        if unknown := said.keys() - {"aliases", "settings", "mappings"}:
            raise Refusal(400, "parse_exception", f"unknown key [{min(unknown)}] for create index")
        if not _NAME.fullmatch(name):
            raise Refusal(
                400,
                "invalid_index_name_exception",
                f"Invalid index name [{name}], must be lowercase",
            )
        if name in self.indices:
            raise Refusal(
                400, "resource_already_exists_exception", f"index [{name}] already exists"
            )
        if any(name in index.aliases for index in self.indices.values()):
            raise Refusal(
                400,
                "invalid_index_name_exception",
                f"Invalid index name [{name}], already exists as alias",
            )
        made = Index()
        for told in [*self._templates(name), said]:
            made.settings |= told.get("settings", {})
            made.mappings |= copy.deepcopy(told.get("mappings", {}))
            made.aliases |= copy.deepcopy(told.get("aliases", {}))
        for mapped in made.mappings.get("properties", {}).values():
            if mapped.get("type") not in _PARSED:
                raise wrong(f"the sandbox knows fields of {', '.join(_PARSED)} alone")
        self._commit({**self.indices, name: made})

    def change_aliases(self, actions: list[dict[str, Any]]) -> None:
        """All of the actions, or none."""
        changed = {
            name: Index(**{**vars(index), "aliases": copy.deepcopy(index.aliases)})
            for name, index in self.indices.items()
        }
        for action in actions:
            ((deed, said),) = action.items()
            if said.get("index") not in changed:
                raise no_such(str(said.get("index")))
            match deed:
                case "add":
                    if said["alias"] in self.indices:
                        raise Refusal(
                            400,
                            "invalid_alias_name_exception",
                            f"Invalid alias name [{said['alias']}]: an index or data stream exists with the "
                            "same name as the alias",
                        )
                    about = {k: v for k, v in said.items() if k not in ("index", "alias")}
                    changed[said["index"]].aliases[said["alias"]] = about
                case "remove":
                    if changed[said["index"]].aliases.pop(said["alias"], None) is None:
                        raise Refusal(
                            404, "aliases_not_found_exception", f"aliases [{said['alias']}] missing"
                        )
                case "remove_index":
                    del changed[said["index"]]
                case _:
                    raise wrong(f"[aliases] unknown field [{deed}]")
        self._commit(changed)

    def read(self, named: str) -> list[tuple[str, Index]]:
        """The indices that a name, an alias or a pattern stands for; only a pattern may stand for none."""
        found = [
            (name, index)
            for name, index in self.indices.items()
            if fnmatchcase(name, named) or named in index.aliases
        ]
        if not found and "*" not in named:
            raise no_such(named)
        return found

    def written(self, named: str, *, require_alias: bool) -> tuple[str, Index]:
        """The one index that is written to under a name or an alias."""
        if named in self.indices and not require_alias:
            return named, self.indices[named]
        bearers = [(name, index) for name, index in self.indices.items() if named in index.aliases]
        if require_alias and not bearers:
            raise Refusal(
                404,
                "index_not_found_exception",
                f"no such index [{named}] and [require_alias] request flag is [true] and [{named}] is "
                "not an alias",
            )
        if not bearers:
            raise no_such(named)
        writers = [
            (name, index) for name, index in bearers if index.aliases[named].get("is_write_index")
        ]
        if len(bearers) == 1 and bearers[0][1].aliases[named].get("is_write_index") is not False:
            return bearers[0]
        if not writers:
            raise wrong(f"no write index is defined for alias [{named}]")
        return writers[0]

    def _commit(self, changed: dict[str, Index]) -> None:
        for alias in {alias for index in changed.values() for alias in index.aliases}:
            writers = [
                name
                for name, index in changed.items()
                if index.aliases.get(alias, {}).get("is_write_index")
            ]
            if len(writers) > 1:
                raise Refusal(
                    500,
                    "illegal_state_exception",
                    f"alias [{alias}] has more than one write index [{','.join(sorted(writers))}]",
                )
        self.indices = changed

    def _templates(self, name: str) -> Iterator[dict[str, Any]]:
        for said in self.templates.values():
            if any(fnmatchcase(name, pattern) for pattern in said.get("index_patterns", ())):
                yield said.get("template", {})


def no_such(named: str) -> Refusal:
    """There is neither an index nor an alias of that name."""
    return Refusal(404, "index_not_found_exception", f"no such index [{named}]")


def wrong(reason: str) -> Refusal:
    """What is asked is no request that there is."""
    return Refusal(400, "illegal_argument_exception", reason)
