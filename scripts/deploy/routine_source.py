"""The release that stands, where drills by routine find it: in the standby's bucket, under fixed names.

    routine/release.zip  routine/shipment.zip        what CodeBuild unpacks for a drill

A drill must not begin with what the primary has to hand out, so both are copied when a release is recorded.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from generator.drill_records import ROUTINE
from generator.settings import TRUE, Settings
from scripts.aws import Aws
from scripts.deploy import sealed
from scripts.deploy.artifacts import Artifacts
from scripts.deploy.shipments import Shipment
from scripts.errors import Failed

if TYPE_CHECKING:
    from generator.environments import Environment


def keep(aws: Aws, environment: Environment, shipment: Shipment) -> bool:
    """Have the routine run this from now on; whether there is one. Raises Failed where that cannot be."""
    if environment.values(environment.standby_region)[Settings.drill_schedule.key] != TRUE:
        return False
    here = Artifacts.of(aws, environment, environment.primary_region)
    there = Artifacts.of(aws, environment, environment.standby_region)
    for name, key in (("release", sealed.key(shipment.release)), ("shipment", shipment.key)):
        body = here.read(key)
        if body is None:
            raise Failed(f"{key} is not in {here.bucket}: the routine's drills cannot have it.")
        digest = hashlib.sha256(body).hexdigest()
        there.put(f"{ROUTINE}{name}.zip", body, digest, "application/zip")
    return True
