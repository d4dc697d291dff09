"""A buildspec: what a build is to do, parsed and checked before anything runs.

Version 0.2, and of it what the sandbox does; the rest is refused by name.
https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PHASES = ("install", "pre_build", "build", "post_build")

_TOP = frozenset({"version", "env", "phases", "artifacts", "cache", "batch"})
_REFUSED_TOP = frozenset({"run-as", "proxy", "reports"})
_ENV = frozenset({"shell", "variables", "parameter-store", "secrets-manager", "exported-variables"})
_REFUSED_ENV = frozenset({"git-credential-helper"})
_PHASE = frozenset({"commands", "finally", "on-failure"})
_REFUSED_PHASE = frozenset({"run-as", "steps"})
_ARTIFACT = frozenset(
    {"files", "base-directory", "discard-paths", "name", "exclude-paths", "secondary-artifacts"}
)
_REFUSED_ARTIFACT = frozenset({"enable-symlinks", "s3-prefix"})
_SHELLS = {"sh": "/bin/sh", "/bin/sh": "/bin/sh", "bash": "/bin/bash"}


class BuildspecError(Exception):
    """A buildspec that CodeBuild, or the sandbox, does not take; a sentence."""


class OnFailure(StrEnum):
    """What a phase that fails does to the build; unset follows the phase transitions."""

    UNSET = ""
    ABORT = "ABORT"
    CONTINUE = "CONTINUE"


@dataclass(frozen=True)
class PhaseSpec:
    """The commands of a phase; those of `last` run whether or not the others failed."""

    commands: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    on_failure: OnFailure = OnFailure.UNSET
    runtimes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ArtifactSpec:
    """Which files a build gives."""

    files: tuple[str, ...]
    base_directory: str = ""
    exclude: tuple[str, ...] = ()
    discard_paths: bool = False
    name: str = ""


@dataclass(frozen=True)
class Buildspec:
    """What is to be done."""

    shell: str = "/bin/sh"
    variables: Mapping[str, str] = field(default_factory=dict)
    parameter_store: Mapping[str, str] = field(default_factory=dict)
    secrets_manager: Mapping[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    phases: Mapping[str, PhaseSpec] = field(default_factory=dict)
    artifacts: ArtifactSpec | None = None
    secondary_artifacts: Mapping[str, ArtifactSpec] = field(default_factory=dict)


def parse(text: str) -> Buildspec:
    """A buildspec from its YAML, or JSON. Raises BuildspecError."""
    import yaml

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        where = " ".join(str(problem).split())
        raise BuildspecError(f"The buildspec is not YAML: {where}") from None
    top = _mapping(document, "The buildspec")
    _known(top, _TOP, _REFUSED_TOP, "The buildspec")
    _version(top.get("version"))
    env = _mapping(top.get("env") or {}, "env")
    _known(env, _ENV, _REFUSED_ENV, "env")
    phases = _mapping(top.get("phases") or {}, "phases")
    _known(phases, frozenset(PHASES), frozenset(), "phases")
    if not phases:
        raise BuildspecError("At least one phase is required in a buildspec.")
    main, secondary = _artifacts(top.get("artifacts"))
    return Buildspec(
        shell=_shell(env.get("shell", "sh")),
        variables=_texts(env, "variables"),
        parameter_store=_texts(env, "parameter-store"),
        secrets_manager=_texts(env, "secrets-manager"),
        exported=_list(env.get("exported-variables"), "exported-variables"),
        phases={name: _phase(name, said) for name, said in phases.items()},
        artifacts=main,
        secondary_artifacts=secondary,
    )


def _version(said: object) -> None:
    match str(said):
        case "0.2":
            return
        case "0.1":
            raise BuildspecError(
                "The sandbox does not run buildspecs of version 0.1, whose commands share no state: "
                "write version: 0.2."
            )
        case "None":
            raise BuildspecError("The buildspec says no version: write version: 0.2.")
        case other:
            raise BuildspecError(f"Unsupported buildspec version {other}: write version: 0.2.")


def _shell(said: object) -> str:
    if said not in _SHELLS:
        raise BuildspecError(f"The sandbox has no shell {said!r}: sh and bash are known.")
    return _SHELLS[str(said)]


def _phase(name: str, said: object) -> PhaseSpec:
    phase = _mapping(said, name)
    allowed = _PHASE | ({"runtime-versions"} if name == "install" else set())
    _known(phase, allowed, _REFUSED_PHASE, name)
    runtimes = _texts(phase, "runtime-versions")
    commands = _list(phase.get("commands"), "Commands")
    if not commands and not runtimes:
        raise BuildspecError(f"The phase {name} has no commands.")
    return PhaseSpec(
        commands, _list(phase.get("finally"), "Finally"), _on_failure(name, phase), runtimes
    )


def _on_failure(name: str, phase: Mapping[str, Any]) -> OnFailure:
    said = str(phase.get("on-failure", ""))
    if said.startswith("RETRY"):
        raise BuildspecError(
            f"The sandbox does not try a phase again (on-failure of {name}: {said})."
        )
    try:
        return OnFailure(said)
    except ValueError:
        raise BuildspecError(
            f"on-failure of {name} is {said!r}: it is ABORT or CONTINUE."
        ) from None


def _artifacts(said: object) -> tuple[ArtifactSpec | None, dict[str, ArtifactSpec]]:
    if said is None:
        return None, {}
    artifacts = _mapping(said, "artifacts")
    secondary = {
        str(name): _artifact(
            f"secondary-artifacts {name}", one, _ARTIFACT - {"secondary-artifacts"}
        )
        for name, one in _mapping(artifacts.get("secondary-artifacts") or {}, "secondary").items()
    }
    if "files" not in artifacts and secondary:
        return None, secondary
    return _artifact("artifacts", artifacts, _ARTIFACT), secondary


def _artifact(name: str, said: object, allowed: frozenset[str]) -> ArtifactSpec:
    artifact = _mapping(said, name)
    _known(artifact, allowed, _REFUSED_ARTIFACT, name)
    files = _list(artifact.get("files"), "Files")
    if not files:
        raise BuildspecError(f"{name} names no files.")
    return ArtifactSpec(
        files,
        str(artifact.get("base-directory") or ""),
        _list(artifact.get("exclude-paths"), "Exclude-paths"),
        _yes(artifact.get("discard-paths")),
        str(artifact.get("name") or ""),
    )


def _yes(said: object) -> bool:
    return said is True or str(said).lower() in ("yes", "true")


def _mapping(said: object, name: str) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise BuildspecError(f"{name} must be a mapping.")
    return said


def _texts(holder: Mapping[str, Any], key: str) -> dict[str, str]:
    said = _mapping(holder.get(key) or {}, key)
    for name, value in said.items():
        if isinstance(value, Mapping | list):
            raise BuildspecError(f"{key} {name} must be text.")
    return {str(name): _text(value) for name, value in said.items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _list(said: object, name: str) -> tuple[str, ...]:
    if said is None:
        return ()
    items = [said] if isinstance(said, str) else said
    if not isinstance(items, list):
        raise BuildspecError(f"{name} must be a list.")
    for number, item in enumerate(items):
        if isinstance(item, Mapping | list):
            raise BuildspecError(
                f"Expected {name}[{number}] to be of string type: found subkeys instead."
            )
    return tuple(_text(item) for item in items)


def _known(
    said: Mapping[str, Any], allowed: frozenset[str] | set[str], refused: frozenset[str], where: str
) -> None:
    for key in said:
        if key in refused:
            raise BuildspecError(f"The sandbox does not do {key} ({where}).")
        if key not in allowed:
            raise BuildspecError(f"{where} has an unknown key: {key}.")
