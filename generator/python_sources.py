"""What Python files ask for, read from their text: modules that they import, AWS services that they call."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from generator.errors import BuildError
from generator.wheels import distributions

#: The methods of a boto3 or botocore session that want the data of a service.
CLIENTS = ("client", "create_client", "resource")


def imported(file: Path) -> set[str]:
    """The top-level modules that a file imports anywhere in it; a relative import is of its own package."""
    modules = set()
    for node in ast.walk(_parsed(file)):
        match node:
            case ast.Import(names=names):
                modules |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), level=0):
                modules.add(module)
    return {module.partition(".")[0] for module in modules}


def with_siblings(file: Path) -> list[Path]:
    """The file, those beside it that it imports, and those that they import."""
    found, asked = set[Path](), [file]
    while asked:
        each = asked.pop()
        if each not in found:
            found.add(each)
            beside = (file.parent / f"{module}.py" for module in imported(each))
            asked += [sibling for sibling in beside if sibling.exists()]
    return sorted(found)


def required(files: Iterable[Path], *, given: Collection[str]) -> set[str]:
    """The distributions that files import. Raises BuildError for a module neither given nor pinned."""
    needed = set()
    for file in files:
        for module in sorted(imported(file) - set(given) - sys.stdlib_module_names):
            if module not in distributions():
                raise BuildError(
                    f"{file.name} imports {module}, which is neither beside it nor a pinned wheel: "
                    "name it in setup.cfg's extra `runtime`, then make lock snapshots"
                )
            needed.add(distributions()[module])
    return needed


def services(files: Iterable[Path]) -> set[str]:
    """The AWS services that files have clients of. Raises BuildError where one is not named literally."""
    return {service for file in files for service in _services(file)}


def _services(file: Path) -> Iterator[str]:
    for node in ast.walk(_parsed(file)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr=method), args=[ast.Constant(value=str(service)), *_]
            ) if method in CLIENTS:
                yield service
            case ast.Call(func=ast.Attribute(attr=method)) if method in CLIENTS:
                raise BuildError(
                    f"{file.name}, line {node.lineno}: {method}() is not told its service literally, "
                    "and a bundle holds botocore's data of those that are named"
                )


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BuildError(f"{file.name} cannot be read: {error.strerror}") from error
    except SyntaxError as error:
        raise BuildError(f"{file.name}, line {error.lineno}: {error.msg}") from error
