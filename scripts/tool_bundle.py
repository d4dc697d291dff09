"""The tool as a release carries it: what the pipeline's builds run, without installing anything.

    tool/generator/  tool/scripts/      the modules that the builds' commands import, and the data they read
    tool/lib/                           pinned wheels, botocore with the services that are called

`PYTHONPATH=tool:tool/lib python3 -m scripts.cli` runs it on any Python from 3.11, so that no package index
has to answer on the day of a deploy. What belongs to it is read from the sources: modules by their imports,
services by their clients. Its commands are those that are in it; `tradewind --help` lists no others.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from generator.errors import BuildError
from generator.wheels import TOOL, Wheel, closure, distributions
from scripts import packing
from scripts.wheelhouse import Wheelhouse
from scripts.zips import PLAIN, Entry

#: Where our packages lie.
HERE = Path(__file__).parent.parent
OURS = ("generator", "scripts")

#: Where in a release the tool lies, and its wheels.
PLACE, LIBRARY = "tool/", "tool/lib/"

#: What builds run.
ENTRY = "scripts.cli"
COMMANDS = ("changeset", "failover_drill", "releases")

#: What is not taken along, though something would import it -> why it can be missed.
LEFT_BEHIND: Mapping[str, str] = {
    "scripts.sandbox": "a build reaches AWS, or what AWS_ENDPOINT_URL names",
    "scripts.commands.sandbox": "the same",
    "scripts.packing": "whoever begins an execution has brought every bundle",
    "scripts.tool_bundle": "a release is made where the tool is installed",
    "generator.roots": "the layers' sources; they are asked for a line's origin only",
    "troposphere": "templates are built already",
    "rich": "a build has no screen",
}

#: A version of a service's data in botocore.
_VERSION = re.compile(r"^botocore/data/([^/]+)/(\d{4}-\d\d-\d\d)/")

#: Methods that make a client of a service; those of ours that hand on what they are told; and where they are.
_CLIENTS = ("client", "create_client")
_HANDING_ON = ("_connected", "primary", "standby")
_HANDS_ON = (
    "scripts.aws",
    "scripts.drill.parity.sides",
    "scripts.drill.preflight.ground",
    "scripts.drill.wire",
)


@dataclass(frozen=True)
class Asked:
    """What a module asks for: dotted names that it imports, those among them that it cannot start without,
    services, the texts in it (which may name data), and the line of a client that is not named, or 0."""

    imports: Mapping[str, int]
    at_once: frozenset[str]
    services: frozenset[str]
    texts: frozenset[str]
    unnamed: int


@dataclass(frozen=True)
class Tool:
    """Dotted names of our modules -> their files, data files, and what is brought from elsewhere."""

    modules: Mapping[str, Path]
    data: tuple[Path, ...]
    wheels: tuple[Wheel, ...]
    services: tuple[str, ...]

    @property
    def version(self) -> str:
        """The tool's own."""
        return metadata.version("tradewind")

    def entries(self, wheelhouse: Wheelhouse, opened: ExitStack) -> dict[str, Entry]:
        """Every file by its place in a release; readable for as long as `opened` is. Fetches wheels."""
        wheelhouse.fetch(self.wheels)
        entries: dict[str, Entry] = {
            f"{PLACE}{path.relative_to(HERE).as_posix()}": (PLAIN, path.read_bytes)
            for path in (*self.modules.values(), *self.data)
        }
        said = f"Metadata-Version: 2.1\nName: tradewind\nVersion: {self.version}\n".encode()
        entries[f"{PLACE}tradewind-{self.version}.dist-info/METADATA"] = (PLAIN, lambda: said)
        for wheel in self.wheels:
            files = dict(packing.unpack(wheel, wheelhouse, opened, self.services))
            spare = set(_spare(files))
            entries |= {f"{LIBRARY}{name}": files[name] for name in files if name not in spare}
        return entries


