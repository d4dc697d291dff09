"""The whole, worked out from resources and conditions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.graph import model
from scripts.graph.model import Architecture, Root
from scripts.graph.topology import Place, Store, Topology, Way
from tests.unit.graph import samples


def root(topology: Topology, name: str) -> Root:
    found = topology.architecture.root(name)
    assert found is not None
    return found


def store(topology: Topology, name: str, layer: str) -> Store:
    stores = topology.stores(root(topology, name))
    return next(one for one in stores if one.layer.name == layer)


def test_the_traffic_passes_what_the_resources_say(large: Architecture) -> None:
    path = [(stop.place, stop.layer.name) for stop in Topology(large).path]

    assert path == [
        (Place.EDGE, "Distribution"),
        (Place.PRIMARY, "FrontDoor"),
        (Place.STANDBY, "FrontDoor"),
        (Place.PRIMARY, "Storefront"),
        (Place.STANDBY, "Storefront"),
    ]


def test_a_fleet_that_no_load_balancer_feeds_is_not_on_the_way(large: Architecture) -> None:
    assert "Workers" not in {stop.layer.name for stop in Topology(large).path}


def test_a_web_acl_is_told_where_the_traffic_meets_it(small: Architecture) -> None:
    guards = {stop.layer.name: stop.guard for stop in Topology(small).path}

    assert guards == {"FrontDoor": "web ACL if waf", "Shop": ""}


def test_each_region_has_what_its_conditions_leave_it(small: Architecture) -> None:
    topology = Topology(small)
    parts = store(topology, "foundation", "KMS").parts

    assert parts[Place.PRIMARY].said == ("1 key",)
    assert parts[Place.STANDBY].said == ("1 replica key",)
    platform = root(topology, "platform")
    assert topology.there(platform, platform.layer("Takeover"), Place.PRIMARY) is False
    assert topology.there(platform, platform.layer("Takeover"), Place.STANDBY) is True
    assert topology.there(platform, platform.layer("Firewall"), Place.PRIMARY) is None


@pytest.mark.parametrize(
    ("name", "layer", "way"),
    [
        ("foundation", "KMS", Way.OUT),
        ("foundation", "S3", Way.BOTH),
        ("foundation", "Backup", None),
        ("platform", "Orders", Way.OUT),
    ],
)
def test_the_way_of_a_copy_follows_from_where_it_is_declared(
    name: str, layer: str, way: Way | None, small: Architecture
) -> None:
    assert store(Topology(small), name, layer).way is way


def test_one_declaration_of_a_global_table_is_data_in_both_regions(large: Architecture) -> None:
    catalog = store(Topology(large), "platform", "Catalog")

    assert catalog.way is Way.BOTH
    assert catalog.parts[Place.STANDBY].said == ("3 replicas",)


def test_the_fleet_reads_what_it_is_wired_from(large: Architecture) -> None:
    topology = Topology(large)

    assert topology.serves_the_fleet(store(topology, "platform", "Catalog"))
    assert not topology.serves_the_fleet(store(topology, "platform", "PriceCache"))


def test_what_makes_up_the_fleet_reads_for_it(tmp_path: Path) -> None:
    """A launch template in a layer of its own takes the data's names; the fleet takes the template."""
    built = samples.small(tmp_path)
    platform = json.loads((built / "platform.json").read_text())
    stacks = platform["Resources"]
    stacks["Instance"] = {**stacks["Shop"], "Properties": {**stacks["Shop"]["Properties"]}}
    stacks["Shop"]["Properties"] = {
        "Parameters": {"Template": {"Fn::GetAtt": ["Instance", "Outputs.TemplateId"]}}
    }
    platform["Metadata"]["Tradewind"]["Layers"]["Instance"] = "platform-instance.json"
    samples.written(
        built,
        {
            "platform": platform,
            "platform-instance": samples.template(
                "the instances", samples.resources("Template:EC2::LaunchTemplate")
            ),
        },
    )
    topology = Topology(model.read(built))

    assert topology.serves_the_fleet(store(topology, "platform", "Orders"))


def test_roots_are_piled_on_what_they_stand_on(large: Architecture) -> None:
    topology = Topology(large, {"load-test": "primary"})

    def names(place: Place) -> list[str]:
        return [root.name for root in topology.roots(place)]

    assert names(Place.PRIMARY) == ["platform", "account", "deployers", "foundation", "load-test"]
    assert names(Place.STANDBY) == ["platform", "account", "deployers", "foundation"]
    assert names(Place.EDGE) == ["edge", "account", "deployers", "foundation"]


def test_every_layer_of_the_pair_is_drawn_once_in_each_place_it_is_in(topology: Topology) -> None:
    for place in (Place.PRIMARY, Place.STANDBY):
        for root in topology.roots(place):
            stops = [s.layer for s in topology.path if s.root is root and s.place is place]
            stores = [s.layer for s in topology.stores(root) if place in s.parts]
            drawn = [*stops, *stores, *topology.beside(root, place)]

            assert len(drawn) == len(set(drawn)), f"{place}: {root.name}"
            there = {x for x in root.layers if topology.there(root, x, place) is not False}
            assert there <= set(drawn)


def test_roots_that_hand_to_one_another_in_a_circle_are_piled_all_the_same(tmp_path: Path) -> None:
    built = samples.small(tmp_path)
    foundation = json.loads((built / "foundation.json").read_text())
    foundation["Metadata"]["Tradewind"]["Parameters"]["Back"] = {
        "kind": "handoff",
        "root": "platform",
        "region": "own",
        "output": "X",
    }
    (built / "foundation.json").write_text(json.dumps(foundation))

    assert len(Topology(model.read(built)).roots(Place.PRIMARY)) == 2


def test_the_real_templates_have_the_way_that_the_readme_promises(real: Architecture) -> None:
    topology = Topology(real)
    layers = [stop.layer.name for stop in topology.path if stop.place is not Place.STANDBY]

    assert layers[-2:] == ["FrontDoor", "Storefront"]
    assert topology.routed
    assert store(topology, "platform", "Catalog").way is Way.BOTH
    assert store(topology, "platform", "Orders").way is Way.OUT
    assert topology.serves_the_fleet(store(topology, "platform", "Catalog"))
    assert not topology.serves_the_fleet(store(topology, "platform", "Orders"))  # functions commit
    assert store(topology, "foundation", "S3").way is Way.BOTH
