"""Which layers make which root.

A root is deployed by itself; its layers are its nested stacks. The order of `ROOTS` is the order of the first
roll-out: a Handoff reaches back in it, never forward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from generator.deployers import Deployers
from generator.foundation import Foundation
from generator.layer import Layer
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
from generator.layers.drill_routine import DrillRoutine
from generator.layers.drill_watch import DrillWatch
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
from generator.pipeline import Pipeline

Roots: TypeAlias = Mapping[str, Sequence[type[Layer]]]

#: A root with one layer is that layer's template; one with several nests them.
ROOTS: Roots = {
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
    "pipeline": (Pipeline,),
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
        DrillRoutine,
        DrillWatch,
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
