"""Which Auto Scaling group this instance belongs to: its own tags say so, through the metadata service.

The launch template is older than the group, so its environment file cannot.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
"""

from __future__ import annotations

import logging
import urllib.request
from collections.abc import Callable

log = logging.getLogger("shop.fleet")

METADATA = "http://169.254.169.254/latest"
TAG = f"{METADATA}/meta-data/tags/instance/aws:autoscaling:groupName"

#: Seconds.
TIMEOUT = 1.0


def fleet(told: str = "") -> Callable[[], str]:
    """What tells the group's name: as it was told, or as the instance knows it; asked until it answers."""
    known = told

    def name() -> str:
        nonlocal known
        if not known:
            try:
                known = _ask()
            except OSError as error:
                log.warning("the instance does not know its group: %s", type(error).__name__)
        return known

    return name


def _ask() -> str:
    token = _read(f"{METADATA}/api/token", "PUT", "ttl-seconds", "60")
    return _read(TAG, "GET", "", token)


def _read(url: str, method: str, header: str, value: str) -> str:
    name = "X-aws-ec2-metadata-token" + (f"-{header}" if header else "")
    request = urllib.request.Request(url, headers={name: value}, method=method)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return answer.read().decode()
