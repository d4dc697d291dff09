"""What no single pattern can say: that values agree with the world, with each other and between regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from generator.problems import Problem, nearest
from generator.regions import REGION_SETS, partitions, share_a_set
from generator.settings import TRUE, Settings

#: Settings of the pair, not of a region: a domain, a global table, a global database, what is released.
SHARED = tuple(
    setting.key
    for setting in (
        Settings.domain_name,
        Settings.hosted_zone_id,
        Settings.orders_engine,
        Settings.orders_night_stop,
        Settings.orders_writer,
        Settings.table_billing,
        Settings.order_intake_consistency,
        Settings.witness_region,
        Settings.session_cache,
        Settings.worker_fleet,
        Settings.recovery_time_objective_seconds,
        Settings.recovery_point_objective_seconds,
        Settings.drill_max_age_days,
        Settings.drill_allowance,
        Settings.drill_schedule,
        Settings.drill_time,
    )
)
#: The first must not be more than the second.
ORDERED = tuple(
    (low.key, high.key)
    for low, high in (
        (Settings.shop_minimum, Settings.shop_maximum),
        (Settings.off_peak_minimum, Settings.shop_maximum),
        (Settings.warm_pool_minimum, Settings.shop_maximum),
        (Settings.worker_minimum, Settings.worker_maximum),
        (Settings.warehouse_base_rpus, Settings.warehouse_ceiling_rpus),
        (Settings.orders_replicas, Settings.orders_replica_ceiling),
        (Settings.orders_storage_gib, Settings.orders_storage_ceiling_gib),
    )
)


@dataclass(frozen=True)
class Chosen:
    """A setting's value in one region, and where it was said; line 0 where it is a default."""

    key: str
    text: str
    file: str
    line: int = 0

    def problem(self, message: str, fix: str = "") -> Problem:
        """Something is wrong with it."""
        return Problem(self.file, self.line, self.key, message, fix)


Values: TypeAlias = Mapping[str, Chosen]


def disagreements(values: Mapping[str, Values]) -> Iterator[Problem]:
    """Whatever does not fit in `values`: those of the primary, then of the standby, by region.

    Keys without a valid value are passed over: they are reported already.
    """
    for held in values.values():
        yield from _networks(held)
        yield from _zones(held)
        yield from _order(held)
        yield from _needs(held)
        yield from _search_nodes(held)
        yield from _deployments(held)
        yield from _time_zone(held)
    if len(values) < 2:
        return
    primary, standby = values
    yield from _shared(primary, standby, values)
    yield from _replicas(primary, standby, values)
    yield from _overlap(primary, standby, values)
    yield from _witness(primary, standby, values[primary])


def _networks(values: Values) -> Iterator[Problem]:
    import ipaddress

    if cidr := values.get(Settings.vpc_cidr.key):
        try:
            ipaddress.IPv4Network(cidr.text)
        except ValueError as error:
            yield cidr.problem(f"vpc_cidr is not an IPv4 network: {error}")


def _zones(values: Values) -> Iterator[Problem]:
    count = values.get(Settings.availability_zones.key)
    if count is None:
        return
    letters = dict[str, str]()
    for key in ("zone_a", "zone_b", "zone_c")[: int(count.text)]:
        if zone := values.get(key):
            if zone.text in letters:
                yield zone.problem(
                    f"{key} is {zone.text}, and so is {letters[zone.text]}",
                    "Give every zone a letter of its own.",
                )
            letters.setdefault(zone.text, key)


def _order(values: Values) -> Iterator[Problem]:
    for low_key, high_key in ORDERED:
        low, high = values.get(low_key), values.get(high_key)
        if low and high and int(low.text) > int(high.text):
            said = low if low.line else high
            yield said.problem(
                f"{low_key} is {low.text}, more than {high_key}, which is {high.text}"
            )


def _needs(values: Values) -> Iterator[Problem]:
    for setting in Settings.all():
        chosen = values.get(setting.key)
        need = setting.needs.get(chosen.text) if chosen else None
        if chosen is None or need is None or need.key not in values:
            continue
        other = values[need.key].text
        if need.value is None and not other:
            yield chosen.problem(
                f"{setting.key}: {chosen.text} needs {need.key}", f"Set {need.key}."
            )
        elif need.value is not None and other != need.value:
            yield chosen.problem(
                f"{setting.key}: {chosen.text} needs {need.key} to be {need.value}, not {other}",
                f"Set {need.key}: {need.value}",
            )


