"""Every template, built: the roots in their order, each with its layers and its manifest."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from troposphere.cloudformation import Stack

from generator.deployers import Deployers
from generator.errors import BuildError
from generator.layer import Handoff, Layer, Lookup, Source, Where
from generator.manifest import Manifest, ParameterSource
from generator.nesting import compose, in_order
from generator.render import render
from generator.roots import ROOTS, Roots
from generator.settings import Setting

#: The root that is sent with the call, since the others lie in the bucket that it makes.
INLINE = "foundation"

#: CloudFormation's quota for that, in bytes.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
INLINE_LIMIT = 51_200


@dataclass(frozen=True)
class Build:
    """Every template of the platform: file name -> bytes, as it lies in templates/out.

    `lines` tells of each file which source line makes which logical id; of a nested stack, its module.
    """

    files: Mapping[str, bytes]
    lines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def build(roots: Roots = ROOTS) -> Build:
    """Build every root and every layer. Raises BuildError where the source is wired wrongly."""
    files: dict[str, bytes] = {}
    lines: dict[str, Mapping[str, str]] = {}
    with _uncollected():
        for name, layers in _layers(roots).items():
            lines |= _lines(name, layers)
            for file, body in _build_root(name, layers, roots):
                if file in files:
                    raise BuildError(f"two templates are named {file}")
                files[file] = body
    return Build(files, lines)


@contextmanager
def _uncollected() -> Iterator[None]:
    """A build makes many small objects that all live to its end: collecting would only walk them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def resource_types(roots: Roots = ROOTS) -> Mapping[str, frozenset[str]]:
    """The types that each root's templates hold, but for those of the deployers."""
    return {name: _types(built) for name, built in _before_deployers(roots).items()}


def _layers(roots: Roots) -> Mapping[str, Sequence[Layer]]:
    """Every root's layers, built. The deployers are allowed what the others turn out to hold."""
    built = _before_deployers(roots)
    types = {name: _types(layers) for name, layers in built.items()}
    return {name: built[name] if name in built else [Deployers(types)] for name in roots}


def _before_deployers(roots: Roots) -> dict[str, Sequence[Layer]]:
    return {
        name: [layer() for layer in in_order(name, layers)]
        for name, layers in roots.items()
        if Deployers not in layers
    }


def _lines(root: str, layers: Sequence[Layer]) -> dict[str, Mapping[str, str]]:
    modules = {
        layer.stack_id(): f"{type(layer).__module__.replace('.', '/')}.py" for layer in layers
    }
    return {f"{root}.json": modules, **{f"{one.file_stem()}.json": one.lines for one in layers}}


def _types(layers: Sequence[Layer]) -> frozenset[str]:
    held = {
        str(resource.resource_type)
        for layer in layers
        for resource in layer.template.resources.values()
    }
    return frozenset({*held, str(Stack.resource_type)})


def _build_root(name: str, built: Sequence[Layer], roots: Roots) -> Iterator[tuple[str, bytes]]:
    if len(built) == 1 and built[0].file_stem() == name:
        root, sources = built[0].template, built[0].sources
    else:
        children = {layer: render(layer.template) for layer in built}
        yield from ((f"{layer.file_stem()}.json", body) for layer, body in children.items())
        try:
            root, sources = compose(name, children)
        except ValueError as error:  # troposphere's word for a quota
            raise BuildError(f"{name}: {error}") from error
    manifest = Manifest(
        root=name,
        parameters={key: _describe(source, name, roots) for key, source in sorted(sources.items())},
        layers={
            layer.stack_id(): f"{layer.file_stem()}.json"
            for layer in built
            if layer.template is not root
        },
    )
    root.set_metadata(manifest.to_metadata())
    body = render(root)
    if name == INLINE:
        _check_inline(name, body)
    yield f"{name}.json", body


def _check_inline(name: str, body: bytes) -> None:
    """Refuse a root that is too long to be sent with the call, without white space."""
    length = len(json.dumps(json.loads(body), separators=(",", ":")).encode())
    if length > INLINE_LIMIT:
        raise BuildError(f"{name} has {length} bytes; CloudFormation takes {INLINE_LIMIT} inline")


def _describe(source: Source, root: str, roots: Roots) -> ParameterSource:
    match source:
        case Setting():
            return ParameterSource.setting(source.key, source.given_by)
        case Handoff():
            giver = next(
                (name for name, layers in roots.items() if source.source.owner in layers), None
            )
            order = list(roots)
            if giver is None or order.index(giver) > order.index(root):
                raise BuildError(f"{source} takes {source.source}, which no earlier root hands on")
            if giver == root and source.of is Where.OWN:
                raise BuildError(
                    f"{source} takes {source.source} of its own root and region: use an Input"
                )
            return ParameterSource.handoff(
                giver, source.of.value, source.source.name, source.example
            )
        case Lookup():
            return ParameterSource.lookup(
                type(source.question).__name__, vars(source.question), source.example
            )
    raise BuildError(f"{root} has a parameter from {source}, which no planner can know")
