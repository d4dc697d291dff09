"""Where drills leave what they found: names that the tool and the templates share."""

from __future__ import annotations

#: The namespace of their metrics, in the standby's region.
METRICS = "Tradewind/Drills"

#: What the standby's bucket of artifacts has below these: journals and reports; the release of the routine.
DRILLS, ROUTINE = "drills/", "routine/"
