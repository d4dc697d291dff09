"""What an instance of the fleet runs when it first boots: the script of runtime/first_boot, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from troposphere import Base64, Join, Sub

from generator.errors import BuildError

SOURCES = Path(__file__).parent / "runtime" / "first_boot"

#: What EC2 takes as user data, in bytes before Base64.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
USER_DATA_LIMIT = 16 * 1024


def user_data(environment: Mapping[str, object], *, shop_logs: object) -> Base64:
    """The user data: `environment` is what a revision of the shop finds in /etc/tradewind/shop.env.

    `shop_logs` is the log group that the instance's logs go to.
    """
    script, stub = ((SOURCES / name).read_text().rstrip() for name in ("boot.sh", "stub.py"))
    if len(script) + len(stub) > USER_DATA_LIMIT // 2:
        raise BuildError(
            f"the first boot has {len(script) + len(stub)} characters; "
            f"half of {USER_DATA_LIMIT} must stay free for the values that are filled in"
        )
    lines = [Join("=", [name, value]) for name, value in environment.items()]
    return Base64(
        Sub(script + "\n", ShopEnvironment=Join("\n", lines), Stub=stub, ShopLogs=shop_logs)
    )
