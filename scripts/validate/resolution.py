"""What CloudFormation would make of a template, worked out without it: conditions, intrinsics, references.

Parameters decide the conditions, conditions decide which resources there are, and every value of those
is resolved as far as it can be. What only a deployment knows (a VPC's id) stays a `Later`. A reference to
what is not there is a `Problem`: CloudFormation would refuse the template, or the value, at that path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scripts.validate import intrinsics
from scripts.validate.intrinsics import Later, NoValue, Unresolvable, text

#: Text, a number, a bool, Later, or lists and mappings of them.
Value: TypeAlias = Any

#: Logical id, resolved parameters -> the outputs of a nested stack.
Nest: TypeAlias = Callable[[str, Mapping[str, Value]], Mapping[str, Value]]

STACK = "AWS::CloudFormation::Stack"
#: The attributes of a resource that may hold intrinsics.
RESOLVED = ("Properties", "Metadata", "CreationPolicy", "UpdatePolicy")


@dataclass(frozen=True)
class Place:
    """Where a stack stands: what the pseudo parameters say."""

    region: str
    account_id: str = "123456789012"
    stack_name: str = "stack"
    partition: str = "aws"

    def pseudo(self) -> dict[str, Value]:
        """AWS::Region and its kin."""
        arn = f"arn:{self.partition}:cloudformation:{self.region}:{self.account_id}"
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return {
            "AWS::AccountId": self.account_id,
            "AWS::NoValue": NoValue,
            "AWS::NotificationARNs": [],
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": f"{arn}:stack/{self.stack_name}/00000000-0000-0000-0000-000000000000",
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": suffix,
        }


@dataclass(frozen=True)
class Problem:
    """A reference or a function that CloudFormation could not resolve either."""

    path: str
    message: str


@dataclass(frozen=True)
class Resolved:
    """A template, resolved: only what is there under these parameters."""

    conditions: Mapping[str, bool]
    resources: Mapping[str, Mapping[str, Value]]
    outputs: Mapping[str, Value]
    problems: tuple[Problem, ...]


def resolve(
    template: Mapping[str, Any],
    parameters: Mapping[str, Value],
    place: Place,
    nest: Nest = lambda _logical_id, _parameters: {},
) -> Resolved:
    """Resolve everything that the template holds; `nest` gives the outputs of its nested stacks."""
    return _Resolution(template, parameters, place, nest).everything()


@dataclass
class _Resolution:
    template: Mapping[str, Any]
    given: Mapping[str, Value]
    place: Place
    nest: Nest
    problems: dict[Problem, None] = field(default_factory=dict)
    conditions: dict[str, bool] = field(default_factory=dict)
    nested: dict[str, Mapping[str, Value] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parameters: dict[str, Value] = self.place.pseudo()
        for name, declared in self.template.get("Parameters", {}).items():
            if name in self.given:
                self.parameters[name] = intrinsics.received(declared, self.given[name])
            elif "Default" in declared:
                self.parameters[name] = intrinsics.received(declared, text(declared["Default"]))
            else:
                self.complain(f"Parameters/{name}", "has no value and no Default")

    def everything(self) -> Resolved:
        for name in self.template.get("Conditions", {}):
            self.condition(name, f"Conditions/{name}")
        resources = {
            logical_id: self.resource(logical_id, said)
            for logical_id, said in self.template["Resources"].items()
            if self.stands(said, f"Resources/{logical_id}")
        }
        outputs = {
            name: self.value(said["Value"], f"Outputs/{name}/Value")
            for name, said in self.template.get("Outputs", {}).items()
            if self.stands(said, f"Outputs/{name}")
        }
        return Resolved(self.conditions, resources, outputs, tuple(self.problems))

    def stands(self, said: Mapping[str, Any], path: str) -> bool:
        """Whether a resource or an output is there: its Condition holds, or it has none."""
        return "Condition" not in said or self.condition(said["Condition"], f"{path}/Condition")

    def resource(self, logical_id: str, said: Mapping[str, Any]) -> Mapping[str, Value]:
        path = f"Resources/{logical_id}"
        depends = said.get("DependsOn", [])
        for other in [depends] if isinstance(depends, str) else depends:
            # CloudFormation skips a DependsOn on a resource whose condition is false.
            if other not in self.template["Resources"]:
                self.complain(f"{path}/DependsOn", f"there is no resource {other}")
        return {
            "Type": said["Type"],
            **{part: self.value(said[part], f"{path}/{part}") for part in RESOLVED if part in said},
        }

    def condition(self, name: str, path: str) -> bool:
        if name not in self.conditions:
            said = self.template.get("Conditions", {}).get(name)
            if said is None:
                self.complain(path, f"there is no condition {name}")
                return False
            self.conditions[name] = False  # what a cycle would see; cfn-lint reports cycles
            self.conditions[name] = self.holds(said, f"Conditions/{name}")
        return self.conditions[name]

    def holds(self, said: Any, path: str) -> bool:
        match said:
            case {"Condition": str(name)}:
                return self.condition(name, path)
            case {"Fn::Not": [inner]}:
                return not self.holds(inner, path)
            case {"Fn::And": [*inner]}:
                held = [self.holds(each, path) for each in inner]
                return all(held)
            case {"Fn::Or": [*inner]}:
                held = [self.holds(each, path) for each in inner]
                return any(held)
            case {"Fn::Equals": [left, right]}:
                return intrinsics.equal(self.value(left, path), self.value(right, path))
            case _:
                self.complain(path, f"{said!r} is no condition")
                return False

    def value(self, said: Any, path: str) -> Value:
        if isinstance(said, dict):
            if len(said) == 1 and (function := next(iter(said))) in FUNCTIONS:
                return self.call(function, said[function], f"{path}/{function}")
            held = {key: self.value(each, f"{path}/{key}") for key, each in said.items()}
            return {key: each for key, each in held.items() if each is not NoValue}
        if isinstance(said, list):
            items = [self.value(each, f"{path}/{number}") for number, each in enumerate(said)]
            return [each for each in items if each is not NoValue]
        return said

    def call(self, function: str, said: Any, path: str) -> Value:
        try:
            match function, said:
                case "Ref", str(name):
                    return self.reference(name, path)
                case "Fn::GetAtt", str(dotted):
                    return self.attribute(*dotted.split(".", 1), path=path)
                case "Fn::GetAtt", [str(logical_id), str(attribute)]:
                    return self.attribute(logical_id, attribute, path=path)
                case "Fn::If", [str(name), then, otherwise]:
                    return self.value(then if self.condition(name, path) else otherwise, path)
                case "Fn::Sub", str(pattern):
                    return self.substitute(pattern, {}, path)
                case "Fn::Sub", [str(pattern), dict(own)]:
                    return self.substitute(pattern, self.value(own, path), path)
                case "Fn::FindInMap", [*keys]:
                    maps = self.template.get("Mappings", {})
                    return intrinsics.find_in_map(maps, self.value(keys, path))
                case "Fn::GetAZs", _:
                    return intrinsics.zones(self.value(said, path), self.place.region)
                case "Fn::ImportValue", _:
                    return Later("Fn::ImportValue")
                case _:
                    return intrinsics.apply(function, self.value(said, path))
        except Unresolvable as trouble:
            self.complain(path, str(trouble))
            return Later(function)

    def reference(self, name: str, path: str) -> Value:
        if name in self.parameters:
            return self.parameters[name]
        if name in self.template.get("Parameters", {}):
            return Later(name)  # without a value; that is a problem already
        return self.minted(name, "Ref", path)

    def attribute(self, logical_id: str, attribute: str = "", *, path: str) -> Value:
        if attribute.startswith("Outputs."):
            minted = self.minted(logical_id, attribute, path)
            outputs = self.outputs_of(logical_id) if minted.type == STACK else None
            if outputs is None:
                return minted
            name = attribute.removeprefix("Outputs.")
            if name not in outputs:
                self.complain(path, f"{logical_id} has no output {name} here")
                return minted
            return outputs[name]
        return self.minted(logical_id, attribute, path)

    def minted(self, logical_id: str, attribute: str, path: str) -> Later:
        said = self.template["Resources"].get(logical_id)
        if said is None:
            self.complain(path, f"there is no parameter or resource {logical_id}")
            return Later(logical_id)
        if not self.stands(said, f"Resources/{logical_id}"):
            self.complain(path, f"{logical_id} is not there: {said['Condition']} does not hold")
        return Later(logical_id, attribute, said["Type"])

    def outputs_of(self, logical_id: str) -> Mapping[str, Value] | None:
        """A nested stack's outputs; None where its parameters lead back to them."""
        if logical_id not in self.nested:
            self.nested[logical_id] = None
            said = self.template["Resources"][logical_id].get("Properties", {})
            path = f"Resources/{logical_id}/Properties/Parameters"
            self.nested[logical_id] = self.nest(
                logical_id, self.value(said.get("Parameters", {}), path)
            )
        return self.nested[logical_id]

    def substitute(self, pattern: str, own: Mapping[str, Value], path: str) -> Value:
        def named(name: str) -> Value:
            if name in own:
                return own[name]
            if "." in name:
                return self.attribute(*name.split(".", 1), path=path)
            return self.reference(name, path)

        return intrinsics.substitute(pattern, named)

    def complain(self, path: str, message: str) -> None:
        self.problems[Problem(path, message)] = None


FUNCTIONS = frozenset(
    {"Ref", "Fn::GetAtt", "Fn::If", "Fn::Sub", "Fn::FindInMap", "Fn::GetAZs", "Fn::ImportValue"}
) | frozenset(intrinsics.PLAIN)
