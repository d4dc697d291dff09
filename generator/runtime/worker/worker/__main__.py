"""`python -m worker`: one worker, one job at a time, from its start until it must go."""

from __future__ import annotations

import os
import sys

from . import logs, settings, systemd
from .departure import Departure
from .metadata import Metadata
from .shift import Shift


def main() -> int:
    """0 when it went in order, 78 (EX_CONFIG) when it is told too little to begin."""
    logs.configure(os.environ.get("WORKER_LOG", ""))
    try:
        told = settings.read()
    except settings.SettingMissing as reason:
        sys.stderr.write(f"{reason}\n")
        return 78
    disabled = os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"
    departure = Departure(
        None if disabled else Metadata(),
        hook=told.lifecycle_hook,
        notice_seconds=told.notice_seconds,
        poll_seconds=told.poll_seconds,
    )
    departure.start()
    shift = Shift(told, departure)
    if shift.begin():
        systemd.tell("READY=1")
        shift.run()
    systemd.tell("STOPPING=1")
    departure.say_goodbye()
    return 0


if __name__ == "__main__":
    sys.exit(main())
