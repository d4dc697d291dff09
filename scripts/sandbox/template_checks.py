"""Templates that AWS refuses before anything is made of them, and ministack does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scripts.sandbox import seams, template_names, template_sections
from scripts.sandbox.template_sections import TemplateInvalid


def install() -> None:
    """Have every action that takes a template check it."""
    for seam in (seams.PARSE_FOR_STACKS, seams.PARSE_FOR_CHANGE_SETS):
        seam.replace(_well_formed(seam.value))
    for seam in (seams.PARAMETERS_OF_STACKS, seams.PARAMETERS_OF_CHANGE_SETS):
        seam.replace(_checked_before_parameters(seam.value))
    for seam in (seams.SUPPORT_FOR_STACKS, seams.SUPPORT_FOR_CHANGE_SETS):
        seam.replace(_checked(seam.value))


def _well_formed(parse: Any) -> Any:
    """Say what is not well-formed, and where, as AWS does. Its handlers say `Template format error:`."""

    def parsed(template_body: str) -> dict[str, Any]:
        import yaml

        try:
            template: dict[str, Any] = parse(template_body)
        except json.JSONDecodeError as problem:
            place = f"(line {problem.lineno}, column {problem.colno})"
            raise TemplateInvalid(f"JSON not well-formed. {place}") from None
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
            raise TemplateInvalid(f"YAML not well-formed.{place}") from None
        except ValueError:
            raise TemplateInvalid("unsupported structure.") from None
        return template

    return parsed


def _checked_before_parameters(resolve: Any) -> Any:
    """Check a template before its parameters: evaluating its conditions takes its names for given."""

    def resolved(
        template: dict[str, Any],
        provided_params: list[dict[str, Any]],
        previous_params: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        if not hasattr(template, "error"):  # of a transform that failed: the next check says so
            template_sections.check(template)
            template_names.check(template, {})
        values: dict[str, Any] = resolve(template, provided_params, previous_params)
        return values

    return resolved


def _checked(validate: Any) -> Any:
    def validated(
        template: dict[str, Any],
        conditions: dict[str | None, bool],
        params: dict[str, Any] | None = None,
    ) -> None:
        if hasattr(template, "error"):
            validate(template, conditions, params)
        template_sections.check(template)
        if params is not None:
            _refuse_transforms(template)
        template_names.check(template, conditions)
        validate(template, conditions, params)

    return validated


def _refuse_transforms(template: dict[str, Any]) -> None:
    """Refuse the transforms that were not applied: those that were are no longer declared."""
    declared = template.get("Transform", [])
    for name in [*(declared if isinstance(declared, list) else [declared]), *_embedded(template)]:
        label = name.get("Name", "") if isinstance(name, dict) else str(name)
        if label.startswith("AWS::"):
            raise TemplateInvalid(f"The sandbox does not have the transform {label}.")
        raise TemplateInvalid(f"No transform named {label} found.")


def _embedded(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _embedded(item)
    elif isinstance(value, dict):
        if "Fn::Transform" in value:
            yield value["Fn::Transform"]
        for held in value.values():
            yield from _embedded(held)
