"""The kinds of settings: what a declaration may say of a value, and how it is read.

A pattern must match the whole value, and comes with words for a person.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, overload

from generator.naming import pascal

if TYPE_CHECKING:
    from troposphere import Ref

TRUE, FALSE = "true", "false"


@dataclass(frozen=True)
class Need:
    """What a value of one setting asks of another: `key` must be `value`, or merely given."""

    key: str
    value: str | None = None


@dataclass
class Setting:
    """One value that an environment may choose, or that the planner knows.

    `kind` is what YAML must hold; `type` is the CloudFormation Parameter type. Numbers and toggles travel
    as CloudFormation's Number and String. A setting without a default must be given by the environment.
    """

    help: str
    kind: Literal["text", "number", "toggle"] = "text"
    type: str = "String"
    default: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    pattern_help: str = ""
    needs: Mapping[str, Need] = field(default_factory=dict)
    given_by: Literal["environment", "planner"] = "environment"
    key: str = ""

    def __set_name__(self, owner: builtins.type, key: str) -> None:
        self.key = key

    @property
    def name(self) -> str:
        """The Parameter's name."""
        return pascal(self.key)

    @overload
    def __get__(self, instance: None, owner: builtins.type) -> Setting: ...
    @overload
    def __get__(self, instance: SettingsReader, owner: builtins.type) -> Ref: ...
    def __get__(self, instance: SettingsReader | None, owner: builtins.type) -> Setting | Ref:
        return self if instance is None else instance.read(self)

    def constraints(self) -> dict[str, object]:
        """The Parameter's constraints, under CloudFormation's names."""
        limits = {
            "AllowedValues": list(self.allowed) or None,
            "MinValue": self.minimum,
            "MaxValue": self.maximum,
            "AllowedPattern": self.pattern,
            "ConstraintDescription": self.pattern_help or None,
        }
        return {name: limit for name, limit in limits.items() if limit is not None}


def text(
    help: str, *, default: str | None = None, pattern: str | None = None, says: str = ""
) -> Setting:
    """A string; `pattern` must match all of it, `says` tells a person what the pattern means."""
    return Setting(help, default=default, pattern=pattern, pattern_help=says)


def choice(
    *allowed: str, default: str | None, help: str, needs: Mapping[str, Need] | None = None
) -> Setting:
    """One of a few words."""
    return Setting(help, default=default, allowed=allowed, needs=needs or {})


def toggle(default: bool, help: str, *, needs: Need | None = None) -> Setting:
    """On or off; `needs` says what switching it on asks of another setting."""
    return Setting(
        help,
        kind="toggle",
        default=TRUE if default else FALSE,
        allowed=(TRUE, FALSE),
        needs={TRUE: needs} if needs else {},
    )


def number(
    default: int | None,
    help: str,
    *,
    least: int,
    most: int,
    allowed: tuple[int, ...] = (),
    needs: Mapping[str, Need] | None = None,
) -> Setting:
    """A whole number in a range, or one of `allowed`."""
    if allowed:
        return Setting(
            help,
            kind="number",
            type="Number",
            default=None if default is None else str(default),
            allowed=tuple(str(value) for value in allowed),
            needs=needs or {},
        )
    return Setting(
        help,
        kind="number",
        type="Number",
        default=None if default is None else str(default),
        minimum=least,
        maximum=most,
    )


def cidr(default: str | None, help: str) -> Setting:
    """An IPv4 network, /16 to /20."""
    return text(
        help,
        default=default,
        pattern=r"(\d{1,3}\.){3}\d{1,3}/(1[6-9]|20)",
        says="an IPv4 network from /16 to /20, such as 10.0.0.0/16",
    )


def cron(default: str, help: str) -> Setting:
    """A cron expression of Auto Scaling: five fields."""
    return text(
        help,
        default=default,
        pattern=r"\S+( \S+){4}",
        says="five cron fields, such as '0 23 * * *'",
    )


def known(help: str, **shape: str | tuple[str, ...] | Mapping[str, Need]) -> Setting:
    """A fact that the planner knows of a stack; no environment may set it."""
    setting = Setting(help, given_by="planner")
    for attribute, value in shape.items():
        setattr(setting, attribute, value)
    return setting


def offered(what: str) -> Setting:
    """Whether the stack's region has a service that some regions lack."""
    return known(f"Whether the region offers {what}.", allowed=(TRUE, FALSE))


class SettingsReader:
    """How a layer reads a setting: `read` declares the Parameter and gives its `Ref`."""

    def __init__(self, read: Callable[[Setting], Ref]) -> None:
        self.read = read
