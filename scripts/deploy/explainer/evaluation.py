"""One template with its parameters: what its expressions come to, as far as that can be known.

CloudFormation's functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
Dynamic references are never resolved; one that names no version is whatever stands there when it is deployed
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scripts.deploy.explainer import functions
from scripts.deploy.explainer.functions import is_settled
from scripts.deploy.explainer.terms import (
    MASKED,
    NO_VALUE,
    Attribute,
    Call,
    Hidden,
    Term,
    Text,
    is_literal,
    replaced,
    scalar,
    text,
)

#: What a resource answers to `Ref`, or to Fn::GetAtt of an attribute.
Referring: TypeAlias = Callable[[str, str], Term]

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


@dataclass
class Scope:
    """What the expressions of one template are evaluated in.

    `parameters` are terms, `pseudo` the values of `AWS::Region` and its kin, `known` what resources answer
    now, `resolved` what CloudFormation found under the names of SSM parameters. A parameter without a value
    has its default.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, Term]
    refer: Referring
    pseudo: Mapping[str, Term] = field(default_factory=dict)
    known: Callable[[Attribute], Term | None] = lambda _attribute: None
    resolved: Mapping[str, str] = field(default_factory=dict)
    _conditions: dict[str, bool | None] = field(default_factory=dict)

    def parameter(self, name: str) -> Term:
        """A parameter's value, as a list where its type is one."""
        declared = self.template.get("Parameters", {}).get(name, {})
        value = self.parameters.get(name, declared.get("Default", ""))
        type = str(declared.get("Type", "String"))
        if type.startswith(functions.SSM_TYPE):
            value = self.resolved.get(name, Call(type, (value,)))
        elif type == "CommaDelimitedList" or type.startswith("List<"):
            value = functions.listed(value)
        return Hidden(value) if declared.get("NoEcho") in (True, "true", "True") else value

    def condition(self, name: str) -> bool | None:
        """Whether a condition holds; None where that is not known yet."""
        if name not in self._conditions:
            self._conditions[name] = None  # a condition that rests on itself is none
            self._conditions[name] = self._holds(self.template.get("Conditions", {}).get(name))
        return self._conditions[name]

    def stands(self, logical_id: str) -> bool | None:
        """Whether a resource is there; None where its condition is not known yet."""
        resource = self.template.get("Resources", {}).get(logical_id)
        if resource is None:
            return False
        return self.condition(resource["Condition"]) if "Condition" in resource else True

    def evaluate(self, expression: Any) -> Term:
        """What an expression comes to."""
        match expression:
            case list():
                values = [self.evaluate(one) for one in expression]
                return [value for value in values if value is not NO_VALUE]
            case dict() if len(expression) == 1:
                ((function, argument),) = expression.items()
                if function == "Ref" or function.startswith("Fn::"):
                    return self._function(function, argument)
            case str() if "{{resolve:" in expression:
                return functions.dynamic(expression)
        if isinstance(expression, dict):
            held = {key: self.evaluate(value) for key, value in expression.items()}
            return {key: value for key, value in held.items() if value is not NO_VALUE}
        return expression

    def _function(self, function: str, argument: Any) -> Term:
        match function, argument:
            case "Ref", str(name):
                return self._ref(name)
            case "Fn::GetAtt", str(joined):
                logical_id, _, attribute = joined.partition(".")
                return self.refer(logical_id, attribute)
            case "Fn::GetAtt", [str(logical_id), str(attribute)]:
                return self.refer(logical_id, attribute)
            case "Fn::Sub", str(pattern):
                return self._substituted(pattern, {})
            case "Fn::Sub", [str(pattern), dict(variables)]:
                return self._substituted(pattern, variables)
            case "Fn::If", [str(name), then, otherwise]:
                return self._chosen(name, then, otherwise)
            case "Fn::Join", [str(delimiter), items]:
                return functions.joined(delimiter, self.evaluate(items))
            case "Fn::Select", [index, items]:
                return functions.selected(self.evaluate(index), self.evaluate(items))
            case "Fn::Split", [str(delimiter), whole]:
                return functions.split(delimiter, replaced(self.evaluate(whole), self.known))
            case "Fn::FindInMap", [mapping, first, second, *rest]:
                return self._mapped(mapping, first, second, rest)
            case "Fn::Cidr", [block, *numbers]:
                return functions.divided(
                    self.evaluate(block), [self.evaluate(one) for one in numbers]
                )
        if function in ("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"):
            held = self._holds({function: argument})
            return held if held is not None else Call(function, (repr(argument),))
        evaluated = self.evaluate(argument)
        return Call(function, tuple(evaluated) if isinstance(evaluated, list) else (evaluated,))

    def _ref(self, name: str) -> Term:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name.startswith("AWS::"):
            return self.pseudo.get(name, Call(name, ()))
        if name in self.template.get("Parameters", {}):
            return self.parameter(name)
        return self.refer(name, "Ref")

    def _substituted(self, pattern: str, variables: Mapping[str, Any]) -> Term:
        parts: list[Term] = []
        end = 0
        for found in _VARIABLE.finditer(pattern):
            parts.append(pattern[end : found.start()])
            end = found.end()
            escaped, name = found.groups()
            if escaped:
                parts.append("${" + name + "}")
            elif name in variables:
                parts.append(self.evaluate(variables[name]))
            elif "." in name:
                parts.append(self.refer(*name.split(".", 1)))
            else:
                parts.append(self._ref(name))
        whole = text([*parts, pattern[end:]])
        return (
            functions.dynamic(whole) if isinstance(whole, str) and "{{resolve:" in whole else whole
        )

    def _chosen(self, name: str, then: Any, otherwise: Any) -> Term:
        match self.condition(name):
            case True:
                return self.evaluate(then)
            case False:
                return self.evaluate(otherwise)
        one, other = self.evaluate(then), self.evaluate(otherwise)
        return one if one == other else Call("Fn::If", (name, one, other))

    def _mapped(self, mapping: Any, first: Any, second: Any, rest: list[Any]) -> Term:
        keys = [self.evaluate(one) for one in (mapping, first, second)]
        if not all(isinstance(key, str) for key in keys):
            return Call("Fn::FindInMap", tuple(keys))
        name, top, below = keys
        found = self.template.get("Mappings", {}).get(name, {}).get(top, {}).get(below)
        if found is None and rest and isinstance(rest[0], dict):
            found = rest[0].get("DefaultValue")
        return Call("Fn::FindInMap", tuple(keys)) if found is None else self.evaluate(found)

    def _holds(self, expression: Any) -> bool | None:
        match expression:
            case {"Condition": str(name)}:
                return self.condition(name)
            case {"Fn::Equals": [one, other]}:
                terms = (replaced(self.evaluate(side), self.known) for side in (one, other))
                return _equal(*terms)
            case {"Fn::Not": [one]}:
                held = self._holds(one)
                return None if held is None else not held
            case {"Fn::And": [*several]}:
                return _all([self._holds(one) for one in several])
            case {"Fn::Or": [*several]}:
                held = _all([_negated(self._holds(one)) for one in several])
                return _negated(held)
            case bool():
                return expression
        return None


def _equal(one: Term, other: Term) -> bool | None:
    """Two values in a condition. A resource's attribute cannot stand there, but a parameter made of one."""
    one, other = (term.inner if isinstance(term, Hidden) else term for term in (one, other))
    if MASKED in (one, other):
        return None
    first, second = scalar(one), scalar(other)
    if first is not None and second is not None:
        return first == second
    if is_literal(one) and is_literal(other):
        return bool(one == other)
    if one == other and is_settled(one):
        return True
    for term, literal in ((one, second), (other, first)):
        if literal == "" and isinstance(term, Text):
            return False if any(isinstance(part, str) for part in term.parts) else None
        if literal == "" and isinstance(term, Attribute) and term.name in ("Ref", "Arn"):
            return False
    return None


def _negated(held: bool | None) -> bool | None:
    return None if held is None else not held


def _all(held: list[bool | None]) -> bool | None:
    if False in held:
        return False
    return None if None in held else True
