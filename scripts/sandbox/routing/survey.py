"""What the sandbox tells its data plane: a document of checks, zones, load balancers and the clock.

It is read from the emulator's own stores, of all accounts; and from the homes of fleets, which say where a
load balancer's stand-in is reached.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.sandbox import seams, stores
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.fleets import supervision
from scripts.sandbox.hosted_zones import RECORDS, ZONES
from scripts.sandbox.record import Record
from scripts.sandbox.seams import Kind, Seam

JSON = dict[str, Any]

_USED_BY = "what Route 53's data plane is told"

CHECKS = Seam("ministack.services.route53", "_health_checks", kind=Kind.MAPPING, used_by=_USED_BY)
BALANCERS = Seam("ministack.services.alb", "_lbs", kind=Kind.MAPPING, used_by=_USED_BY)
LISTENERS = Seam("ministack.services.alb", "_listeners", kind=Kind.MAPPING, used_by=_USED_BY)
ACCOUNT_ENTRIES = Seam(
    "ministack.core.responses", "AccountScopedDict._data", kind=Kind.VALUE, used_by=_USED_BY
)

SEAMS = (CHECKS, BALANCERS, LISTENERS, ACCOUNT_ENTRIES)


def document(home: Path) -> JSON:
    """All of it, as `snapshot.Snapshot.read` takes it. `home` is the sandbox's."""
    told: JSON = {
        "checks": [
            {
                "id": key,
                "account": account,
                "created": one.get("created", 0.0),
                "config": one["config"],
                "alarm": one.get("alarm"),
            }
            for (account, key), one in sorted(of_all_accounts(CHECKS).items())
        ],
        "zones": _zones(),
        "balancers": _balancers(home),
        "clock": asdict(CLOCK.reading),
    }
    written = json.dumps(told, sort_keys=True, default=str)
    return {"version": hashlib.sha256(written.encode()).hexdigest()[:16], **told}


def of_all_accounts(store: Seam) -> dict[tuple[str, str], Any]:
    """The entries of a store that is global in AWS, by account and key."""
    entries: dict[tuple[str, str], Any] = ACCOUNT_ENTRIES.value.__get__(store.value)
    return dict(entries)


def _zones() -> list[JSON]:
    records = of_all_accounts(RECORDS)
    return [
        {"id": key, "account": account, "name": one["name"], "records": records[account, key]}
        for (account, key), one in sorted(of_all_accounts(ZONES).items())
        if not one["private"]
    ]


def _balancers(home: Path) -> list[JSON]:
    fleets = _fleets(home)
    listeners: dict[str, list[int]] = {}
    for one in list(seams.everywhere(LISTENERS).values()):
        listeners.setdefault(one["LoadBalancerArn"], []).append(int(one["Port"]))
    return [
        {
            "name": one["DNSName"].lower(),
            "region": region,
            "listeners": sorted(listeners.get(arn, ())),
            **fleets.get(arn, {}),
        }
        for (_, region, arn), one in sorted(seams.everywhere(BALANCERS).items())
    ]


def _fleets(home: Path) -> dict[str, JSON]:
    """Where each load balancer's stand-in is, by its ARN.

    A fleet that was killed keeps its address, as a load balancer whose region is gone keeps its name.
    """
    found = {}
    for fleet in supervision.every(home):
        spec = stores.read_json(fleet / "fleet.json")
        if isinstance(spec, dict) and "load_balancer" in spec:
            record = Record.read(fleet)
            alive = record is not None and record.alive
            found[str(spec["load_balancer"])] = {
                "address": spec["host"],
                "port": spec["port"],
                "control": record.port if record is not None and alive else 0,
            }
    return found
