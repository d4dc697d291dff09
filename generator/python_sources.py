"""What Python files ask for, read from their text: modules that they import, AWS services that they call."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator.errors import BuildError
from generator.wheels import distributions

#: The methods of a boto3 or botocore session that want the data of a service.
CLIENTS = ("client", "create_client", "resource")


@dataclass(frozen=True)
class Asked:
    """What a text asks for anywhere in it; `unnamed` is a line that names no service literally, or 0."""

    modules: frozenset[str]
    services: frozenset[str]
    unnamed: int


def with_siblings(file: Path) -> list[Path]:
    """The file, those beside it that it imports, and those that they import."""
    found, asked = set[Path](), [file]
    while asked:
        each = asked.pop()
        if each not in found:
            found.add(each)
            beside = (file.parent / f"{module}.py" for module in _read(each).modules)
            asked += [sibling for sibling in beside if sibling.exists()]
    return sorted(found)


def required(files: Iterable[Path], *, given: Collection[str]) -> set[str]:
    """The distributions that files import. Raises BuildError for a module neither given nor pinned."""
    needed = set()
    for file in files:
        for module in sorted(_read(file).modules - set(given) - sys.stdlib_module_names):
            if module not in distributions():
                raise BuildError(
                    f"{file.name} imports {module}, which is neither beside it nor a pinned wheel: "
                    "name it in setup.cfg's extra `runtime`, then make lock snapshots"
                )
            needed.add(distributions()[module])
    return needed


def services(files: Iterable[Path]) -> set[str]:
    """The AWS services that files have clients of. Raises BuildError where one is not named literally."""
    found = set[str]()
    for file in files:
        asked = _read(file)
        if asked.unnamed:
            raise BuildError(
                f"{file.name}, line {asked.unnamed}: a client is not told its service literally, "
                "and a bundle holds botocore's data of those that are named"
            )
        found |= asked.services
    return found


def _read(file: Path) -> Asked:
    try:
        return _asked(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BuildError(f"{file.name} cannot be read: {error.strerror}") from error
    except SyntaxError as error:
        raise BuildError(f"{file.name}, line {error.lineno}: {error.msg}") from error


@cache
def _asked(text: str) -> Asked:
    """A relative import asks for nothing: it is of the file's own package."""
    modules, services, unnamed = set[str](), set[str](), 0
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                modules |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), level=0):
                modules.add(module)
            case ast.Call(func=ast.Attribute(attr=method), args=arguments) if method in CLIENTS:
                match arguments:
                    case [ast.Constant(value=str(service)), *_]:
                        services.add(service)
                    case _:
                        unnamed = unnamed or node.lineno
    top = frozenset(module.partition(".")[0] for module in modules)
    return Asked(top, frozenset(services), unnamed)
