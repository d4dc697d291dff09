"""Which layers make which root, and how a root nests them.

A root is deployed by itself; its layers are its nested stacks. The order of `ROOTS` is the order of the first
roll-out: a Handoff reaches back in it, never forward.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from troposphere import GetAtt, If, Parameter, Ref, Sub, Template
from troposphere import Output as CfnOutput
from troposphere.cloudformation import Stack

from generator.deployers import Deployers
from generator.errors import BuildError
from generator.foundation import Foundation
from generator.layer import SETTINGS, Handoff, Input, Layer, Lookup, Output, Received, Source, Where
from generator.layers.account_alerts import AccountAlerts
from generator.layers.account_settings import AccountSettings
from generator.layers.account_trail import AccountTrail
from generator.layers.alerts import Alerts
from generator.layers.backup import Backup
from generator.layers.cache import Cache
from generator.layers.catalog import Catalog
from generator.layers.configuration import Configuration
from generator.layers.delivery import Delivery
from generator.layers.delivery_logs import DeliveryLogs
from generator.layers.delivery_policies import DeliveryPolicies
from generator.layers.delivery_signals import DeliverySignals
from generator.layers.detection import Detection
from generator.layers.dns import Dns
from generator.layers.edge_alerts import EdgeAlerts
from generator.layers.edge_certificate import EdgeCertificate
from generator.layers.edge_firewall import EdgeFirewall
from generator.layers.edge_names import EdgeNames
from generator.layers.edge_shield import EdgeShield
from generator.layers.events import Events
from generator.layers.firewall import Firewall
from generator.layers.fleet_scaling import FleetScaling
from generator.layers.front_door import FrontDoor
from generator.layers.global_view import GlobalView
from generator.layers.golden_signals import GoldenSignals
from generator.layers.health_alarms import HealthAlarms
from generator.layers.interactions import Interactions
from generator.layers.network import Network
from generator.layers.observability import Observability
from generator.layers.order_exports import OrderExports
from generator.layers.order_intake import OrderIntake
from generator.layers.order_workflow import OrderWorkflow
from generator.layers.orders import Orders
from generator.layers.payment_firewall import PaymentFirewall
from generator.layers.payment_requests import PaymentRequests
from generator.layers.payments import Payments
from generator.layers.prices import Prices
from generator.layers.private_link import PrivateLink
from generator.layers.recommendation_model import RecommendationModel
from generator.layers.recommendation_training import RecommendationTraining
from generator.layers.search import Search
from generator.layers.secrets import Secrets
from generator.layers.shield import Shield
from generator.layers.shield_engagement import ShieldEngagement
from generator.layers.shop_instance import ShopInstance
from generator.layers.shop_releases import ShopReleases
from generator.layers.spending import Spending
from generator.layers.storefront import Storefront
from generator.layers.takeover import Takeover
from generator.layers.top_products import TopProducts
from generator.layers.warehouse import Warehouse
from generator.layers.worker_scaling import WorkerScaling
from generator.layers.workers import Workers
from generator.load_test import LoadTest
from generator.manifest import Manifest, ParameterSource
from generator.render import address, render
from generator.settings import Setting, Settings

#: A root with one layer is that layer's template; one with several nests them.
ROOTS: Mapping[str, Sequence[type[Layer]]] = {
    "foundation": (Foundation,),
    "deployers": (Deployers,),
    "account": (
        AccountAlerts,
        AccountTrail,
        Configuration,
        Detection,
        AccountSettings,
        ShieldEngagement,
    ),
    "platform": (
        Alerts,
        Network,
        PrivateLink,
        Secrets,
        Catalog,
        Events,
        Orders,
        Payments,
        PaymentRequests,
        PaymentFirewall,
        OrderIntake,
        OrderWorkflow,
        FrontDoor,
        Cache,
        Prices,
        Search,
        Firewall,
        GoldenSignals,
        ShopInstance,
        Storefront,
        FleetScaling,
        ShopReleases,
        Workers,
        WorkerScaling,
        Dns,
        Takeover,
        Shield,
        Backup,
        OrderExports,
        Warehouse,
        TopProducts,
        RecommendationModel,
        RecommendationTraining,
        Interactions,
        Observability,
    ),
    "edge": (
        EdgeAlerts,
        EdgeCertificate,
        EdgeFirewall,
        DeliveryPolicies,
        Delivery,
        DeliveryLogs,
        DeliverySignals,
        EdgeNames,
        EdgeShield,
        HealthAlarms,
        Spending,
        GlobalView,
    ),
    "load-test": (LoadTest,),
}


#: The root that is sent with the call, since the others lie in the bucket that it makes.
INLINE = "foundation"

#: CloudFormation's quota for that, in bytes.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
INLINE_LIMIT = 51_200


@dataclass(frozen=True)
class Build:
    """Every template of the platform: file name -> bytes, as it lies in templates/out."""

    files: Mapping[str, bytes]


def build(roots: Mapping[str, Sequence[type[Layer]]] = ROOTS) -> Build:
    """Build every root and every layer. Raises BuildError where the source is wired wrongly."""
    files: dict[str, bytes] = {}
    with _uncollected():
        for name, layers in _layers(roots).items():
            for file, body in _build_root(name, layers, roots):
                if file in files:
                    raise BuildError(f"two templates are named {file}")
                files[file] = body
    return Build(files)


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


def resource_types(
    roots: Mapping[str, Sequence[type[Layer]]] = ROOTS,
) -> Mapping[str, frozenset[str]]:
    """The types that each root's templates hold, but for those of the deployers."""
    return {name: _types(built) for name, built in _before_deployers(roots).items()}


def _layers(roots: Mapping[str, Sequence[type[Layer]]]) -> Mapping[str, Sequence[Layer]]:
    """Every root's layers, built. The deployers are allowed what the others turn out to hold."""
    built = _before_deployers(roots)
    types = {name: _types(layers) for name, layers in built.items()}
    return {name: built[name] if name in built else [Deployers(types)] for name in roots}


def _before_deployers(
    roots: Mapping[str, Sequence[type[Layer]]],
) -> dict[str, Sequence[Layer]]:
    return {
        name: [layer() for layer in _in_order(name, layers)]
        for name, layers in roots.items()
        if Deployers not in layers
    }


def _types(layers: Sequence[Layer]) -> frozenset[str]:
    held = {
        str(resource.resource_type)
        for layer in layers
        for resource in layer.template.resources.values()
    }
    return frozenset({*held, str(Stack.resource_type)})


def _build_root(
    name: str, built: Sequence[Layer], roots: Mapping[str, Sequence[type[Layer]]]
) -> Iterator[tuple[str, bytes]]:
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
    conditional: dict[str, Any] = {"Condition": layer.condition.name} if layer.condition else {}
    root.add_output(
        CfnOutput(port.name, Value=GetAtt(layer.stack_id(), f"Outputs.{port.name}"), **conditional)
    )


def _in_order(name: str, layers: Sequence[type[Layer]]) -> list[type[Layer]]:
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


def _up_to(root: str, roots: Mapping[str, Sequence[type[Layer]]]) -> Iterator[str]:
    """The roots that a Handoff of this root may reach back to."""
    for name in roots:
        yield name
        if name == root:
            return


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


def _describe(
    source: Source, root: str, roots: Mapping[str, Sequence[type[Layer]]]
) -> ParameterSource:
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
