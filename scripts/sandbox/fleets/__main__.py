"""`python -m scripts.sandbox.fleets`: the process of one fleet."""

from __future__ import annotations

import sys

from scripts.sandbox.fleets.supervisor import main

sys.exit(main())
