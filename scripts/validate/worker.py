"""`python -m scripts.validate.worker`: lints what stdin names, a JSON object a line, until stdin ends.

A process of its own, so that cfn-lint's global state, its import and a crash of it stay in there; and one
that ends with its parent, however that ends. It is started in the directory that holds every file it will
read: cfn-lint follows a child's URL below the working directory only.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from scripts.errors import TradewindError
from scripts.validate.cfn_lint import Job, examine


def main() -> None:
    """Answer every job with its findings, or with the sentence that says why there are none."""
    _forget_the_user()
    for line in sys.stdin:
        said = json.loads(line)
        job = Job(Path(said["file"]), said["template"], said["variant"], tuple(said["regions"]))
        answer: dict[str, object]
        try:
            answer = {"findings": [finding.to_json() for finding in examine(job)]}
        except TradewindError as error:
            answer = {"error": error.message, "fix": error.fix}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer to the parent


def _forget_the_user() -> None:
    """Make every machine find the same: no .cfnlintrc and no downloaded schemas from a home directory."""
    for home in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        os.environ[home] = str(Path.cwd())


if __name__ == "__main__":
    main()
