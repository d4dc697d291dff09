"""cfn-lint, strict, over many regions at once and without losing what only one of them would show.

Linting six regions one by one costs six times as much. Given all of them, cfn-lint looks at each provider
schema once and is as quick as for one region; but in a few places it then takes one region's word for all
(`_ask_every_region`). Those places are asked for each region in turn, so that the result is the union of the
single regions' results. tests/unit/validate/test_cfn_lint.py holds it to that.

Runs in a process of its own (`worker`): it takes a second to import and its state is global.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.errors import UsageError
from scripts.validate.exceptions import is_accepted
from scripts.validate.findings import Finding, Variant

if TYPE_CHECKING:
    from cfnlint.config import ConfigMixIn
    from cfnlint.rules import CloudFormationLintRule, Match, Rules
    from cfnlint.template import Template

#: Every rule, and none that a template could switch off for itself (`mandatory_checks` outranks Metadata).
STRICT = {
    "include_checks": ["I"],
    "mandatory_checks": ["E", "W", "I"],
    "configure_rules": {
        "E3012": {"strict": True},
        "I3042": {"partition": True, "region": True, "accountId": True},
    },
}

#: Rules that look at a whole template in the first region only: embedded parameters without Fn::Sub, and
#: primary identifiers that occur twice.
FIRST_REGION_ONLY = ("E1029", "E3019")
#: Rules that speak only where all regions agree: SnapStart, offered where it exists.
ALL_REGIONS_ONLY = ("E2530",)


@dataclass(frozen=True)
class Job:
    """One template to lint, in one variant, over these regions. `file` is what is read."""

    file: Path
    template: str
    variant: Variant
    regions: tuple[str, ...]


def examine(job: Job) -> tuple[Finding, ...]:
    """Lint one template. Raises UsageError for a region that cfn-lint does not know.

    Where a finding is left that no exception accepts, the regions are linted one by one to say in which of
    them it holds: a clean template costs one lint, one at fault a lint of each region.
    """
    findings = at_once(job)
    return findings if all(map(is_accepted, findings)) else region_by_region(job)


def at_once(job: Job) -> tuple[Finding, ...]:
    """All regions in one lint: quick, and silent about which region a finding holds in."""
    return tuple(sorted({_finding(match, job) for match in _lint(job.file, job.regions)}))


def region_by_region(job: Job) -> tuple[Finding, ...]:
    """Each region by itself: slow, and what `at_once` must not fall short of."""
    where: dict[Finding, list[str]] = {}
    for region in job.regions:
        for match in _lint(job.file, [region]):
            found = _finding(match, job)
            for named in (f" in [{region!r}]", f" in {region!r}"):
                found = replace(found, message=found.message.replace(named, ""))
            regions = where.setdefault(found, [])
            if region not in regions:
                regions.append(region)
    some = {found: tuple(held) for found, held in where.items() if tuple(held) != job.regions}
    return tuple(sorted(replace(found, regions=some.get(found, ())) for found in where))


def _lint(file: Path, regions: Sequence[str]) -> Iterator[Match]:
    from cfnlint.exceptions import InvalidRegionException
    from cfnlint.runner import run_template_by_file_path

    try:
        yield from run_template_by_file_path(str(file), _config(tuple(regions)), _rules(), False)
    except InvalidRegionException as unknown:
        raise UsageError(
            f"cfn-lint cannot check these regions: {unknown}",
            fix="choose regions of the list, or a newer cfn-lint",
        ) from unknown


@lru_cache
def _config(regions: tuple[str, ...]) -> ConfigMixIn:
    """Strict, for these regions, and deaf to any .cfnlintrc around."""
    from cfnlint.config import ConfigMixIn

    return ConfigMixIn(["--config-file", os.devnull], regions=list(regions), **STRICT)


@lru_cache
def _rules() -> Rules:
    """cfn-lint's own rules, taught to look at every region; loading them takes a third of a second."""
    import cfnlint.rules
    from cfnlint.rules import Rules

    rules = Rules.create_from_directory(str(Path(cfnlint.rules.__file__).parent))
    for rule in rules.values():
        _ask_every_region(rule)
    return rules


def _ask_every_region(rule: CloudFormationLintRule) -> None:
    """Where cfn-lint stops at the first region that is content, or the last, go through them all.

    A function's value that is fine in one region (`${AWS::Region}`, a Mapping) hides that another region's
    is not: `BaseFn.resolve` returns at the first value without an error.
    """
    from cfnlint.rules.functions._BaseFn import BaseFn

    if isinstance(rule, BaseFn):
        rule.resolve = partial(_resolve_in_each, rule.resolve)
    if rule.id in ALL_REGIONS_ONLY:
        rule.validate = partial(_validate_in_each, rule.validate)
    if rule.id in FIRST_REGION_ONLY:
        rule.match = partial(_match_in_each, rule.match)


def _resolve_in_each(
    resolve: Callable[..., Iterator[Any]], validator: Any, schema: Any, *arguments: Any
) -> Iterator[Any]:
    """Leave out what `resolve` itself would leave out: that is most of the calls."""
    from cfnlint.rules.functions._BaseFn import _has_schema_constraints

    if _has_schema_constraints(schema):
        yield from _validate_in_each(resolve, validator, schema, *arguments)


def _validate_in_each(
    validate: Callable[..., Iterator[Any]], validator: Any, *arguments: Any
) -> Iterator[Any]:
    for region in validator.context.regions:
        context = validator.context.evolve(regions=[region])
        yield from validate(validator.evolve(context=context), *arguments)


def _match_in_each(match: Callable[[Template], list[Any]], cfn: Template) -> list[Any]:
    regions = cfn.regions
    try:
        found = []
        for region in regions:
            cfn.regions = [region]
            found += match(cfn)
        return found
    finally:
        cfn.regions = regions


def _finding(match: Match, job: Job) -> Finding:
    return Finding(
        template=job.template,
        path="/".join(str(step) for step in getattr(match, "path", None) or ()),
        rule=match.rule.id,
        message=match.message,
        line=match.linenumber if job.variant == "as shipped" else 0,
        variant=job.variant,
    )