@cache
def tool() -> Tool:
    """The tool that runs here. Raises BuildError where its sources ask for what nobody brings."""
    modules = dict(_modules([ENTRY, *(f"scripts.commands.{name}" for name in COMMANDS)]))
    asked = {name: _asked(path) for name, path in modules.items()}
    needed = set(TOOL)
    for name, module in sorted(asked.items()):
        needed.update(_distributions(name, module))
        if module.unnamed and name not in _HANDS_ON:
            raise BuildError(
                f"{name}, line {module.unnamed}: a client is not told its service literally, and a "
                "release holds botocore's data of those that are named"
            )
    texts = {text for module in asked.values() for text in module.texts}
    data = (path for path in sorted(HERE.glob("generator/data/*")) if path.name in texts)
    services = {service for module in asked.values() for service in module.services}
    return Tool(modules, tuple(data), tuple(closure(needed)), tuple(sorted(services)))


def _spare(files: Collection[str]) -> Iterator[str]:
    """Of botocore's data, examples and all but the newest version of a service, which nobody asks for."""
    latest: dict[str, str] = {}
    for name in files:
        if found := _VERSION.match(name):
            latest[found[1]] = max(latest.get(found[1], ""), found[2])
    for name in files:
        found = _VERSION.match(name)
        if found and (found[2] != latest[found[1]] or "/examples-" in name):
            yield name


def _modules(asked: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """The modules of these names and all that they import, with the packages that hold them."""
    found, names = set[str](), list(asked)
    while names:
        name = names.pop()
        path = _file(name)
        if name in found or path is None or _left_behind(name):
            continue
        found.add(name)
        yield name, path
        for imported in _asked(path).imports:
            parts = imported.split(".")
            names += [".".join(parts[: size + 1]) for size in range(len(parts))]
        names += [name.rpartition(".")[0]]


def _file(name: str) -> Path | None:
    """The file of a module of ours; None where the name is not one's."""
    if name.partition(".")[0] not in OURS:
        return None
    place = HERE.joinpath(*name.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _left_behind(name: str) -> bool:
    return any(name == left or name.startswith(f"{left}.") for left in LEFT_BEHIND)


def _distributions(name: str, module: Asked) -> Iterator[str]:
    """The distributions that a module imports."""
    for imported, line in module.imports.items():
        top = imported.partition(".")[0]
        if top in OURS or top in sys.stdlib_module_names:
            continue
        if top in distributions():
            yield distributions()[top]
        elif top not in LEFT_BEHIND or imported in module.at_once:
            raise BuildError(
                f"{name}, line {line}: imports {top}, which no release carries: name its distribution "
                "in generator.wheels.TOOL, then make snapshots"
            )


@cache
def _asked(path: Path) -> Asked:
    """Read a module's text. What only a type checker imports is nothing."""
    imports, at_once, services = dict[str, int](), set[str](), set[str]()
    texts, unnamed = set[str](), 0

    def visit(nodes: Iterable[ast.AST], *, inside: bool) -> None:
        nonlocal unnamed
        for node in nodes:
            match node:
                case ast.If(test=ast.Name("TYPE_CHECKING")):
                    visit(node.orelse, inside=inside)
                    continue
                case ast.Import(names=names):
                    found = [alias.name for alias in names]
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    found = [f"{module}.{alias.name}" for alias in names]
                case ast.Call(func=ast.Attribute(attr=method), args=[first, *_]) if method in (
                    *_CLIENTS,
                    *_HANDING_ON,
                ):
                    found = []
                    match first:
                        case ast.Constant(value=str(service)):
                            services.add(service)
                        case _ if method in _CLIENTS:
                            unnamed = unnamed or node.lineno
                case ast.Constant(value=str(text)):
                    found = []
                    texts.add(text)
                case _:
                    found = []
            for name in found:
                imports.setdefault(name, getattr(node, "lineno", 0))
                if not inside:
                    at_once.add(name)
            within = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            visit(ast.iter_child_nodes(node), inside=within)

    visit(ast.parse(path.read_bytes()).body, inside=False)
    return Asked(imports, frozenset(at_once), frozenset(services), frozenset(texts), unnamed)
