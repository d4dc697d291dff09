"""A function as Lambda runs it: its bundle's own files on the path, in a new execution environment."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from generator.bundles import RUNTIME, function_bundle


def execution_environment(source: str, **clients: Any) -> ModuleType:
    """The function's module, freshly imported with those beside it.

    These names are taken by fakes in each of them that has the name, and in the function's own.
    """
    ours = [member.path.removesuffix(".py") for member in function_bundle(source).members]
    before = {name: sys.modules.pop(name) for name in ours if name in sys.modules}
    sys.path.insert(0, str(RUNTIME / "functions"))
    try:
        module = importlib.import_module(source)
        fresh = [sys.modules[name] for name in ours if name in sys.modules]
    finally:
        sys.path.remove(str(RUNTIME / "functions"))
        for name in ours:
            sys.modules.pop(name, None)
        sys.modules |= before
    vars(module).update(clients)
    for each in fresh:
        vars(each).update({name: fake for name, fake in clients.items() if name in vars(each)})
    return module
