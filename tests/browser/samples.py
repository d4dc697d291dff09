"""Pages with all that such a page can have: what does not end, what is many, and what is rare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripts.deploy.explanations import PropertyChange
from scripts.drill import report
from scripts.drill.observations import Alarmed, Fetched
from scripts.plan_page import Unplanned, page
from scripts.plan_reading import Reading
from tests.unit.drill.report import examples
from tests.unit.drill.report.observed import STANDBY, T0, Story, observed
from tests.unit.plan_page.samples import PASSED, explained, nested, of, reading

_LONG = explained(
    "Deep/Deeper/Deepest/Queue",
    "AWS::ElasticLoadBalancingV2::TrustStoreRevocationConfiguration",
    replacement=None,
    properties=(PropertyChange("Policy", {"Statement": ["x" * 900]}, "y" * 900, why=("z" * 300,)),),
    line="generator/layers/a_layer_with_a_name_that_does_not_end.py:1057",
)
_DEEP = of(nested("Deep"), nested("Deep/Deeper"), nested("Deep/Deeper/Deepest"), _LONG)


def drill(directory: Path) -> Path:
    """Of a drill with many clients, alarms, strays, and names that do not end."""
    story = Story(clients=16, broken=0.1, seed=7)
    alarms = [Alarmed(T0 + n, STANDBY, f"alarm-{'x' * 60}-{n}", "ALARM") for n in range(9)]
    odd = Fetched(T0 + 5, "client 1", "r" * 80, 200, 0.1, True)
    return report.write(
        directory,
        replace(
            examples.stranded(),
            observations=(*observed(story), *alarms, odd),
            commands=(f"aws dynamodb put-item --item '{'y' * 300}'",),
            configurations=examples.tampered().configurations,
        ),
    ).page


def plan(directory: Path) -> Path:
    """Of a plan with a wave of each kind."""
    path = directory / "plan.html"
    waves: list[Reading | Unplanned] = [
        reading(),
        Unplanned("edge in us-east-1", "no changes"),
        PASSED,
        _DEEP,
    ]
    path.write_text(page("prod", waves), encoding="utf-8")
    return path
