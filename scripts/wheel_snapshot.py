"""Pin the wheels of the bundles: `make snapshots`, after `make lock`.

The versions and the digests are those of requirements.lock, for setup.cfg's extra `runtime`, for what the
tool needs in a pipeline's build, and all that these need. Only wheels for any machine are taken: a bundle is
made here and runs on another processor. PyYAML has none; its modules do without what is compiled of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from dataclasses import asdict, dataclass
from email.parser import HeaderParser
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from generator.wheels import SNAPSHOT, TOOL, Wheel
from scripts.errors import Failed
from scripts.wheelhouse import COMPILED, download

PROJECT = Path(__file__).parent.parent

#: The oldest Python that tests the bundles, and the one that runs them: what either needs is bundled.
PYTHONS = ("3.11", "3.13")

#: Of these there is no wheel for any machine.
WITHOUT_PURE = frozenset({"pyyaml"})

_PINNED = re.compile(
    r"^([\w.-]+)==([^\s;\\]+)[^\\\n]*\\\n((?:\s+--hash=sha256:\w+\s*\\?\n?)+)", re.M
)


@dataclass(frozen=True)
class Pin:
    """A distribution as the lock has it."""

    version: str
    hashes: tuple[str, ...]


def main() -> None:
    """Write the snapshot."""
    said = json.dumps({"wheels": snapshot()}, indent=1)
    SNAPSHOT.write_text(f"{said}\n", encoding="utf-8")


def snapshot() -> dict[str, Any]:
    """Distribution -> what is pinned of it, of all that the extra and the tool close over."""
    pins, found = locked(), dict[str, Wheel]()
    asked = set(direct())
    with TemporaryDirectory() as scratch:
        while asked:
            if unlocked := asked - pins.keys():
                raise Failed(f"requirements.lock has no {', '.join(sorted(unlocked))}.")
            found |= fetched(Path(scratch), {name: pins[name] for name in asked})
            asked = {name for wheel in found.values() for name in wheel.requires} - found.keys()
    return {name: _said(wheel) for name, wheel in sorted(found.items())}


def direct() -> Iterator[str]:
    """The distributions of setup.cfg's extra `runtime`, and the tool's."""
    yield from TOOL
    configuration = ConfigParser()
    configuration.read(PROJECT / "setup.cfg", encoding="utf-8")
    for line in configuration["options.extras_require"]["runtime"].split():
        yield canonicalize_name(Requirement(line).name)


def locked() -> Mapping[str, Pin]:
    """Distribution -> its version and hashes in requirements.lock."""
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    return {
        canonicalize_name(name): Pin(version, tuple(re.findall(r"sha256:(\w+)", hashes)))
        for name, version, hashes in _PINNED.findall(text)
    }


def fetched(directory: Path, pins: Mapping[str, Pin]) -> dict[str, Wheel]:
    """The wheels of these pins, as the index has them."""
    hashed = {
        name: " ".join(f"--hash=sha256:{one}" for one in pin.hashes) for name, pin in pins.items()
    }
    for target, names in (((), pins.keys() - WITHOUT_PURE), (COMPILED, pins.keys() & WITHOUT_PURE)):
        if names:
            asked = [f"{name}=={pins[name].version} {hashed[name]}" for name in sorted(names)]
            download(asked, directory, *target)
    wheels = dict[str, Wheel]()
    for path in directory.glob("*.whl"):
        wheel = read(path)
        wheels[wheel.distribution] = wheel
    if missing := pins.keys() - wheels.keys():
        raise Failed(f"There is no pure wheel of {', '.join(sorted(missing))}.")
    return wheels


def read(path: Path) -> Wheel:
    """What a wheel says of itself, and what it puts on the path."""
    with ZipFile(path) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        headers = HeaderParser().parsestr(archive.read(metadata).decode())
    requirements = map(Requirement, headers.get_all("Requires-Dist", ()))
    return Wheel(
        canonicalize_name(headers["Name"]),
        headers["Version"],
        path.name,
        sha256(path.read_bytes()).hexdigest(),
        tuple(sorted({canonicalize_name(r.name) for r in requirements if _needed(r)})),
        tuple(sorted({_module(name) for name in names} - {""})),
    )


def _needed(requirement: Requirement) -> bool:
    """Whether one of the Pythons needs it on Linux, without any extra."""
    linux = {"extra": "", "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    return requirement.marker is None or any(
        requirement.marker.evaluate(
            {**linux, "python_version": python, "python_full_version": f"{python}.0"}
        )
        for python in PYTHONS
    )


def _module(name: str) -> str:
    """The top-level module that a file of a wheel belongs to; empty where it belongs to none."""
    top, _, rest = name.partition("/")
    if not rest:
        return top.removesuffix(".py") if top.endswith(".py") else ""
    return "" if "." in top or not name.endswith(".py") else top


def _said(wheel: Wheel) -> dict[str, Any]:
    said = asdict(wheel)
    del said["distribution"]
    return said


if __name__ == "__main__":
    main()
