"""A function as Lambda runs it: its code in one file, in a new execution environment."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from generator.inline_code import inline


def execution_environment(source: str, **clients: Any) -> ModuleType:
    """The function's module, with these names of its own taken by fakes."""
    module = ModuleType(source)
    exec(compile(inline(source), f"{source}.py", "exec"), vars(module))
    vars(module).update(clients)
    return module
