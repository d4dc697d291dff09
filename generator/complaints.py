"""Whether a value in YAML is what its setting declares, and if not, what was expected."""

from __future__ import annotations

import re

from generator.marked_yaml import Value
from generator.problems import Problem, nearest
from generator.settings import FALSE, TRUE, Setting

#: How YAML 1.1 spells a toggle.
ON, OFF = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
#: The most bytes of a parameter's value.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LONGEST = 4096
WHOLE_NUMBER = "-?(0|[1-9][0-9]*)"


def complaint(setting: Setting, value: Value) -> Problem | None:
    """What is wrong with the value, if anything is."""
    return _wrong_kind(setting, value) or _out_of_bounds(setting, value)


def normal(setting: Setting, value: Value) -> str:
    """A valid value as CloudFormation takes it: `yes` is "true"."""
    if setting.kind == "toggle":
        return TRUE if value.text.lower() in ON else FALSE
    return value.text


def _wrong_kind(setting: Setting, value: Value) -> Problem | None:
    key = setting.key
    if value.kind == "nothing":
        return value.problem(key, f"{key} has no value", "Give it one, or remove the line.")
    if value.kind in ("section", "list"):
        return value.problem(key, f"{key} must be a single value, not a {value.kind}")
    match setting.kind:
        case "text" if value.kind != "text":
            message = f"{key} must be text, and YAML reads {value.text} as something else"
            return value.problem(key, message, f'Put quotes around it: {key}: "{value.text}"')
        case "toggle" if value.kind != "toggle":
            quoted = value.text.lower() in ON | OFF
            fix = f"Remove the quotes: {key}: {value.text}" if quoted else ""
            return value.problem(key, f"{key} must be true or false, not {value.shown}", fix)
        case "number" if value.kind != "number" or not re.fullmatch(WHOLE_NUMBER, value.text):
            quoted = value.kind == "text" and bool(re.fullmatch(WHOLE_NUMBER, value.text))
            fix = f"Remove the quotes: {key}: {value.text}" if quoted else ""
            return value.problem(key, f"{key} must be a whole number, not {value.shown}", fix)
    return None


def _out_of_bounds(setting: Setting, value: Value) -> Problem | None:
    key, text = setting.key, value.text
    if setting.allowed and normal(setting, value) not in setting.allowed:
        message = f"{key} is {value.shown}, but must be one of {', '.join(setting.allowed)}"
        return value.problem(key, message, _nearest_allowed(setting, text))
    if setting.minimum is not None and int(text) < setting.minimum:
        return value.problem(key, f"{key} is {text}, but must be at least {setting.minimum}")
    if setting.maximum is not None and int(text) > setting.maximum:
        return value.problem(key, f"{key} is {text}, but must be at most {setting.maximum}")
    if setting.pattern and not re.fullmatch(setting.pattern, text, re.ASCII):
        return value.problem(key, f"{key} is {value.shown}, but must be {setting.pattern_help}")
    if len(text.encode(errors="replace")) > LONGEST:
        return value.problem(key, f"{key} is longer than the {LONGEST} bytes of a parameter")
    return None


def _nearest_allowed(setting: Setting, text: str) -> str:
    if setting.kind != "number":
        return nearest(text, setting.allowed)
    return f"The nearest is {min(setting.allowed, key=lambda one: abs(int(one) - int(text)))}."
