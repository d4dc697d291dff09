"""Lint every template: cfn-lint over every region in use, and our own contract between parents and children.

What was found before is remembered (`lint_cache`), the rest is linted in parallel (`workers`), and of what is
found only what an exception accepts is dropped (`exceptions`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import environments
from generator.environments import Environment, EnvironmentInvalid
from generator.problems import nearest
from generator.regions import partitions
from scripts.errors import UsageError
from scripts.validate import contract, local_urls, regions
from scripts.validate.cfn_lint import Job
from scripts.validate.exceptions import ACCEPTED, is_accepted, stale
from scripts.validate.findings import Finding
from scripts.validate.lint_cache import LintCache, Subject, key, toolchain
from scripts.validate.workers import Workers

TEMPLATES = Path("templates", "out")
CACHE = Path(".tradewind", "lint")

#: Told how many of how many templates are linted.
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class LintReport:
    """What a lint saw. `lints` counts a root twice, as it is linted in two variants."""

    templates: int
    lints: int
    remembered: int
    regions: tuple[str, ...]
    environments: tuple[str, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is left to do."""
        return not self.findings

    def __str__(self) -> str:
        """The summary, in one line."""
        return (
            f"{_count(self.templates, 'template')} x {_count(len(self.regions), 'region')}: "
            f"{_count(len(self.findings), 'finding')}, "
            f"{_count(len(self.accepted), 'accepted exception')}"
        )


def run(
    project: Path,
    *,
    only_regions: Sequence[str] = (),
    jobs: int | None = None,
    use_cache: bool = True,
    report: Report = lambda _done, _of: None,
    workers: Workers | None = None,
) -> LintReport:
    """Lint the templates of a project, for every environment it has.

    `jobs` is how many processes; `workers` is an open pool to use instead of one of our own. Raises
    UsageError where there is nothing to lint or a region or an environment is wrong, Failed where
    cfn-lint's process dies.
    """
    templates = read_templates(project)
    known = read_environments(project)
    chosen = _chosen(only_regions) or regions.to_lint(known)
    cache = LintCache(project / CACHE if use_cache else None)
    if workers is None:
        with Workers(jobs or os.cpu_count() or 1) as own:
            found, lints, remembered = _lint(templates, chosen, cache, own, report)
    else:
        found, lints, remembered = _lint(templates, chosen, cache, workers, report)
    cache.prune()
    found = _once(found)
    found += contract.check(templates, known)
    if not only_regions:
        found += stale(found, ACCEPTED)
    return LintReport(
        templates=len(templates),
        lints=lints,
        remembered=remembered,
        regions=chosen,
        environments=tuple(environment.name for environment in known),
        findings=tuple(sorted(each for each in found if not is_accepted(each))),
        accepted=tuple(sorted(each for each in found if is_accepted(each))),
    )


def read_templates(project: Path) -> dict[str, bytes]:
    """File name -> bytes. Raises UsageError where nothing has been built, or a file is damaged."""
    files = sorted((project / TEMPLATES).glob("*.json"))
    if not files:
        raise UsageError(
            f"there are no templates in {TEMPLATES}", fix="`tradewind build` writes them"
        )
    templates = {file.name: file.read_bytes() for file in files}
    for name, body in templates.items():
        try:
            local_urls.manifest_of(body)
        except (ValueError, KeyError, TypeError, AttributeError) as damage:
            raise UsageError(
                f"{TEMPLATES / name} is no template that `tradewind build` wrote: {damage!r}",
                fix="build it again",
            ) from damage
    return templates


def read_environments(project: Path) -> tuple[Environment, ...]:
    """Every environment of the project. Raises UsageError that names every problem by file and line."""
    params = project / "params"
    try:
        return tuple(environments.read(params, name) for name in environments.names(params))
    except EnvironmentInvalid as invalid:
        raise UsageError(str(invalid), fix=invalid.fix) from invalid


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _chosen(only: Sequence[str]) -> tuple[str, ...]:
    for region in only:
        if region not in partitions():
            raise UsageError(f"there is no region {region}", fix=nearest(region, partitions()))
    return tuple(sorted(set(only)))


def subjects(templates: Mapping[str, bytes], chosen: tuple[str, ...]) -> tuple[Subject, ...]:
    """Everything to lint: each template as it ships, each root that nests others with local URLs too."""
    said = []
    for name, body in templates.items():
        said.append(Subject(name, "as shipped", [body], chosen))
        manifest = local_urls.manifest_of(body)
        if manifest is not None and manifest.layers:
            children = sorted(set(manifest.layers.values()) & set(templates))
            bodies = [local_urls.with_local_urls(body, manifest.layers)]
            bodies += [local_urls.interface(templates[child]) for child in children]
            said.append(Subject(name, "local URLs", bodies, chosen))
    return tuple(said)


def _lint(
    templates: Mapping[str, bytes],
    chosen: tuple[str, ...],
    cache: LintCache,
    workers: Workers,
    report: Report,
) -> tuple[tuple[Finding, ...], int, int]:
    """All findings of cfn-lint, how many lints that is, and how many of them were remembered."""
    keys = {key(subject, toolchain()): subject for subject in subjects(templates, chosen)}
    known = {each: found for each in keys if (found := cache.get(each)) is not None}
    remembered = len(known)
    jobs = {
        _lay_out(subject, templates, workers.directory): each
        for each, subject in keys.items()
        if each not in known
    }
    report(len(known), len(keys))
    for job, found in workers.examine(list(jobs)):
        known[jobs[job]] = found
        cache.put(jobs[job], found)
        report(len(known), len(keys))
    return tuple(each for found in known.values() for each in found), len(keys), remembered


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Without what a root's second variant only says again."""
    shipped = {
        (f.template, f.path, f.rule, f.message) for f in findings if f.variant == "as shipped"
    }
    return tuple(
        f
        for f in findings
        if f.variant == "as shipped" or (f.template, f.path, f.rule, f.message) not in shipped
    )


def _lay_out(subject: Subject, templates: Mapping[str, bytes], home: Path) -> Job:
    """Write down what a worker reads, so that a template that is rewritten meanwhile cannot mislead it."""
    directory = Path(tempfile.mkdtemp(dir=home))
    name = subject.template
    if subject.variant == "local URLs":
        file = local_urls.write(name, templates[name], templates, directory)
    else:
        file = directory / name
        file.write_bytes(templates[name])
    return Job(file, name, subject.variant, subject.regions)
