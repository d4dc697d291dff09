"""How a root nests its layers: a stack for each, and its parameters from siblings or from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import GetAtt, If, Parameter, Ref, Sub, Template
from troposphere import Output as CfnOutput
from troposphere.cloudformation import Stack

from generator.errors import BuildError
from generator.layer import SETTINGS, Handoff, Input, Layer, Lookup, Output, Received, Source
from generator.render import address
from generator.settings import Settings


def in_order(name: str, layers: Sequence[type[Layer]]) -> list[type[Layer]]:
    """Producers before consumers. Raises BuildError for a producer outside the root, or a cycle."""
    done: list[type[Layer]] = []
    path: list[type[Layer]] = []

    def visit(layer: type[Layer]) -> None:
        if layer in done:
            return
        if layer in path:
            cycle = " -> ".join(step.__name__ for step in [*path[path.index(layer) :], layer])
            raise BuildError(f"{name} has a cycle: {cycle}")
        path.append(layer)
        for port in layer.ports():
            if isinstance(port, Input):
                if port.source.owner not in layers:
                    raise BuildError(
                        f"{port} takes {port.source}, which is not in {name}: use a Handoff"
                    )
                visit(port.source.owner)
        path.pop()
        done.append(layer)

    for layer in layers:
        visit(layer)
    return done


def compose(name: str, children: Mapping[Layer, bytes]) -> tuple[Template, dict[str, Source]]:
    """The root that nests these layers, and where each of its parameters comes from."""
    root, sources = Template(), dict[str, Source]()
    root.set_description(f"Tradewind {name}: the root that nests {len(children)} layers")

    def receive(key: str, source: Source) -> Ref:
        if sources.setdefault(key, source) is not source and not _same(sources[key], source):
            raise BuildError(
                f"{name}: the parameter {key} would mean both {sources[key]} and {source}"
            )
        if key not in root.parameters:
            root.add_parameter(_parameter(key, source))
        return Ref(key)

    def wire(layer: Layer, key: str, source: Source) -> object:
        if not isinstance(source, Input):
            return receive(key, source)
        producer = source.source.owner
        value = GetAtt(producer.stack_id(), f"Outputs.{source.source.name}")
        if producer.condition is None:
            return value
        if layer.condition is not None and layer.condition.implies(producer.condition):
            return value
        return If(condition(producer), value, "")

    def condition(layer: Layer | type[Layer]) -> str:
        assert layer.condition is not None
        layer.condition.declare(lambda setting: receive(setting.name, setting), root.conditions)
        return layer.condition.name

    for layer in children:
        if layer.stack_id() in SETTINGS:
            key = SETTINGS[layer.stack_id()].key
            raise BuildError(
                f"{name}: its layer {layer.stack_id()} and the setting {key} share a name"
            )
    url = receive(Settings.template_base_url.name, Settings.template_base_url)
    for layer, body in children.items():
        conditional: dict[str, Any] = {"Condition": condition(layer)} if layer.condition else {}
        root.add_resource(
            Stack(
                layer.stack_id(),
                TemplateURL=Sub(f"${{{url.data['Ref']}}}/{address(body)}/{layer.file_stem()}.json"),
                Parameters={key: wire(layer, key, source) for key, source in layer.sources.items()},
                DeletionPolicy="Delete",  # what a layer holds has policies of its own
                UpdateReplacePolicy="Delete",
                **conditional,
            )
        )
        for port in layer.ports():
            if isinstance(port, Output) and port.handed_on:
                _hand_on(root, layer, port)
    return root, sources


def _hand_on(root: Template, layer: Layer, port: Output) -> None:
    if port.name in root.outputs:
        raise BuildError(f"two layers hand on an output named {port.name}: rename {port}")
    more: dict[str, Any] = {"Condition": layer.condition.name} if layer.condition else {}
    if port.help:
        more["Description"] = port.help
    root.add_output(
        CfnOutput(port.name, Value=GetAtt(layer.stack_id(), f"Outputs.{port.name}"), **more)
    )


def _same(one: Source, other: Source) -> bool:
    """Two layers may each declare the same Handoff or Lookup; in the root they are one parameter."""
    match one, other:
        case Handoff(), Handoff():
            return (one.source, one.of) == (other.source, other.of)
        case Lookup(), Lookup():
            return one.question == other.question
    return False


def _parameter(key: str, source: Source) -> Parameter:
    if isinstance(source, Received):
        return Parameter(key, Type=source.type)
    default = {} if source.default is None else {"Default": source.default}
    return Parameter(
        key, Type=source.type, Description=source.help, **default, **source.constraints()
    )
