"""What a condition binds: an Allow that holds for some is no Allow for all, if its condition says for whom.

Only an operator that asks for a value does, and only by a value that says something: `StringNotEquals` lets
in whoever has no such key, and `StringLike: *` everybody.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Operators that ask for a value. `ForAllValues:` of them holds where the key is not there, too.
POSITIVE = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
)
ANY_OF, IF_EXISTS = "ForAnyValue:", "IfExists"


def bound(statement: Mapping[str, Any], keys: tuple[str, ...], account: str) -> bool:
    """Whether the statement holds only where one of these keys has a value that is ours to give."""
    return any(key.startswith(keys) for key in _binding(statement, account, ""))


def bound_if_told(statement: Mapping[str, Any], keys: tuple[str, ...], account: str) -> bool:
    """The same, where the key may be missing: it says nothing then, and nothing else if it is there."""
    return any(key.startswith(keys) for key in _binding(statement, account, IF_EXISTS))


def _binding(statement: Mapping[str, Any], account: str, suffix: str) -> Iterator[str]:
    """The keys, in lower case, that are bound by operators of this suffix."""
    for operator, values in statement.get("Condition", {}).items():
        name = operator.removeprefix(ANY_OF)
        if name.removesuffix(suffix) in POSITIVE and name.endswith(suffix):
            for key, wanted in values.items():
                several = wanted if isinstance(wanted, list) else [wanted]
                if several and all(_is_ours(str(value), account) for value in several):
                    yield key.lower()


def _is_ours(value: str, account: str) -> bool:
    """Whether a value is less than anything, and of no account but ours, if it tells one."""
    match value.split(":", 5):
        case ["arn", _, _, _, whose, name]:
            return whose == account if whose else bool(name.strip("*?/:"))
    return value == account if value.isdigit() else bool(value.strip("*?"))
