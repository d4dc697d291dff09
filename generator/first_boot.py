"""What an instance of a fleet runs when it first boots: the script of runtime/first_boot, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from troposphere import Base64, Join, Sub

from generator.errors import BuildError

SOURCES = Path(__file__).parent / "runtime" / "first_boot"

#: What EC2 takes as user data, in bytes before Base64.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
USER_DATA_LIMIT = 16 * 1024


def user_data(
    fleet: str, environment: Mapping[str, object], *, logs: object, own: str = ""
) -> Base64:
    """The user data of a fleet's instances.

    `environment` is what a revision finds in /etc/tradewind/<fleet>.env, `logs` the group that the instance's
    logs go to, `own` the fleet's own part of the script.
    """
    script = (SOURCES / "boot.sh").read_text()
    if len(script) + len(own) > USER_DATA_LIMIT // 2:
        raise BuildError(
            f"the first boot of {fleet} has {len(script) + len(own)} characters; "
            f"half of {USER_DATA_LIMIT} must stay free for the values that are filled in"
        )
    variables = Join("\n", [Join("=", [name, value]) for name, value in environment.items()])
    return Base64(Sub(script, Fleet=fleet, Variables=variables, Own=own, Logs=logs))


def shop_stub() -> str:
    """The shop's own part: a stub that answers until the first revision is there."""
    part, stub = ((SOURCES / name).read_text().rstrip() for name in ("shop.sh", "stub.py"))
    return part.replace("${Stub}", stub)
