"""What a planning build hands on to later stages: shell lines that its buildspec reads in and exports.

CodeBuild gives the named variables to the action's namespace, where conditions and later actions find them.
Every variable is always there: a reference to one that is not fails the action that refers to it.
https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.exported-variables
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from generator import release_stages
from generator.settings import FALSE, TRUE
from scripts.deploy.plan import Unchanged, WavePlan

#: What stands for a value that there is none of: CodePipeline knows no empty variable.
NOTHING = "none"


def of(outcome: WavePlan | Unchanged, url: str, *, shop_has_changes: bool) -> Mapping[str, str]:
    """The variables of a plan, in the order of `release_stages.EXPORTED`."""
    plan = outcome if isinstance(outcome, WavePlan) else None
    return {
        release_stages.HAS_CHANGES: TRUE if plan else FALSE,
        release_stages.CHANGE_SET_NAME: plan.change_set.name if plan else NOTHING,
        release_stages.PLAN_HASH: plan.hash if plan else NOTHING,
        release_stages.PLAN_URL: url or NOTHING,
        release_stages.SHOP_HAS_CHANGES: TRUE if shop_has_changes else FALSE,
    }


def write(path: Path, variables: Mapping[str, str]) -> None:
    """One `export NAME=value` a line, quoted for a POSIX shell."""
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    path.write_text("".join(lines), encoding="utf-8")
