"""A resource is led back to the line that makes it, and to none where the source has moved on."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from generator.stacks import build
from scripts.deploy import source_lines as lines
from scripts.deploy.source_lines import finder


@pytest.fixture(scope="module")
def built() -> dict[str, dict[str, object]]:
    import json

    return {name: json.loads(body) for name, body in build().files.items()}


def test_every_resource_of_every_template_has_a_line_that_names_its_maker(
    built: dict[str, dict[str, object]],
) -> None:
    found = build().lines

    for name, template in built.items():
        resources = template["Resources"]
        assert isinstance(resources, dict)
        assert set(resources) <= set(found[name]), name
    root = Path(__file__).parents[3]
    for place in {place for each in found.values() for place in each.values()}:
        file, _, line = place.partition(":")
        assert (root / file).is_file(), place
        if line:
            assert int(line) <= len((root / file).read_text().splitlines())


def test_a_line_is_inside_the_layer_even_where_another_module_adds_for_it() -> None:
    table = build().lines["orders.json"]

    assert table["DataSubnets"].startswith("generator/layers/orders.py:")
    assert table["OrdersCluster"].startswith("generator/layers/orders_aurora.py:")


def test_a_template_that_this_source_does_not_build_has_no_lines(
    built: dict[str, dict[str, object]],
) -> None:
    moved = copy.deepcopy(built["orders.json"])
    moved["Description"] = "as it was last year"

    found = finder({"orders.json": moved, "cache.json": built["cache.json"]})

    assert found("orders.json", "DataSubnets") == ""
    assert found("cache.json", "CacheUsers").startswith("generator/layers/cache")
    assert found("nobody.json", "Thing") == ""


def test_a_checkout_that_does_not_build_tells_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    from generator import stacks
    from generator.errors import BuildError

    def broken() -> None:
        raise BuildError("Orders reads a port that is gone")

    lines._built.cache_clear()
    monkeypatch.setattr(stacks, "build", broken)

    assert finder({})("orders.json", "DataSubnets") == ""
    lines._built.cache_clear()
