"""`python -m scripts.sandbox.routing`: the process of Route 53's data plane."""

from __future__ import annotations

import sys

from scripts.sandbox.routing.daemon import main

sys.exit(main())
