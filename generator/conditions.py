"""The toggles and roles that a template may branch on, each named once.

A condition is declared in a nested template on its first use there (nested stacks inherit nothing).
Compose with `&`, `|` and `~`, and give the result a name here: a template's Conditions section then
reads like the sentence it stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from generator.naming import pascal
from generator.settings import FALSE, TRUE, Setting, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from troposphere import Ref


@dataclass(frozen=True)
class Is:
    """A setting has this value."""

    setting: Setting
    value: str


@dataclass(frozen=True)
class AllOf:
    """Both hold."""

    left: Condition
    right: Condition


@dataclass(frozen=True)
class AnyOf:
    """At least one holds."""

    left: Condition
    right: Condition


@dataclass(frozen=True)
class Not:
    """It does not hold."""

    condition: Condition


Test: TypeAlias = Is | AllOf | AnyOf | Not


class Condition:
    """A named test over settings."""

    def __init__(self, test: Test, name: str = "") -> None:
        self.test = test
        self.name = name

    def __set_name__(self, owner: type, key: str) -> None:
        """The first attribute to hold it names it; a layer's `condition = Conditions.waf` does not."""
        self.name = self.name or pascal(key)

    def __and__(self, other: Condition) -> Condition:
        return Condition(AllOf(self, other))

    def __or__(self, other: Condition) -> Condition:
        return Condition(AnyOf(self, other))

    def __invert__(self) -> Condition:
        return Condition(Not(self))

    def implies(self, other: Condition) -> bool:
        """Whether it is the other, or cannot hold without it, as far as its own wording tells."""
        match self.test:
            case AllOf(left, right) if self is not other:
                return left.implies(other) or right.implies(other)
        return self is other

    def holds(self, values: Mapping[str, str]) -> bool:
        """Evaluate against settings by key: what CloudFormation will decide at deploy time."""
        match self.test:
            case Is(setting, value):
                return values[setting.key] == value
            case AllOf(left, right):
                return left.holds(values) and right.holds(values)
            case AnyOf(left, right):
                return left.holds(values) or right.holds(values)
            case Not(condition):
                return not condition.holds(values)
            case _ as never:
                assert_never(never)

    def declare(self, read: Callable[[Setting], Ref], conditions: dict[str, Any]) -> object:
        """Write this condition, and what it rests on, into `conditions`; give what refers to it."""
        if not self.name:
            return self._formula(read, conditions)
        if self.name not in conditions:
            formula = self._formula(read, conditions)
            conditions[self.name] = formula
        return {"Condition": self.name}

    def _formula(self, read: Callable[[Setting], Ref], conditions: dict[str, Any]) -> object:
        from troposphere import And, Equals, Or
        from troposphere import Not as CfnNot

        match self.test:
            case Is(setting, value):
                return Equals(read(setting), value)
            case AllOf(left, right):
                return And(left.declare(read, conditions), right.declare(read, conditions))
            case AnyOf(left, right):
                return Or(left.declare(read, conditions), right.declare(read, conditions))
            case Not(condition):
                return CfnNot(condition.declare(read, conditions))
            case _ as never:
                assert_never(never)


def on(setting: Setting) -> Condition:
    """A toggle is on."""
    return Condition(Is(setting, TRUE))


def off(setting: Setting) -> Condition:
    """A toggle is off."""
    return Condition(Is(setting, FALSE))


def equals(setting: Setting, value: str) -> Condition:
    """A setting has one of its values."""
    return Condition(Is(setting, value))


def condition_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The Condition among a resource's properties, for what stands and falls with it."""
    return {key: value for key, value in properties.items() if key == "Condition"}


