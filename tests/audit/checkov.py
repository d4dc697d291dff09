"""checkov, of the templates as they lie and as they would stand in an environment.

What we let stand is declared in the resource's Metadata, where checkov would look for it. It is asked without
it: otherwise it says nothing of a rule that it skips, and a skip that nothing needs would stay for ever.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.validate.exceptions import Accepted
from scripts.validate.findings import Finding
from tests.audit import tools
from tests.audit.verdict import Excused, Verdict, once, weighed

#: How many rules we allow ourselves to let stand, each with its reason where it does.
MOST_ACCEPTED = 5

#: The folder of the templates as they lie; every other one is a region's.
AS_THEY_LIE = "out"

#: Folder and file -> a template.
Templates = Mapping[tuple[str, str], Mapping[str, Any]]


def audit(checkov: Path, templates: Templates) -> Verdict:
    """Judge every template. Raises Failed where checkov itself fails."""
    bare = {place: _bare(template) for place, template in templates.items()}
    with tempfile.TemporaryDirectory() as folder:
        for (where, name), template in bare.items():
            file = Path(folder, where, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(template, indent=1), encoding="utf-8")
        said = tools.run(
            checkov,
            *("-d", folder, "--framework", "cloudformation"),
            *("--skip-download", "--compact", "--soft-fail", "-o", "json"),
        )
    return judged(json.loads(said.stdout), _skips(templates), len(bare))


def judged(said: Any, skips: Iterable[Accepted], templates: int) -> Verdict:
    """checkov's report, read: a list where several frameworks found something to do."""
    report = said[0] if isinstance(said, list) else said
    results = report["results"]
    failed = [*results["failed_checks"], *results["skipped_checks"]]
    wrong = [*_findings(failed), *map(_unread, results["parsing_errors"])]
    found, excused = weighed(once(wrong), tuple(dict.fromkeys(skips)), "the resource's Metadata")
    checks = report["summary"]["passed"] + len(failed)
    return Verdict(
        "checkov",
        f"{checks} checks of {templates} templates",
        (*found, *_too_many(excused)),
        excused,
    )


def _bare(template: Mapping[str, Any]) -> dict[str, Any]:
    """A template without what it says to checkov."""
    return {
        **template,
        "Resources": {
            name: {
                **resource,
                "Metadata": {
                    key: said
                    for key, said in resource.get("Metadata", {}).items()
                    if key != "checkov"
                },
            }
            for name, resource in template["Resources"].items()
        },
    }


def _skips(templates: Templates) -> Iterator[Accepted]:
    for (_, name), template in templates.items():
        for logical_id, resource in template["Resources"].items():
            for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", ()):
                yield Accepted(skip["id"], name, f"Resources/{logical_id}", skip["comment"])


def _findings(checks: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    for check in checks:
        where, name = check["file_path"].lstrip("/").split("/", 1)
        yield Finding(
            template=name,
            path=f"Resources/{check['resource'].rpartition('.')[2]}",
            rule=check["check_id"],
            message=check["check_name"],
            regions=() if where == AS_THEY_LIE else (where,),
        )


def _unread(file: str) -> Finding:
    return Finding(Path(file).name, "", "unread", "checkov could not read it")


def _too_many(excused: Iterable[Excused]) -> Iterator[Finding]:
    rules = sorted({each.finding.rule for each in excused})
    if len(rules) > MOST_ACCEPTED:
        yield Finding(
            "*",
            "",
            "too-many-exceptions",
            f"{len(rules)} rules are let stand, {MOST_ACCEPTED} are allowed: {', '.join(rules)}",
        )
