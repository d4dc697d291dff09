"""Whatever the graph of layers, the root wires all of it: properties over generated platforms."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from troposphere.sns import Topic

from generator.layer import Input, Layer, Output
from generator.stacks import build

#: For each layer, which of the layers before it it takes from.
graphs = st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=8)


def layers(graph: list[set[int]]) -> list[type[Layer]]:
    """A layer a node, with an output of its own and an input of each earlier one it takes from."""
    made: list[type[Layer]] = []
    for number, wanted in enumerate(graph):
        taken = {f"from_{n}": Input(vars(made[n])["made"]) for n in sorted(wanted) if n < number}

        def make(self: Any, taken: tuple[str, ...] = tuple(taken)) -> None:
            for name in taken:
                self.add(
                    Topic(f"Uses{name.title().replace('_', '')}", DisplayName=getattr(self, name))
                )
            self.made = self.named("made")

        body = {"__doc__": "a node.", "made": Output(example="m"), "build": make, **taken}
        made.append(type(f"Node{number}", (Layer,), body))
    return made


@settings(deadline=None, max_examples=60)
@given(graphs, st.randoms(use_true_random=False))
def test_every_parameter_is_handed_by_whoever_makes_it_in_whatever_order_layers_are_named(
    graph: list[set[int]], chance: Any
) -> None:
    named = layers(graph)
    chance.shuffle(named)

    files = {name: json.loads(body) for name, body in build({"shop": named}).files.items()}
    stacks = files["shop.json"]["Resources"]

    assert len(stacks) == len(graph)
    for name, stack in stacks.items():
        child = files[stack["Properties"]["TemplateURL"]["Fn::Sub"].split("/")[-1]]
        handed = stack["Properties"]["Parameters"]
        assert handed.keys() == child["Parameters"].keys()
        for parameter, value in handed.items():
            if not parameter.startswith("From"):
                assert value == {"Ref": parameter}
                continue
            producer, output = value["Fn::GetAtt"]
            assert producer == f"Node{parameter.removeprefix('From')}"
            assert output == "Outputs.Made"
            assert list(stacks).index(producer) < list(stacks).index(name)


@settings(deadline=None, max_examples=30)
@given(graphs)
def test_naming_the_layers_in_another_order_moves_no_address(graph: list[set[int]]) -> None:
    named = layers(graph)
    forth, back = (build({"shop": order}).files for order in (named, named[::-1]))

    assert {name: body for name, body in forth.items() if name != "shop.json"} == {
        name: body for name, body in back.items() if name != "shop.json"
    }
