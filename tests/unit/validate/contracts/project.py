"""The project that these tests are of."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parents[4]
