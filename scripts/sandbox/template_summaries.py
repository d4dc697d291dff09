"""GetTemplateSummary and ValidateTemplate, with what a deploy tool asks them for.

A parameter without a default has no DefaultValue: an empty one would be a default. What a summary says
beside that was recorded from AWS (localstack/localstack, test_get_template_summary).
"""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element

from scripts.sandbox import seams, stack_api
from scripts.sandbox.stack_api import Answer, Request, element, first
from scripts.sandbox.stack_records import drop
from scripts.sandbox.template_sections import is_loop

Template = dict[str, Any]


def install() -> None:
    """Have summaries of templates say what AWS's say."""
    seams.VALIDATE_TEMPLATE.replace(_amended(seams.VALIDATE_TEMPLATE.value, _validated))
    seams.GET_TEMPLATE_SUMMARY.replace(_amended(seams.GET_TEMPLATE_SUMMARY.value, _summarised))


def _amended(handler: stack_api.Handler, amend: Any) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        answer = handler(params)
        if answer[0] >= 400:
            return answer
        template = _template(params)
        document = stack_api.parse(answer)
        result = document[0]
        if "Description" not in template:
            drop(result, "Description")
        for member in result.findall("{*}Parameters/{*}member"):
            declared = template["Parameters"][member.findtext("{*}ParameterKey", "")]
            for name, attribute in (("DefaultValue", "Default"), ("Description", "Description")):
                if attribute not in declared:
                    drop(member, name)
        amend(result, template)
        return stack_api.written(answer, document)

    return handled


def _template(params: Request) -> Template:
    body, _ = seams.RESOLVE_DOCUMENT.value(params, "TemplateBody", "TemplateURL", "Template")
    if not body:
        stack = stack_api.stack_of(first(params, "StackName")) or {}
        body = stack["_template_body"]
    template: Template = seams.PARSE_FOR_STACKS.value(body)
    return template


def _validated(result: Element, _template: Template) -> None:
    for member in result.findall("{*}Parameters/{*}member"):
        drop(member, "ParameterType")


def _summarised(result: Element, template: Template) -> None:
    for member in result.findall("{*}Parameters/{*}member"):
        declared = template["Parameters"][member.findtext("{*}ParameterKey", "")]
        constraints = element("ParameterConstraints")
        if "AllowedValues" in declared:
            allowed = element("AllowedValues")
            allowed.extend(element("member", str(value)) for value in declared["AllowedValues"])
            constraints.append(allowed)
        member.append(constraints)
    if "AWSTemplateFormatVersion" in template:
        result.append(element("Version", str(template["AWSTemplateFormatVersion"])))
    if "Metadata" in template:
        result.append(element("Metadata", json.dumps(template["Metadata"])))
    by_type: dict[str, list[str]] = {}
    for name, resource in template["Resources"].items():
        if not is_loop(name):
            by_type.setdefault(resource["Type"], []).append(name)
    summaries = element("ResourceIdentifierSummaries")
    for resource_type, names in by_type.items():
        member, ids = element("member"), element("LogicalResourceIds")
        ids.extend(element("member", name) for name in names)
        member.extend((element("ResourceType", resource_type), ids))
        summaries.append(member)
    result.append(summaries)
