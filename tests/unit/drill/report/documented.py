"""What people read of the schema: docs/drill-report.md, and the schema itself beside it.

`python -m tests.unit.drill.report.documented` writes both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripts.drill.report.schema import REPORT

_TOP = """# The report of a failover drill

A drill ends with `report.json` and `report.html` in its folder, `.tradewind/drills/ENV/ID/`. The page is made
of the JSON and of nothing else. Beside them lie `observations.jsonl`, every single observation, and
`journal.jsonl`, whose chain `tradewind failover-drill verify-journal ENV` recomputes.

Durations and offsets are seconds of the drill's own time, which on AWS is the wall clock's; offsets count
from the fault, T0. What was not measured is null, and the reason stands beside it. Every member is always
there. [drill-report.schema.json](drill-report.schema.json) is the whole of it, in JSON Schema 2020-12.

| mark | when |
|---|---|
| T0 | the fault |
| T1 | the checkers agree that the check is unhealthy |
| T2 | the first name server answers with the standby |
| T3 | the last vantage does: name servers, and the caches and connections of clients |
| T4 | the first checkout that the standby acknowledged |
| T5 | from then on the objective was held, window after window |

Exit codes: 0 met, 1 missed, 3 aborted and restored, 4 needs an operator. 2 is the preflight's: then there is
no report.

## Members

| member | type | what it is |
|---|---|---|
"""

#: Where both are.
PAGE, SCHEMA = Path("docs", "drill-report.md"), Path("docs", "drill-report.schema.json")


def page() -> str:
    """The document. Written by a program, so that it says what the schema says."""
    rows = "".join(
        f"| `{name}` | {_kind(schema)} | {schema['description']} |\n"
        for name, schema in REPORT["properties"].items()
    )
    return f"{_TOP}{rows}"


def schema() -> str:
    """The schema, as a file."""
    return json.dumps(REPORT, indent=1) + "\n"


def _kind(schema: dict[str, Any]) -> str:
    match schema:
        case {"const": value}:
            return f"`{value}`"
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"anyOf": alternatives}:
            return " or ".join(_kind(one) for one in alternatives)
        case {"type": "array", "items": items}:
            return f"list of {_kind(items)}" if items else "list"
        case {"type": kind}:
            return str(kind)
    raise AssertionError(schema)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
