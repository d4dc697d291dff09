"""`.taskcat.yml`: every root of every environment as a test of taskcat's; `make templates` writes it.

    python -m tests.taskcat.configuration [--check]

A test says what is known before anything stands: settings, and facts of the region. A value that is the
template's own default is left out. So is what an earlier stack hands on and what is asked of AWS: it has no
default, and taskcat refuses a test without it; the driver fills it in.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from generator import parameters
from generator.naming import PREFIX
from generator.settings import FALSE, TRUE, Settings
from scripts import whole_files
from scripts.deploy import release
from scripts.deploy.release import Root
from tests.taskcat import trials
from tests.taskcat.trials import Case, Trial

PROJECT = Path(__file__).parents[2]
FILE = ".taskcat.yml"

#: Where `tradewind package` lays the tree, below what taskcat uploads as a whole.
TREE = "dist"

#: taskcat's bucket is in us-east-1, wherever a test runs, and has the tree below the project's name.
#: https://aws-ia.github.io/taskcat/docs/usage/PSUEDO_PARAMETERS/
BASE_URL = (
    f"https://$[taskcat_autobucket].s3.us-east-1.amazonaws.com/$[taskcat_project_name]/{TREE}"
)

HEAD = f"""\
# Generated from params/ and templates/out by `make templates`; `make taskcat` runs it.
#
# taskcat alone can lint it, and create the stacks that need no other one's outputs:
#   tradewind package --to {TREE}
#   taskcat lint
"""

#: S3 takes this ACL of every bucket, also where ACLs are switched off.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
ACL = "bucket-owner-full-control"


def text(project: Path) -> str:
    """What the file has to be. Raises UsageError where params or templates are not valid."""
    body = document(trials.read(project), release.read(project).roots)
    return HEAD + yaml.safe_dump(body, sort_keys=False, width=110)


def document(tried: Iterable[Trial], roots: Mapping[str, Root]) -> dict[str, Any]:
    """The same as taskcat reads it."""
    cases = [case for trial in tried for case in trial.cases(roots) if not case.wave.settles]
    return {
        "project": {
            "name": PREFIX,
            "package_lambda": False,
            "s3_object_acl": ACL,
            "regions": sorted({case.wave.region for case in cases}),
        },
        "tests": {case.name: _test(case, roots[case.wave.root]) for case in cases},
    }


def _test(case: Case, root: Root) -> dict[str, Any]:
    return {
        "template": f"{TREE}/{root.template.file}",
        "regions": [case.wave.region],
        "stack_name": case.stack,
        "tags": {
            "Project": PREFIX,
            "Environment": case.trial.environment.name,
            "Root": case.wave.root,
        },
        "parameters": known(case, root),
    }


def known(case: Case, root: Root) -> dict[str, str]:
    """The values of a root's parameters that are known before anything stands, but for defaults."""
    environment, region = case.trial.environment, case.wave.region
    first = case.wave.root == "foundation" and region == environment.primary_region
    values = parameters.values(
        root.manifest,
        environment,
        region,
        facts={
            Settings.template_base_url.key: BASE_URL,
            Settings.peer_ready.key: FALSE if first else TRUE,
        },
        received=lambda _: "",
    )
    defaults = json.loads(root.template.body)["Parameters"]
    return {
        name: value
        for name, value in values.items()
        if root.manifest.parameters[name].kind in ("setting", "fact")
        and value != defaults[name].get("Default")
    }


def main() -> int:
    """Write the file where it is not as it should be; with --check, only say so."""
    options = argparse.ArgumentParser(prog="python -m tests.taskcat.configuration")
    options.add_argument("--check", action="store_true", help="write nothing")
    asked = options.parse_args()
    path, wanted = PROJECT / FILE, text(PROJECT)
    if path.is_file() and path.read_text(encoding="utf-8") == wanted:
        return 0
    if asked.check:
        sys.stderr.write(f"{FILE} is stale. Run `make templates` and commit what it writes.\n")
        return 1
    whole_files.write(path, wanted)
    sys.stderr.write(f"{FILE} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