def _search_nodes(values: Values) -> Iterator[Problem]:
    """OpenSearch refuses a domain whose data nodes do not spread evenly over its zones."""
    nodes, zones = (
        values.get(setting.key) for setting in (Settings.search_nodes, Settings.availability_zones)
    )
    search = values.get(Settings.product_search.key)
    if not nodes or not zones or not search or search.text != TRUE:
        return
    if int(nodes.text) % int(zones.text):
        said = max(nodes, search, key=lambda chosen: chosen.line)
        yield said.problem(
            f"search_nodes is {nodes.text}, which {zones.text} zones cannot share evenly",
            f"Set search_nodes to a multiple of {zones.text}.",
        )


def _deployments(values: Values) -> Iterator[Problem]:
    """CodeDeploy rounds up what must stay, and fails at once where that leaves it no instance to begin with.

    https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-health.html
    """
    share = values.get(Settings.deploy_minimum_healthy_percent.key)
    night = values.get(Settings.off_peak_scaling.key)
    sizes = [Settings.shop_minimum]
    if night and night.text == TRUE:
        sizes.append(Settings.off_peak_minimum)
    for fewest in filter(None, (values.get(size.key) for size in sizes)):
        if share and int(fewest.text) and _stay(fewest, share) == int(fewest.text):
            said = max(fewest, share, key=lambda chosen: chosen.line)
            yield said.problem(
                f"{share.key} is {share.text}, which of {fewest.text} instances ({fewest.key}) is all",
                f"Set {share.key} so low that a deployment may begin with one of them.",
            )
            return


def _stay(fleet: Chosen, share: Chosen) -> int:
    return -(-int(fleet.text) * int(share.text) // 100)


def _time_zone(values: Values) -> Iterator[Problem]:
    """Only where this machine has the IANA database to ask."""
    import zoneinfo

    zone = values.get(Settings.time_zone.key)
    if zone is None or not zone.line:
        return
    try:
        zoneinfo.ZoneInfo(zone.text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        if known := zoneinfo.available_timezones():
            yield zone.problem(f"there is no time zone {zone.text}", nearest(zone.text, known))


def _shared(primary: str, standby: str, values: Mapping[str, Values]) -> Iterator[Problem]:
    for key in SHARED:
        one, other = values[primary].get(key), values[standby].get(key)
        if one and other and one.text != other.text:
            said = max(one, other, key=lambda chosen: chosen.line)
            yield said.problem(
                f"{key} must be the same in both regions", f"Set {key} above `regions:`, for both."
            )


def _replicas(primary: str, standby: str, values: Mapping[str, Values]) -> Iterator[Problem]:
    """The standby's own database is a replica of the primary's: none here means none there."""
    key = Settings.orders_replicas.key
    one, other = values[primary].get(key), values[standby].get(key)
    if one and other and (one.text == "0") != (other.text == "0"):
        said = max(one, other, key=lambda chosen: chosen.line)
        yield said.problem(f"{key} must be 0 in both regions or in neither")


def _overlap(primary: str, standby: str, values: Mapping[str, Values]) -> Iterator[Problem]:
    import ipaddress

    key = Settings.vpc_cidr.key
    one, other = values[primary].get(key), values[standby].get(key)
    if one is None or other is None:
        return
    try:
        networks = ipaddress.IPv4Network(one.text), ipaddress.IPv4Network(other.text)
    except ValueError:
        return
    if networks[0].overlaps(networks[1]):
        yield other.problem(
            f"vpc_cidr {other.text} of {standby} overlaps {one.text} of {primary}",
            f"Give {standby} a range of its own under `regions:`.",
        )


def _witness(primary: str, standby: str, values: Values) -> Iterator[Problem]:
    witness = values.get(Settings.witness_region.key)
    consistency = values.get(Settings.order_intake_consistency.key)
    if witness is None or not witness.text:
        return
    if witness.text not in partitions():
        yield witness.problem(
            f"witness_region: there is no region {witness.text}",
            nearest(witness.text, partitions()),
        )
    elif witness.text in (primary, standby):
        yield witness.problem(
            f"witness_region is {witness.text}, one of the environment's two",
            "Name a third region.",
        )
    elif (
        consistency
        and consistency.text == "strong"
        and not share_a_set(primary, standby, witness.text)
    ):
        yield witness.problem(
            f"{primary}, {standby} and {witness.text} are not in one Region set of DynamoDB",
            f"Name three of one set: {'; or '.join(', '.join(sorted(one)) for one in REGION_SETS)}.",
        )