class Conditions:
    """All conditions of all templates."""

    primary = equals(Settings.region_role, "primary")
    standby = equals(Settings.region_role, "standby")
    pair = primary | standby
    has_replica_keys = ~primary
    peer_ready = on(Settings.peer_ready)
    replicates = pair & peer_ready
    edge_apart = on(Settings.edge_apart)
    holds_edge = on(Settings.holds_edge)

    codebuild_offered = on(Settings.offers_codebuild)
    cost_anomalies_offered = on(Settings.offers_cost_anomalies)
    event_schemas_offered = on(Settings.offers_event_schemas)
    personalize_offered = on(Settings.offers_personalize)
    restore_testing_offered = on(Settings.offers_restore_testing)
    shield_offered = on(Settings.offers_shield)
    snapshot_blocks_offered = on(Settings.offers_snapshot_blocks)

    audit_trail = on(Settings.audit_trail) & primary
    trail_data_events = on(Settings.trail_data_events)
    trail_insights = on(Settings.trail_insights)
    config_recorder = on(Settings.config_recorder)
    config_recorder_in_primary = config_recorder & primary
    config_linked_role = on(Settings.config_linked_role) & config_recorder_in_primary
    config_rules = on(Settings.config_rules)
    config_rules_in_primary = config_rules & primary
    access_analyzer = on(Settings.access_analyzer)
    unused_access_analyzer = on(Settings.unused_access_analyzer) & primary
    guardduty = on(Settings.guardduty)
    security_hub = on(Settings.security_hub)
    api_gateway_account = on(Settings.api_gateway_account)
    block_snapshot_sharing = on(Settings.block_snapshot_sharing) & snapshot_blocks_offered

    third_zone = equals(Settings.availability_zones, "3")
    nat_per_zone = equals(Settings.nat_gateways, "per-zone")
    nat_in_third_zone = nat_per_zone & third_zone
    interface_endpoints = on(Settings.interface_endpoints)

    origin_secret_rotating = on(Settings.origin_secret_rotating)
    waf = on(Settings.waf)
    shield_advanced = on(Settings.shield_advanced) & shield_offered
    deletion_protection = on(Settings.deletion_protection)
    backup_vault_lock = on(Settings.backup_vault_lock)
    shield_in_primary = shield_advanced & primary
    shield_contact = ~equals(Settings.shield_contact_email, "")
    shield_engagement = shield_in_primary & shield_contact
    shield_contact_phone = ~equals(Settings.shield_contact_phone, "")
    shield_response_team = on(Settings.shield_response_team) & shield_in_primary

    backups = on(Settings.backups)
    backup_copies = on(Settings.backup_copies) & peer_ready
    config_checks_backups = config_rules & backups
    config_checks_deletion = config_rules & deletion_protection
    backup_archive = on(Settings.backup_archive)
    restore_testing = on(Settings.restore_testing) & restore_testing_offered

    every_country = equals(Settings.allowed_countries, "")
    cost_anomalies = on(Settings.cost_anomalies) & cost_anomalies_offered
    commitment_budgets = on(Settings.commitment_budgets)

    aurora_global = equals(Settings.orders_engine, "aurora-global")
    rds_multi_az = equals(Settings.orders_engine, "rds-multi-az")
    aurora_primary = aurora_global & primary
    aurora_standby = aurora_global & standby
    rds_primary = rds_multi_az & primary
    rds_standby = rds_multi_az & standby
    orders_replicated = ~equals(Settings.orders_replicas, "0")
    second_replica = equals(Settings.orders_replicas, "2")
    rds_replica = rds_primary & orders_replicated
    rds_second_replica = rds_primary & second_replica
    rds_remote_replica = rds_standby & orders_replicated
    rds_in_region = rds_primary | rds_remote_replica
    restore_testing_aurora = restore_testing & aurora_global
    restore_testing_rds = restore_testing & rds_in_region
    aurora_second_reader = aurora_global & second_replica
    orders_in_region = aurora_global | rds_in_region
    orders_rotate = primary & equals(Settings.orders_writer, "primary")
    orders_backup_copies = on(Settings.orders_backup_copies)
    orders_night_stop = on(Settings.orders_night_stop)
    rds_stops_at_night = rds_primary & orders_night_stop

    payment_api = on(Settings.payment_api)
    payment_api_behind_waf = payment_api & waf

    provisioned_tables = equals(Settings.table_billing, "provisioned")
    strong_order_intake = equals(Settings.order_intake_consistency, "strong")

    session_cache = on(Settings.session_cache)
    session_cache_primary = session_cache & primary
    price_cache = on(Settings.price_cache)
    product_search = on(Settings.product_search)
    search_linked_role = on(Settings.search_linked_role) & product_search & primary
    search_dedicated_masters = on(Settings.search_dedicated_masters)

    drill_routine = on(Settings.drill_schedule) & standby & codebuild_offered
    drills_watched = ~equals(Settings.drill_max_age_days, "0") & standby

    approval_mfa = on(Settings.approval_mfa)
    load_test_excused = ~equals(Settings.load_test_addresses, "")
    worker_fleet = on(Settings.worker_fleet)
    worker_releases = worker_fleet & codebuild_offered
    predictive_scaling = on(Settings.predictive_scaling)
    off_peak_scaling = on(Settings.off_peak_scaling)
    fleet_stops_off_peak = equals(Settings.off_peak_minimum, "0")
    fleet_sleeps = off_peak_scaling & fleet_stops_off_peak
    analytics = on(Settings.analytics)
    recommendations = on(Settings.recommendations) & personalize_offered
    alarm_email = ~equals(Settings.alarm_email, "")
    warm_pool = ~equals(Settings.warm_pool_minimum, "0")
