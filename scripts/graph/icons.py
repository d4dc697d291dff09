"""One sign a family, drawn with strokes in a square of 16."""

from __future__ import annotations

from scripts.graph.kinds import Family

SIGNS = {
    Family.TRAFFIC: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12",
    Family.NETWORK: "M6 2.5h4v3.5h-4zM2 10h4v3.5h-4zM10 10h4v3.5h-4zM8 6v2M4 10v-2h8v2",
    Family.COMPUTE: "M3 3h10v4.2h-10zM3 8.8h10v4.2h-10zM5.2 5.1h1M5.2 10.9h1",
    Family.DATA: "M3 4.2c0-2.4 10-2.4 10 0v7.6c0 2.4-10 2.4-10 0z"
    "M3 4.2c0 2.4 10 2.4 10 0M3 8c0 2.4 10 2.4 10 0",
    Family.EVENTS: "M2.5 4h11v8.5h-11zM2.5 4.5l5.5 4.5l5.5-4.5",
    Family.SECURITY: "M4 7.5h8v6h-8zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2M8 10v1.4",
    Family.OPERATION: "M2 8.5h2.6l1.7-4.5l3 8.5l1.8-4h2.9",
}
