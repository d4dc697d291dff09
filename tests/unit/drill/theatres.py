"""Where the drills of these tests play: a platform of two regions, changed where a test says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scripts.drill.theatre import HealthCheck, Region, Theatre

ACCOUNT = "111111111111"


def theatre(primary: str, standby: str, environment: str = "dev", /, **said: Any) -> Theatre:
    """Of that environment. A dictionary for a region or a check is what is different about that one."""
    platform, shop = f"tradewind-{environment}", f"shop.{environment}.example.com"
    origin = f"origin.{shop}"

    def region(name: str) -> Region:
        return Region(
            name=name,
            stack=f"{platform}-platform",
            regional_name=f"{name}.{origin}",
            balancer=f"shop-1.{name}.elb.amazonaws.com",
            scaling_group=f"fleet-{name}",
            region_alarm=f"{platform}-region-{name}",
            artifacts_bucket=f"artifacts-{name}",
            database=f"{platform}-orders-{name}",
            database_arn=f"arn:aws:rds:{name}:{ACCOUNT}:cluster:{platform}-orders-{name}",
            secrets={"orders": f"arn:aws:secretsmanager:{name}:{ACCOUNT}:secret:orders-AbCdEf"},
        )

    usual = Theatre(
        environment=environment,
        account=ACCOUNT,
        primary=region(primary),
        standby=region(standby),
        hosted_zone="Z0123456789",
        failover_name=origin,
        shop_name=shop,
        ttl=60,
        keep_alive=60,
        primary_endpoint=check("primary-endpoint", name=f"{primary}.{origin}"),
        standby_endpoint=check("standby-endpoint", name=f"{standby}.{origin}"),
        takeover=check("takeover", path="/takeover", inverted=True),
        primary_check=check("primary-check", type="CALCULATED", interval=0, threshold=2),
        switch_table=f"{platform}-switch",
        order_intake=f"{platform}-order-intake",
        carts=f"{platform}-carts",
        catalogue=f"{platform}-catalogue",
        intake_consistency="eventual",
    )
    changed = {
        name: replace(getattr(usual, name), **value) if isinstance(value, dict) else value
        for name, value in said.items()
    }
    return replace(usual, **changed)


def check(id: str, **said: Any) -> HealthCheck:
    """Asked every ten seconds; three answers count."""
    usual = HealthCheck(
        id, "HTTPS", version=1, inverted=False, disabled=False, interval=10, threshold=3
    )
    return replace(usual, **said)
